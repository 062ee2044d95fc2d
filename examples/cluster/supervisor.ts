/** Keeps the parts of the cluster running, as systemd or Docker would do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface Part {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Another user than that of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | null
  /** Whether it ends by itself when this process is gone, which it notices by an IPC channel. */
  readonly followsParent?: boolean
  /** With which it ends cleanly. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
  /** Whether it can be used. `log` is what it has written since its start. */
  isReady(log: string): Promise<boolean>
}

export interface Supervised {
  readonly name: string
  pid(): number
  /** Resolves when it is ready for the first time. Rejects if it ends before that. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** Milliseconds. */
const RESTART_AFTER = 2_000
const LOOK_EVERY = 100
/** OpenSearch repeats what it had not flushed before a crash, and a server waits for the index. */
const READY_WITHIN = 600_000
const STOP_WITHIN = 30_000
/** Lines of the log in an error. */
const LAST_WORDS = 5

/**
 * Starts the part in `directory`, and starts it again when it ends by itself. Its output goes to `<name>.log`, and its process id to
 * `<name>.pid`. `say` prints a line.
 */
export function keepRunning(part: Part, directory: string, say: (line: string) => void): Supervised {
  const { name } = part
  const logFile = join(directory, `${name}.log`)
  const pidFile = join(directory, `${name}.pid`)
  let child: ChildProcess | undefined
  let isStopping = false
  let restart: NodeJS.Timeout | undefined

  /** Resolves when it is ready. Rejects if it ends before that. */
  async function launch(): Promise<void> {
    const began = (await stat(logFile).catch(() => null))?.size ?? 0
    if (isStopping) return
    const started = startProcess(part, directory, logFile)
    child = started
    // A program that cannot be run.
    await once(started, 'spawn')
    await writeFile(pidFile, `${started.pid}\n`)
    const written = async () => (await readFile(logFile)).subarray(began).toString('utf8')
    const failure = async (what: string) =>
      new Error(`${name} ${what}:\n${(await written()).trim().split('\n').slice(-LAST_WORDS).join('\n')}`)
    const deadline = performance.now() + READY_WITHIN
    while (!(await part.isReady(await written()))) {
      if (!isRunning(started)) throw await failure('ended while it started')
      if (performance.now() > deadline) {
        started.kill('SIGKILL')
        throw await failure(`was not ready after ${READY_WITHIN / 1000} s`)
      }
      await delay(LOOK_EVERY)
    }
    if (isRunning(started)) started.once('exit', onEnd)
    else onEnd(started.exitCode, started.signalCode)
  }

  function onEnd(code: number | null, signal: NodeJS.Signals | null): void {
    if (isStopping) return
    say(`${name} has ended (${signal ?? `exit code ${code}`}) and is started again in ${RESTART_AFTER / 1000} s`)
    restart = setTimeout(startAgain, RESTART_AFTER)
  }

  function startAgain(): void {
    launch().then(
      () => say(`${name} is ready again, pid ${child!.pid}`),
      (error: Error) => {
        if (isStopping) return
        say(error.message)
        restart = setTimeout(startAgain, RESTART_AFTER)
      },
    )
  }

  return {
    name,
    pid: () => child!.pid!,
    ready: launch(),
    async stop() {
      isStopping = true
      clearTimeout(restart)
      if (child !== undefined && isRunning(child)) {
        const ended = once(child, 'exit')
        child.kill(part.stopSignal)
        const timer = setTimeout(() => child!.kill('SIGKILL'), STOP_WITHIN)
        await ended
        clearTimeout(timer)
      }
      await rm(pidFile, { force: true })
    },
  }
}

function startProcess({ file, args, env, user, followsParent }: Part, cwd: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600)
  try {
    return spawn(file, args, {
      cwd,
      env,
      // Ctrl-C reaches this process alone, which then stops the parts one after the other.
      detached: true,
      stdio: followsParent ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...user,
    })
  } finally {
    closeSync(log)
  }
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}
