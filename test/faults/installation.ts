/**
 * An installation to be hurt: `connectra serve` with its PostgreSQL, which runs no jobs, and processes of `connectra work`
 * that run them. Whatever is killed is started again, as a supervisor would.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findEmbeddedServer } from '../../src/database/embedded-server.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { launch, type Server, serve } from '../app/processes.ts'
import { openTestStore } from '../helpers/store.ts'
import { waitUntil } from '../helpers/wait-until.ts'

export interface Installation {
  readonly database: Database
  readonly store: ObjectStore
  /** Where finished files are, by their keys. */
  readonly files: string
  server(): Server
  /** How often the job was begun or resumed so far, and when it last was, by the clock. */
  starts(job: string): { readonly count: number; readonly at: number }
  /** Waits until a worker is ready that does not have the job. */
  spare(job: string): Promise<void>
  /** SIGKILL for the worker that has the job. */
  killWorker(job: string): Promise<void>
  /** SIGTERM for the worker that has the job: a deploy. Returns its exit code. */
  stopWorker(job: string): Promise<number | null>
  /** SIGSTOP for the worker that has the job; what is returned lets it go on. */
  freezeWorker(job: string): () => void
  /** SIGKILL for the postmaster. */
  killDatabase(): Promise<void>
  /** SIGKILL for every process at once. */
  killTree(): Promise<void>
  /** The last lines of the processes. */
  lastWords(): string
  end(): Promise<void>
}

interface Worker {
  readonly child: ChildProcess
  /** Its engine answers. */
  isReady: boolean
  /** Its end is no surprise. */
  ending: boolean
}

const WORKERS = 3
const LINES_KEPT = 60

export async function openInstallation(directory: string): Promise<Installation> {
  const dataDir = join(directory, 'data')
  const address = join(directory, 'socket')
  const workers = new Set<Worker>()
  const holders = new Map<string, Worker>()
  const started = new Map<string, { count: number; at: number }>()
  const lines: string[] = []
  let unexpected: Error | null = null
  let server = await startServer()
  const url = new URL((await findEmbeddedServer(dataDir))!.url('connectra'))
  url.searchParams.set('host', address)
  const database = openPool(url.href, { max: 3 })
  const files = join(dataDir, 'files')
  await mkdir(files, { recursive: true })
  const store = await openTestStore(files)
  startWorkers()
  await allReady()

  /** PostgreSQL's socket has another directory after each start: the workers know it by a link. */
  async function startServer(): Promise<Server> {
    const next = await serve(dataDir, { WORKER_CONCURRENCY: '0' })
    const host = new URL((await findEmbeddedServer(dataDir))!.url('connectra')).searchParams.get('host')!
    await symlink(host, `${address}.new`)
    await rename(`${address}.new`, address)
    return next
  }

  function startWorkers(): void {
    while (workers.size < WORKERS) startWorker()
  }

  async function allReady(): Promise<void> {
    await waitUntil('the workers are ready', () => [...workers].every(worker => worker.isReady), 120)
  }

  function startWorker(): void {
    const { child } = launch(['work'], { DATABASE_URL: url.href, DATA_DIR: dataDir, WORKER_CONCURRENCY: '1' })
    const worker: Worker = { child, isReady: false, ending: false }
    workers.add(worker)
    createInterface(child.stdout!).on('line', line => {
      keep(line)
      const event = JSON.parse(line) as { msg: string; job?: string; time: number }
      if (event.msg === 'ready') worker.isReady = true
      if (event.msg !== 'job started' || event.job === undefined) return
      holders.set(event.job, worker)
      started.set(event.job, { count: (started.get(event.job)?.count ?? 0) + 1, at: event.time })
    })
    createInterface(child.stderr!).on('line', keep)
    child.once('exit', () => {
      workers.delete(worker)
      if (worker.ending) return
      // One that meets its database gone while it starts ends with a word on it, and is started again.
      if (worker.isReady) unexpected = new Error(`a worker ended by itself:\n${lines.slice(-20).join('\n')}`)
      else startWorkers()
    })
  }

  function keep(line: string): void {
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
  }

  function holder(job: string): Worker {
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

  return {
    database,
    store,
    files,
    server: () => server,
    starts(job) {
      if (unexpected !== null) throw unexpected
      return started.get(job) ?? { count: 0, at: 0 }
    },
    async spare(job) {
      const isSpare = (worker: Worker) => worker.isReady && !worker.ending && holders.get(job) !== worker
      await waitUntil('another worker is ready', () => [...workers].some(isSpare), 120)
    },
    async killWorker(job) {
      await endWorker(holder(job), 'SIGKILL')
      startWorkers()
    },
    async stopWorker(job) {
      const worker = holder(job)
      await endWorker(worker, 'SIGTERM')
      startWorkers()
      return worker.child.exitCode
    },
    freezeWorker(job) {
      const { child } = holder(job)
      child.kill('SIGSTOP')
      return () => child.kill('SIGCONT')
    },
    async killDatabase() {
      const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      await server.end()
      server = await startServer()
    },
    async killTree() {
      const others = [...workers].map(worker => endWorker(worker, 'SIGKILL'))
      server.process.kill('SIGKILL')
      await Promise.all([server.end(), ...others])
      server = await startServer()
      startWorkers()
    },
    lastWords: () => [...lines, server.output().slice(-4000)].join('\n'),
    async end() {
      await database.end()
      await Promise.all([...workers].map(worker => endWorker(worker, 'SIGKILL')))
      server.process.kill('SIGTERM')
      await server.end()
      await waitUntil('PostgreSQL has ended', async () => (await findEmbeddedServer(dataDir)) === null)
    },
  }
}
