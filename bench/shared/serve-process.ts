/** Runs `connectra serve` as a separate process, as in production, and measures its memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ALLOCATOR, type Memory, memoryOf } from './memory.ts'
import { receiveFrom } from './receive.ts'
import type { ProbeReport } from './serve-probe.ts'

export const API_KEY = 'bench-key-of-sixteen-characters'
/** Directory of the snapshot of the index, below the data directory. */
export const SNAPSHOT = 'index'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled')
const PROBE = join(import.meta.dirname, 'serve-probe.ts')
/** Milliseconds. */
const READY_WITHIN = 3_600_000
const POLL_EVERY = 10
/** Reading the memory of all processes takes a few milliseconds; the processes that build the index run for seconds. */
const SAMPLE_EVERY = 500
const END_WITHIN = 15_000

export interface ServeProcess {
  readonly url: string
  /** From its start until `/health` reported that it is ready. */
  readonly readySeconds: number
  readonly child: ChildProcess
  /** What only the process itself can see, since the last report. Only with the option `probe`. */
  report(): Promise<ProbeReport>
  /** Of the process and its descendants. The peak covers processes that ended during the start. */
  memory(): Memory
  /** Stops it with SIGTERM. Rejects if it exits with an error. */
  stop(): Promise<void>
}

export interface ServeOptions {
  /** Null: the server runs PostgreSQL itself, as it does without settings. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>
  /** Runs the probe of serve-probe.ts in it. */
  readonly probe?: boolean
}

/** Resolves when it is ready. On an existing database, PostgreSQL is not one of its processes. */
export async function startServe(options: ServeOptions): Promise<ServeProcess> {
  const started = performance.now()
  const { child, ended, kill, readLog } = spawnServe(options)
  const { sample, stopSampling } = watchMemory(child.pid!)
  void ended.then(stopSampling)
  const url = await findAddress(child, ended, readLog)
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - started > READY_WITHIN)
      throw new Error(`connectra serve did not become ready:\n${readLog()}`)
    await delay(POLL_EVERY)
  }
  stopSampling()
  return {
    url,
    readySeconds: (performance.now() - started) / 1000,
    child,
    async report() {
      child.send('report')
      return await receiveFrom<ProbeReport>(child)
    },
    memory: sample,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(kill, END_WITHIN)
      const [code] = await ended
      clearTimeout(timer)
      if (code !== 0) throw new Error(`connectra serve exited with code ${code}:\n${readLog()}`)
    },
  }
}

function spawnServe({ databaseUrl, dataDir, settings, probe = false }: ServeOptions) {
  const child = spawn(process.execPath, [...(probe ? ['--import', PROBE] : []), MAIN, 'serve'], {
    env: {
      ...ALLOCATOR,
      ...process.env,
      // Set for the benchmarks that compare with OpenSearch or S3.
      OPENSEARCH_URL: undefined,
      S3_BUCKET: undefined,
      NODE_COMPILE_CACHE: COMPILED,
      DATABASE_URL: databaseUrl ?? undefined,
      DATA_DIR: dataDir,
      PORT: '0',
      API_KEYS: API_KEY,
      LOG_LEVEL: 'info',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // The process must not outlive the benchmark, however that ends.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  void ended.then(() => process.off('exit', kill))
  let log = ''
  const append = (text: string) => {
    log = (log + text).slice(-100_000)
  }
  child.stdout!.setEncoding('utf8').on('data', append)
  child.stderr!.setEncoding('utf8').on('data', append)
  return { child, ended, kill, readLog: () => log }
}

/** Waits until the log shows the address that the server listens on. */
async function findAddress(child: ChildProcess, ended: Promise<unknown[]>, readLog: () => string): Promise<string> {
  const address = Promise.withResolvers<string>()
  const look = () => {
    const found = /listening on (http:[^\s"]+)/.exec(readLog())
    if (found !== null) address.resolve(found[1]!)
  }
  child.stdout!.on('data', look)
  child.stderr!.on('data', look)
  void ended.then(([code]) => address.reject(new Error(`connectra serve exited with code ${code}:\n${readLog()}`)))
  const url = await address.promise
  child.stdout!.off('data', look)
  child.stderr!.off('data', look)
  return url
}

/** Samples the memory until `stopSampling`, so that the peak includes processes that have ended by then. */
function watchMemory(pid: number) {
  let peak = 0
  const sample = (): Memory => {
    const memory = memoryOf(pid)
    peak = Math.max(peak, memory.peak)
    return { resident: memory.resident, peak }
  }
  const timer = setInterval(sample, SAMPLE_EVERY)
  return { sample, stopSampling: () => clearInterval(timer) }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`)
  await response.arrayBuffer()
  return response.ok
}
