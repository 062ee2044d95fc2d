/**
 * The loop that claims and runs jobs. Notifications wake it, and it also looks once a second. It survives the loss of the
 * database. Each worker has a number, which it holds as an advisory lock, so that others notice its death at once.
 */
import { randomInt } from 'node:crypto'
import { type Bell, createBell } from '../../database/bell.ts'
import { workerConnections } from '../../database/connections.ts'
import { type Connection, type Database, openPool } from '../../database/pool.ts'
import { DatabaseTimeout, type TimeLimits } from '../../database/time-limits.ts'
import type { Outage } from '../../database/unavailable.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import { within } from '../../runtime/within.ts'
import type { SearchEngine } from '../../search/engine.ts'
import type { ClaimedJob, JobHandler } from '../job/job-context.ts'
import { claimJob, releaseJob, renewLeases } from './claims.ts'
import { announceSingle, announceWorker, applicationName, disconnectWorkers, recoverJobs } from './recovery.ts'
import { LOST, runClaim, STOPPING } from './run-claim.ts'
import { type Limits, vacancy } from './slots.ts'

export interface WorkerOptions {
  /** A direct or session-mode connection, because the worker listens and holds a session lock. */
  readonly databaseUrl: string
  /** Whether this process runs PostgreSQL. The sessions of jobs then yield to those of requests. */
  readonly ownDatabase?: boolean
  readonly engine: SearchEngine | null
  /** For a process that opens its engine when a job needs one. */
  readonly openEngine?: () => Promise<SearchEngine>
  readonly store: ObjectStore
  /** By job type. Jobs of other types are left to other workers. */
  readonly handlers: Readonly<Record<string, JobHandler>>
  readonly limits: Limits
  readonly log: Log
  /** Is told when the database is lost and answers again. */
  readonly outage?: Outage
  /** Time limits towards the database. By default WORK_LIMITS. */
  readonly timeLimits?: TimeLimits
  /** The UUID of the only job to run. Absent: any job. */
  readonly only?: string
  /** Called when a run of a job has ended in this worker. The job's row has the outcome. */
  readonly onJobEnd?: () => void
}

export interface Worker {
  /** For `/health`: whether the queue can be reached, and the number of running jobs. */
  state(): { readonly connected: boolean; readonly jobs: number }
  /** Returns the running jobs to the queue with their checkpoints, within seconds. */
  stop(): Promise<void>
}

interface RunningJob {
  readonly uuid: string
  readonly jobType: string
  readonly sizeBytes: number
  readonly controller: AbortController
  done: Promise<void>
}

/** A worker and what it is doing. */
interface State {
  readonly options: WorkerOptions
  readonly worker: number
  readonly database: Database
  /** Rings when there may be something to do. */
  readonly bell: Bell
  /** By claim. */
  readonly jobs: Map<number, RunningJob>
  /** The connection that listens and holds the worker's lock; null while the database is out of reach. */
  session: Connection | null
  /** When the leases are due for renewal: milliseconds since 1970. */
  renewAt: number
  /** Connections to the database that have broken so far. */
  lostConnections: number
  stopping: boolean
}

const LOOK_EVERY_MS = 1000
/** A third of the lease. */
const RENEW_EVERY_MS = 5000
const ANSWER_WITHIN_MS = 10_000
const STOP_WITHIN_MS = 8000

export function startWorker(options: WorkerOptions): Worker {
  const state = openState(options)
  const ended = runLoop(state)
  let stopped: Promise<void> | undefined
  return {
    state: () => ({ connected: state.session !== null, jobs: state.jobs.size }),
    stop() {
      stopped ??= stopWorker(state, ended)
      return stopped
    },
  }
}

function openState(options: WorkerOptions): State {
  const worker = randomInt(1, 2 ** 31)
  const separator = options.databaseUrl.includes('?') ? '&' : '?'
  const database = openPool(`${options.databaseUrl}${separator}application_name=${applicationName(worker)}`, {
    max: workerConnections(options.limits.concurrency),
    yields: options.ownDatabase ?? false,
    ...(options.timeLimits ? { limits: options.timeLimits } : {}),
  })
  const state: State = {
    options,
    worker,
    database,
    bell: createBell(),
    jobs: new Map(),
    session: null,
    renewAt: 0,
    lostConnections: 0,
    stopping: false,
  }
  database.on('connect', client => client.on('error', () => state.lostConnections++))
  return state
}

/** Looks for work until the worker stops. Reconnects whenever the database was out of reach. */
async function runLoop(state: State): Promise<void> {
  const { options } = state
  while (!state.stopping) {
    try {
      state.session ??= await openSession(state)
      await answerInTime(look(state, state.session))
      options.outage?.ended()
    } catch (error) {
      options.outage?.began()
      if (!state.stopping) options.log.warn({ err: error }, 'the job queue is out of reach; trying again')
      closeSession(state)
    }
    await state.bell.wait(LOOK_EVERY_MS)
  }
}

/**
 * Connects, announces the worker and listens for jobs. A notification about a running job, such as its cancellation,
 * renews the leases at once.
 */
async function openSession(state: State): Promise<Connection> {
  const { database, bell, worker, jobs, options } = state
  const connection = await database.connect()
  try {
    connection.on('error', () => bell.ring())
    connection.on('notification', ({ payload }) => {
      for (const job of jobs.values()) if (job.uuid === payload) state.renewAt = 0
      bell.ring()
    })
    if (options.only !== undefined) await answerInTime(announceSingle(connection, worker))
    await answerInTime(announceWorker(connection, worker))
    await connection.query('LISTEN jobs')
    state.renewAt = 0
    return connection
  } catch (error) {
    connection.release(true)
    throw error
  }
}

function closeSession(state: State): void {
  state.session?.release(true)
  state.session = null
}

/** One round: keeps the claims of the running jobs, recovers jobs of dead workers, and fills the free slots. */
async function look(state: State, connection: Connection): Promise<void> {
  if (Date.now() >= state.renewAt) await renewClaims(state, connection)
  await recoverLostJobs(state, connection)
  await claimJobs(state, connection)
}

/** Renews the leases, and aborts the jobs whose claim is lost. */
async function renewClaims(state: State, connection: Connection): Promise<void> {
  state.renewAt = Date.now() + RENEW_EVERY_MS
  const held = await renewLeases(connection, [...state.jobs.keys()])
  for (const [claim, job] of state.jobs) if (!held.has(claim)) job.controller.abort(LOST)
}

async function recoverLostJobs({ worker, jobs, options }: State, connection: Connection): Promise<void> {
  const recovered = await recoverJobs(connection, worker, [...jobs.keys()])
  const others = [...new Set(recovered.map(job => job.worker))].filter(other => other !== worker)
  if (others.length > 0) await disconnectWorkers(connection, others)
  for (const job of recovered) options.log.info({ job: job.uuid }, 'job recovered from a worker that is gone')
}

/** Claims and starts jobs while slots are free and jobs are due. */
async function claimJobs(state: State, connection: Connection): Promise<void> {
  const { worker, jobs, options } = state
  while (!state.stopping) {
    const wanted = vacancy(options.limits, Object.keys(options.handlers), [...jobs.values()])
    const job = wanted && (await claimJob(connection, worker, { ...wanted, only: options.only }))
    if (!job) return
    startRun(state, job)
  }
}

/** Runs a claimed job in the background. */
function startRun(state: State, job: ClaimedJob): void {
  const { options, database, jobs, bell } = state
  const controller = new AbortController()
  if (state.stopping) controller.abort(STOPPING)
  const { uuid, jobType, sizeBytes } = job
  const entry: RunningJob = { uuid, jobType, sizeBytes, controller, done: Promise.resolve() }
  jobs.set(job.claim, entry)
  entry.done = runClaim(job, {
    database,
    engine: options.engine,
    openEngine: options.openEngine ?? null,
    store: options.store,
    log: options.log,
    handler: options.handlers[job.jobType]!,
    signal: controller.signal,
    lostConnections: () => state.lostConnections,
  }).finally(() => {
    jobs.delete(job.claim)
    bell.ring()
    options.onJobEnd?.()
  })
}

/** `ended`: the end of the loop. */
async function stopWorker(state: State, ended: Promise<void>): Promise<void> {
  const { options, database, jobs, bell } = state
  state.stopping = true
  for (const job of jobs.values()) job.controller.abort(STOPPING)
  bell.ring()
  await ended
  await within(STOP_WITHIN_MS, Promise.allSettled([...jobs.values()].map(job => job.done)), () => {
    options.log.warn({}, 'a job did not stop in time; it is returned to the queue anyway')
    return []
  })
  await Promise.allSettled([...jobs.keys()].map(claim => releaseJob(database, claim)))
  closeSession(state)
  // A job that does not stop keeps its connection, but its writes are refused.
  await answerInTime(database.end()).catch(() => {})
}

async function answerInTime<T>(work: Promise<T>): Promise<T> {
  return await within(ANSWER_WITHIN_MS, work, () => {
    throw new DatabaseTimeout(ANSWER_WITHIN_MS)
  })
}
