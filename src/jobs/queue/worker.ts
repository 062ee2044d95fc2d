/**
 * The loop that runs jobs. It is woken by notifications and looks by itself once a second; it survives the database
 * going away. A worker is known by a number, which it holds as an advisory lock: others see its death at once.
 */
import { randomInt } from 'node:crypto'
import { createBell } from '../../database/bell.ts'
import { type Connection, openPool } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import { within } from '../../runtime/within.ts'
import type { SearchEngine } from '../../search/engine.ts'
import type { JobHandler } from '../job/job-context.ts'
import { claimJob, releaseJob, renewLeases } from './claims.ts'
import { announceWorker, applicationName, disconnectWorkers, recoverJobs } from './recovery.ts'
import { LOST, runClaim, STOPPING } from './run-claim.ts'
import { type Limits, vacancy } from './slots.ts'

export interface WorkerOptions {
  /** A direct or session-mode connection: the worker listens and holds a session lock. */
  readonly databaseUrl: string
  readonly engine: SearchEngine | null
  /** For a process that opens its engine when a job needs one. */
  readonly openEngine?: () => Promise<SearchEngine>
  readonly store: ObjectStore
  /** By job type; jobs of other types are left to other workers. */
  readonly handlers: Readonly<Record<string, JobHandler>>
  readonly limits: Limits
  readonly log: Log
  /** The uuid of the one job to run; absent: any. */
  readonly only?: string
  /** Called when a job has ended here, however it did: its row says how. */
  readonly onJobEnd?: () => void
}

export interface Worker {
  /** For `/health`: whether the queue is in reach, and the jobs in hand. */
  state(): { readonly connected: boolean; readonly jobs: number }
  /** Gives the jobs in hand back with their checkpoints, within seconds. */
  stop(): Promise<void>
}

interface JobInHand {
  readonly uuid: string
  readonly jobType: string
  readonly sizeBytes: number
  readonly controller: AbortController
  done: Promise<void>
}

const LOOK_EVERY_MS = 1000
/** A third of the lease. */
const RENEW_EVERY_MS = 5000
const ANSWER_WITHIN_MS = 10_000
const STOP_WITHIN_MS = 8000

export function startWorker(options: WorkerOptions): Worker {
  const { limits, handlers, log } = options
  const worker = randomInt(1, 2 ** 31)
  const separator = options.databaseUrl.includes('?') ? '&' : '?'
  const database = openPool(`${options.databaseUrl}${separator}application_name=${applicationName(worker)}`, {
    max: 2 + 3 * limits.concurrency,
  })
  let lostConnections = 0
  database.on('connect', client => client.on('error', () => lostConnections++))

  const jobs = new Map<number, JobInHand>()
  const bell = createBell()
  let session: Connection | null = null
  let renewAt = 0
  let stopping = false
  const ended = loop()

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        session ??= await openSession()
        await answered(look(session))
      } catch (error) {
        if (!stopping) log.warn({ err: error }, 'the job queue is out of reach; trying again')
        closeSession()
      }
      await bell.wait(LOOK_EVERY_MS)
    }
  }

  async function openSession(): Promise<Connection> {
    const connection = await database.connect()
    try {
      connection.on('error', () => bell.ring())
      connection.on('notification', ({ payload }) => {
        for (const job of jobs.values()) if (job.uuid === payload) renewAt = 0
        bell.ring()
      })
      await answered(announceWorker(connection, worker))
      await connection.query('LISTEN jobs')
      renewAt = 0
      return connection
    } catch (error) {
      connection.release(true)
      throw error
    }
  }

  function closeSession(): void {
    session?.release(true)
    session = null
  }

  async function look(connection: Connection): Promise<void> {
    if (Date.now() >= renewAt) {
      renewAt = Date.now() + RENEW_EVERY_MS
      const held = await renewLeases(connection, [...jobs.keys()])
      for (const [claim, job] of jobs) if (!held.has(claim)) job.controller.abort(LOST)
    }
    const recovered = await recoverJobs(connection, worker, [...jobs.keys()])
    const others = [...new Set(recovered.map(job => job.worker))].filter(other => other !== worker)
    if (others.length > 0) await disconnectWorkers(connection, others)
    for (const job of recovered) log.info({ job: job.uuid }, 'job recovered from a worker that is gone')
    while (!stopping) {
      const wanted = vacancy(limits, Object.keys(handlers), [...jobs.values()])
      const job = wanted && (await claimJob(connection, worker, { ...wanted, only: options.only }))
      if (!job) break
      const controller = new AbortController()
      if (stopping) controller.abort(STOPPING)
      const { uuid, jobType, sizeBytes } = job
      const entry: JobInHand = { uuid, jobType, sizeBytes, controller, done: Promise.resolve() }
      jobs.set(job.claim, entry)
      entry.done = runClaim(job, {
        database,
        engine: options.engine,
        openEngine: options.openEngine ?? null,
        store: options.store,
        log,
        handler: handlers[job.jobType]!,
        signal: controller.signal,
        lostConnections: () => lostConnections,
      }).finally(() => {
        jobs.delete(job.claim)
        bell.ring()
        options.onJobEnd?.()
      })
    }
  }

  async function stop(): Promise<void> {
    stopping = true
    for (const job of jobs.values()) job.controller.abort(STOPPING)
    bell.ring()
    await ended
    await within(STOP_WITHIN_MS, Promise.allSettled([...jobs.values()].map(job => job.done)), () => {
      log.warn({}, 'a job did not stop in time; it is given back all the same')
      return []
    })
    await Promise.allSettled([...jobs.keys()].map(claim => releaseJob(database, claim)))
    closeSession()
    // A job that does not stop keeps its connection; what it would still write is refused.
    await answered(database.end()).catch(() => {})
  }

  let stopped: Promise<void> | undefined
  return {
    state: () => ({ connected: session !== null, jobs: jobs.size }),
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

async function answered<T>(work: Promise<T>): Promise<T> {
  return await within(ANSWER_WITHIN_MS, work, () => {
    throw new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)
  })
}
