/** Connectra as a person meets it: real processes, with a data directory and a port of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { copyUsedData } from '../helpers/used-data.ts'

export const ROOT = join(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'src/main.ts')
/** Generous: the machine may be busy with the other test files. Milliseconds. */
const START_WITHIN = 60_000
const running = new Set<ChildProcess>()

type Environment = Readonly<Record<string, string>>

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Server {
  readonly process: ChildProcess
  readonly url: string
  readonly key: string
  readonly dataDir: string
  /** What it has written so far, on both outputs. */
  output(): string
  hasEnded(): boolean
  /** Waits for the end of the process, and of what it writes. */
  end(): Promise<{ readonly code: number | null; readonly ms: number }>
  post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>
}

/** A directory that is removed when the test file ends, after the processes. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'connectra-app-'))
  after(async () => {
    for (const child of running) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    await until(() => postgresOf(directory) === null, 5_000)
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })
  return directory
}

/** The same for the data of an installation that has run before: migrated, without records and keys. */
export function usedDirectory(): string {
  const directory = temporaryDirectory()
  copyUsedData(directory)
  return directory
}

/** `stdout`: a file descriptor to write to instead of `output.stdout`. */
export function launch(
  args: readonly string[],
  environment: Environment,
  stdout: number | 'pipe' = 'pipe',
): { child: ChildProcess; output: Outcome } {
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env
  const inherited = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, NODE_COMPILE_CACHE }).filter(([, value]) => value !== undefined),
  )
  const child = spawn(process.execPath, [MAIN, ...args], {
    // Away from any `.env`.
    cwd: tmpdir(),
    env: { ...inherited, ...environment },
    stdio: ['pipe', stdout, 'pipe'],
  })
  running.add(child)
  const output = { code: null as number | null, stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', text => {
    output.stdout += text
  })
  child.stderr!.setEncoding('utf8').on('data', text => {
    output.stderr += text
  })
  child.on('close', code => {
    output.code = code
    running.delete(child)
  })
  return { child, output }
}

/** Runs a command to its end. */
export async function connectra(
  args: readonly string[],
  environment: Environment,
  input: string | Buffer = '',
): Promise<Outcome> {
  const { child, output } = launch(args, environment)
  child.stdin!.end(input)
  await once(child, 'close')
  return output
}

/** Starts `serve` on a free port, and resolves when it is healthy. */
export async function serve(dataDir: string, environment: Environment = {}): Promise<Server> {
  const { child, output } = launch(['serve'], { DATA_DIR: dataDir, PORT: '0', ...environment })
  const closed = once(child, 'close')
  const text = () => output.stdout + output.stderr
  const started = Date.now()
  let url: string | undefined
  await until(() => {
    if (child.exitCode !== null) throw new Error(`it ended: ${text()}`)
    url = /listening on (http:\/\/[^\s"]+)/.exec(text())?.[1]
    return url !== undefined
  }, START_WITHIN)
  for (;;) {
    const health = await fetch(`${url}/health`).catch(() => null)
    if (health?.status === 200) break
    if (Date.now() - started > START_WITHIN) throw new Error(`not healthy: ${text()}`)
    await delay(20)
  }
  const key = environment.API_KEYS ?? readFileSync(join(dataDir, 'api-key'), 'utf8').trim()
  return {
    process: child,
    url: url!,
    key,
    dataDir,
    output: text,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async end() {
      const began = Date.now()
      // Not `exit`: what it wrote last may come after that.
      await closed
      return { code: child.exitCode, ms: Date.now() - began }
    },
    async post(path, body) {
      const reply = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
    },
  }
}

export async function until(condition: () => boolean, deadline: number): Promise<void> {
  const end = Date.now() + deadline
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${condition}`)
    await delay(10)
  }
}

/** The living PostgreSQL of a data directory; null when there is none. */
export function postgresOf(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
    return isAlive(pid) ? pid : null
  } catch {
    return null
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie has ended, only nobody asked yet.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
