/** Runs one claimed job to its end and stores the outcome. */
import type { Database } from '../../database/pool.ts'
import { isUnavailable } from '../../database/unavailable.ts'
import { ConnectraError } from '../../errors.ts'
import { type ObjectStore, selectBucket } from '../../files/object-store.ts'
import { reportOutages } from '../../files/unavailable.ts'
import type { Log } from '../../runtime/log.ts'
import type { SearchEngine } from '../../search/engine.ts'
import { isOfRun } from '../export/unpublished-exports.ts'
import type { ClaimedJob, JobContext, JobHandler, Progress } from '../job/job-context.ts'
import { bucketName } from '../job/job-data.ts'
import {
  checkpointSql,
  completeJob,
  failJob,
  isLostClaim,
  lostClaim,
  postponeJob,
  releaseJob,
  reportProgress,
  startJob,
} from './claims.ts'
import { describeSetback } from './setback.ts'

export interface RunOptions {
  readonly database: Database
  readonly engine: SearchEngine | null
  readonly openEngine: (() => Promise<SearchEngine>) | null
  readonly store: ObjectStore
  readonly log: Log
  readonly handler: JobHandler
  /** Aborted with one of the two reasons below. */
  readonly signal: AbortSignal
  /** The number of database connections that have broken so far. */
  readonly lostConnections: () => number
}

/** Why a job is stopped before its end. */
export const STOPPING = new Error('the worker is stopping')
export const LOST = new Error('the claim is lost')

const REPORT_EVERY_MS = 1000

/** A run of a job: the part of the job between a claim and its end. */
interface Run {
  readonly job: ClaimedJob
  readonly options: RunOptions
  readonly context: JobContext
  /** For log lines. */
  readonly about: { readonly job: string; readonly job_type: string }
  /** `performance.now()` at the start. */
  readonly startedAt: number
  readonly brokenBefore: number
  /** The latest progress if it has not been stored yet. */
  unwritten(): Progress | null
  rowsRead(): number
  /** Keys of the files that the run has begun to write. */
  readonly written: readonly string[]
}

/**
 * Never rejects. If the database is unavailable, no outcome can be stored. The job is then recovered like that of a dead
 * worker, from its checkpoint and without using a retry.
 */
export async function runClaim(job: ClaimedJob, options: RunOptions): Promise<void> {
  const { database, handler, log, signal } = options
  let run = openRun(job, options)
  /** True if the answer of the database was lost. The job may be completed nevertheless, so its file must stay. */
  let perhapsCompleted = false
  try {
    if (!(await startJob(database, job.claim))) return
    // Fails if the bucket has been removed from the settings.
    const store = selectBucket(options.store, bucketName(job.data), 'ERR_INVALID_JOB_DATA')
    run = openRun(job, { ...options, store })
    signal.throwIfAborted()
    log.info({ ...run.about, bytes: job.sizeBytes, resumed: job.checkpoint !== null }, 'job started')
    const response = await handler(run.context)
    perhapsCompleted = true
    perhapsCompleted = await completeJob(database, job.claim, response, run.unwritten())
    if (!perhapsCompleted) throw lostClaim()
    log.info({ ...run.about, ...speedOf(run) }, 'job completed')
  } catch (error) {
    await settle(run, error)
    if (!perhapsCompleted) await discardFiles(run)
  }
}

/** Decides what becomes of a job whose run ended with `error`, and stores it. */
async function settle(run: Run, error: unknown): Promise<void> {
  const { about, options } = run
  const { log, signal } = options
  const setback = describeSetback(error)
  if (isLostClaim(error) || signal.reason === LOST)
    log.info(about, 'job abandoned: it was cancelled or taken over by another worker')
  else if (signal.reason === STOPPING) await giveBack(run)
  else if (setback !== null) await postpone(run, setback, error)
  else if (isUnavailable(error) || options.lostConnections() > run.brokenBefore)
    log.warn(
      { ...about, err: error },
      'job interrupted: the database is unavailable; it will resume from its checkpoint',
    )
  else await fail(run, error)
}

async function giveBack(run: Run): Promise<void> {
  await attempt(run, releaseJob(run.options.database, run.job.claim))
  run.options.log.info(run.about, 'job returned to the queue: the worker is stopping')
}

async function postpone(run: Run, setback: string, error: unknown): Promise<void> {
  run.options.log.warn({ ...run.about, err: error }, `job waiting: ${setback}`)
  await attempt(run, postponeJob(run.options.database, run.job.claim, setback))
}

async function fail(run: Run, error: unknown): Promise<void> {
  const { log, database } = run.options
  log[error instanceof ConnectraError ? 'warn' : 'error']({ ...run.about, ...speedOf(run), err: error }, 'job failed')
  await attempt(run, failJob(database, run.job.claim, describe(error), isPermanent(error)))
}

async function attempt({ options, about }: Run, write: Promise<boolean>): Promise<void> {
  await write.catch(error => options.log.warn({ ...about, err: error }, 'the outcome of the job could not be stored'))
}

/** Deletes the files that only this run can have written. Nobody needs them, as the next run writes its own. */
async function discardFiles({ job, options, about, written }: Run): Promise<void> {
  for (const key of written.filter(key => isOfRun(key, job)))
    await options.store
      .delete(key)
      .catch(error => options.log.warn({ ...about, err: error, key }, 'an unused file could not be deleted'))
}

/** The rows and the speed of this run. */
function speedOf({ job, startedAt, rowsRead }: Run) {
  const seconds = (performance.now() - startedAt) / 1000
  const rows = Math.max(0, rowsRead() - (job.checkpoint === null ? 0 : job.progress.rowsRead))
  return { rows, seconds: Math.round(seconds * 10) / 10, rows_per_second: Math.round(rows / Math.max(seconds, 0.001)) }
}

function openRun(job: ClaimedJob, options: RunOptions): Run {
  const { database, engine, openEngine, log, signal } = options
  const store = reportOutages(options.store)
  let last = job.progress
  let waiting: Progress | null = null
  let reportedAt = 0
  const written: string[] = []
  const context: JobContext = {
    job,
    database,
    engine,
    openEngine,
    store: {
      ...store,
      async put(key, content, putOptions) {
        // Recorded even if it fails, because it may fail after the whole file has been written.
        written.push(key)
        return await store.put(key, content, putOptions)
      },
    },
    log,
    signal,
    checkpointSql(checkpoint, progress) {
      last = progress
      waiting = null
      return checkpointSql(job.claim, checkpoint, progress)
    },
    async report(progress) {
      signal.throwIfAborted()
      last = progress
      waiting = progress
      if (Date.now() - reportedAt < REPORT_EVERY_MS) return
      reportedAt = Date.now()
      waiting = null
      if (!(await reportProgress(database, job.claim, progress))) throw lostClaim()
    },
  }
  return {
    job,
    options,
    context,
    about: { job: job.uuid, job_type: job.jobType },
    startedAt: performance.now(),
    brokenBefore: options.lostConnections(),
    unwritten: () => waiting,
    rowsRead: () => last.rowsRead,
    written,
  }
}

/** The client has to fix its errors, so a retry is useless. Most conflicts, and rate limits, are temporary. */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof ConnectraError)) return false
  return error.final || (error.status < 500 && error.status !== 409 && error.status !== 429)
}

/** The error for the response of the job. The text of an unexpected error goes only into the log. */
function describe(error: unknown): string {
  return error instanceof ConnectraError
    ? `${error.code}: ${error.message}`
    : 'ERR_INTERNAL: the job failed unexpectedly: see the log of the server'
}
