/** `connectra serve` as a process of its own, as it is run by those who use it, and its memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export const API_KEY = 'bench-key-of-sixteen-characters'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const PROBE = join(import.meta.dirname, 'serve-probe.ts')
/** Milliseconds. */
const READY_WITHIN = 3_600_000
const LOOK_EVERY = 10
/** A look at the memory of all processes takes some milliseconds; those that build the index live for seconds. */
const WEIGH_EVERY = 500
const END_WITHIN = 15_000
/** Until the memory of what was done is given back: the goals say so. */
export const REST = 10_000

export interface ServeProcess {
  readonly url: string
  /** From its start until `/health` said that it serves. */
  readonly readySeconds: number
  /** Has the probe (serve-probe.ts) within. */
  readonly child: ChildProcess
  /** Of the process and its descendants. */
  memory(): Memory
  /** As SIGTERM stops it; rejects when it did not end well. */
  stop(): Promise<void>
}

export interface Memory {
  /** Megabytes resident now. */
  readonly resident: number
  /** Megabytes at most so far: of each process its own most, also of those that ended before the start was done. */
  readonly peak: number
}

/** Starts it on a database that is there, so that PostgreSQL is none of its processes; resolves when it is ready. */
export async function startServe(options: { databaseUrl: string; dataDir: string }): Promise<ServeProcess> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', PROBE, MAIN, 'serve'], {
    env: {
      ...process.env,
      // As `npm start` and bin/connectra.js set it.
      MALLOC_MMAP_THRESHOLD_: '262144',
      DATABASE_URL: options.databaseUrl,
      DATA_DIR: options.dataDir,
      PORT: '0',
      API_KEYS: API_KEY,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // However the benchmark ends, nothing stays behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  void ended.then(() => process.off('exit', kill))
  const address = Promise.withResolvers<string>()
  let log = ''
  const read = (text: string) => {
    log = (log + text).slice(-100_000)
    const found = /listening on (http:[^\s"]+)/.exec(log)
    if (found !== null) address.resolve(found[1]!)
  }
  child.stdout!.setEncoding('utf8').on('data', read)
  child.stderr!.setEncoding('utf8').on('data', read)
  void ended.then(([code]) => address.reject(new Error(`connectra serve ended with ${code}:\n${log}`)))
  let peak = 0
  const weigh = () => {
    const memory = memoryOf(child.pid!)
    peak = Math.max(peak, memory.peak)
    return { resident: memory.resident, peak }
  }
  const weighing = setInterval(weigh, WEIGH_EVERY)
  void ended.then(() => clearInterval(weighing))
  const url = await address.promise
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - started > READY_WITHIN)
      throw new Error(`connectra serve did not become ready:\n${log}`)
    await delay(LOOK_EVERY)
  }
  clearInterval(weighing)
  return {
    url,
    readySeconds: (performance.now() - started) / 1000,
    child,
    memory: weigh,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(kill, END_WITHIN)
      const [code] = await ended
      clearTimeout(timer)
      if (code !== 0) throw new Error(`connectra serve ended with ${code}:\n${log}`)
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`)
  await response.arrayBuffer()
  return response.ok
}

/** Linux only: proc_pid_status(5). */
export function memoryOf(pid: number): Memory {
  const parents = new Map<number, number>()
  for (const path of globSync('/proc/[0-9]*/status')) {
    const parent = statusField(path, 'PPid')
    if (parent !== null) parents.set(Number(dirname(path).slice('/proc/'.length)), parent)
  }
  const isOurs = (candidate: number): boolean =>
    candidate === pid || (parents.has(candidate) && isOurs(parents.get(candidate)!))
  const paths = [...parents.keys()].filter(isOurs).map(ours => `/proc/${ours}/status`)
  const sum = (name: string) => paths.reduce((total, path) => total + ((statusField(path, name) ?? 0) * 1024) / 1e6, 0)
  return { resident: sum('VmRSS'), peak: sum('VmHWM') }
}

/** Null when the process has ended. */
function statusField(path: string, name: string): number | null {
  try {
    return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(path, 'latin1'))?.[1] ?? 0)
  } catch {
    return null
  }
}
