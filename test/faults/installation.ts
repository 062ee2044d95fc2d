/**
 * An installation for fault tests: `connectra serve` with its PostgreSQL, which runs no jobs, and processes of
 * `connectra work` that run them. Killed processes are started again, as a supervisor would do.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findRunningServer } from '../../src/database/data-directory.ts'
import { findEmbeddedServer } from '../../src/database/embedded-server.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { launch, type Server, serve } from '../app/processes.ts'
import { rounds } from '../helpers/rounds.ts'
import { openTestStore } from '../helpers/store.ts'
import { copyUsedData } from '../helpers/used-data.ts'
import { waitUntil } from '../helpers/wait-until.ts'

export interface Installation {
  readonly database: Database
  readonly store: ObjectStore
  /** The directory of finished files, by their keys. */
  readonly files: string
  server(): Server
  /** How often the job has been started or resumed, and when it last was (milliseconds since 1970). */
  starts(job: string): { readonly count: number; readonly at: number }
  /** Waits until a worker that does not have the job is ready. */
  spare(job: string): Promise<void>
  /** Sends SIGKILL to the worker that has the job. */
  killWorker(job: string): Promise<void>
  /** Sends SIGTERM to the worker that has the job, as a deploy does. Returns its exit code. */
  stopWorker(job: string): Promise<number | null>
  /** Sends SIGSTOP to the worker that has the job. Returns a function that lets it continue. */
  freezeWorker(job: string): () => void
  /** Sends SIGKILL to the postmaster. */
  killDatabase(): Promise<void>
  /** Sends SIGKILL to every process at once. */
  killTree(): Promise<void>
  /** The last lines of the processes. */
  lastWords(): string
  end(): Promise<void>
}

interface Worker {
  readonly child: ChildProcess
  /** Its engine answers. */
  isReady: boolean
  /** It was told to end, so its exit is expected. */
  ending: boolean
}

/** The worker processes, and what their logs say about jobs. */
interface Workers {
  /** Their environment. */
  readonly env: Readonly<Record<string, string>>
  readonly running: Set<Worker>
  /** Job → the worker that last started it. */
  readonly holders: Map<string, Worker>
  readonly started: Map<string, { readonly count: number; readonly at: number }>
  /** The last lines of their output. */
  readonly lines: string[]
  /** Set if a worker ended that should not have. */
  unexpected: Error | null
}

/** One that has the job, and at least one that takes over. */
const WORKERS = rounds(2, 3)
const LINES_KEPT = 60

export async function openInstallation(directory: string): Promise<Installation> {
  const dataDir = join(directory, 'data')
  const socket = join(directory, 'socket')
  // `npm run test:faults` runs without the global setup, and starts on a new directory.
  if (process.env.CONNECTRA_TEST_DATA) {
    await mkdir(dataDir)
    copyUsedData(dataDir)
  }
  let server = await startServer(dataDir, socket)
  const url = new URL((await findEmbeddedServer(dataDir))!.url('connectra'))
  url.searchParams.set('host', socket)
  const database = openPool(url.href, { max: 3 })
  const files = join(dataDir, 'files')
  await mkdir(files, { recursive: true })
  const store = await openTestStore(files)
  const workers = openWorkers({ DATABASE_URL: url.href, DATA_DIR: dataDir, WORKER_CONCURRENCY: '1' })
  startWorkers(workers)
  await waitUntil('the workers are ready', () => [...workers.running].every(worker => worker.isReady), 120)

  return {
    database,
    store,
    files,
    server: () => server,
    starts(job) {
      if (workers.unexpected !== null) throw workers.unexpected
      return workers.started.get(job) ?? { count: 0, at: 0 }
    },
    async spare(job) {
      const isSpare = (worker: Worker) => worker.isReady && !worker.ending && workers.holders.get(job) !== worker
      await waitUntil('another worker is ready', () => [...workers.running].some(isSpare), 120)
    },
    async killWorker(job) {
      await endWorker(takeHolder(workers, job), 'SIGKILL')
      startWorkers(workers)
    },
    async stopWorker(job) {
      const worker = takeHolder(workers, job)
      await endWorker(worker, 'SIGTERM')
      startWorkers(workers)
      return worker.child.exitCode
    },
    freezeWorker(job) {
      const { child } = takeHolder(workers, job)
      child.kill('SIGSTOP')
      return () => child.kill('SIGCONT')
    },
    async killDatabase() {
      const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      // The server restarts it three times a minute, at the same address, and then ends.
      const isBack = async () => {
        const found = await findRunningServer(dataDir)
        return found?.ready === true && found.pid !== Number(pid)
      }
      await waitUntil('PostgreSQL is back, or the server has ended', async () => server.hasEnded() || (await isBack()))
      if (server.hasEnded()) server = await startServer(dataDir, socket)
    },
    async killTree() {
      const others = [...workers.running].map(worker => endWorker(worker, 'SIGKILL'))
      server.process.kill('SIGKILL')
      await Promise.all([server.end(), ...others])
      server = await startServer(dataDir, socket)
      startWorkers(workers)
    },
    lastWords: () => [...workers.lines, server.output().slice(-4000)].join('\n'),
    async end() {
      await database.end()
      await Promise.all([...workers.running].map(worker => endWorker(worker, 'SIGKILL')))
      server.process.kill('SIGTERM')
      await server.end()
      await waitUntil('PostgreSQL has ended', async () => (await findEmbeddedServer(dataDir)) === null)
    },
  }
}

/** PostgreSQL's socket is in another directory after each start, so `link` points to it for the workers. */
async function startServer(dataDir: string, link: string): Promise<Server> {
  const server = await serve(dataDir, { WORKER_CONCURRENCY: '0' })
  const host = new URL((await findEmbeddedServer(dataDir))!.url('connectra')).searchParams.get('host')!
  await symlink(host, `${link}.new`)
  await rename(`${link}.new`, link)
  return server
}

function openWorkers(env: Workers['env']): Workers {
  return { env, running: new Set(), holders: new Map(), started: new Map(), lines: [], unexpected: null }
}

/** Starts as many workers as are missing. */
function startWorkers(workers: Workers): void {
  while (workers.running.size < WORKERS) startWorker(workers)
}

function startWorker(workers: Workers): void {
  const { child } = launch(['work'], workers.env)
  const worker: Worker = { child, isReady: false, ending: false }
  workers.running.add(worker)
  createInterface(child.stdout!).on('line', line => {
    keepLine(workers, line)
    readEvent(workers, worker, JSON.parse(line))
  })
  createInterface(child.stderr!).on('line', line => keepLine(workers, line))
  child.once('exit', () => {
    workers.running.delete(worker)
    if (worker.ending) return
    // A worker that finds no database while it starts reports it and ends. It is started again.
    if (!worker.isReady) startWorkers(workers)
    else workers.unexpected = new Error(`a worker ended by itself:\n${workers.lines.slice(-20).join('\n')}`)
  })
}

/** Notes what a line of a worker's log says. */
function readEvent(
  { holders, started }: Workers,
  worker: Worker,
  event: { readonly msg: string; readonly job?: string; readonly time: number },
): void {
  if (event.msg === 'ready') worker.isReady = true
  if (event.msg !== 'job started' || event.job === undefined) return
  holders.set(event.job, worker)
  started.set(event.job, { count: (started.get(event.job)?.count ?? 0) + 1, at: event.time })
}

function keepLine({ lines }: Workers, line: string): void {
  lines.push(line)
  if (lines.length > LINES_KEPT) lines.shift()
}

/** The worker that has the job. From now on the job counts as taken from it. */
function takeHolder({ holders }: Workers, job: string): Worker {
  const worker = holders.get(job)
  assert.ok(worker && !worker.ending, 'no worker has the job')
  holders.delete(job)
  return worker
}

async function endWorker(worker: Worker, signal: NodeJS.Signals): Promise<void> {
  worker.ending = true
  const { child } = worker
  child.kill(signal)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
