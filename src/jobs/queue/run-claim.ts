/** Runs one claimed job to its end, and writes down what became of it. */
import type { Database } from '../../database/pool.ts'
import { isUnavailable } from '../../database/unavailable.ts'
import { ConnectraError } from '../../errors.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import type { SearchEngine } from '../../search/engine.ts'
import { isOfRun } from '../export/unpublished-exports.ts'
import type { ClaimedJob, JobContext, JobHandler, Progress } from '../job/job-context.ts'
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
  /** Connections to the database that broke so far. */
  readonly lostConnections: () => number
}

/** Why a job is given up before its end. */
export const STOPPING = new Error('the worker stops')
export const LOST = new Error('the claim is lost')

const REPORT_EVERY_MS = 1000

/**
 * Never rejects. When the database is away nothing can be written down: the job is then recovered like that of a
 * dead worker, from its checkpoint and without using a retry.
 */
export async function runClaim(job: ClaimedJob, options: RunOptions): Promise<void> {
  const { database, handler, log, signal } = options
  const about = { job: job.uuid, job_type: job.jobType }
  const brokenBefore = options.lostConnections()
  const { context, unwritten, rowsRead, written } = openContext(job, options)
  const startedAt = performance.now()
  /** The job may be completed although the database did not get to say so: then its file is wanted. */
  let perhapsCompleted = false
  try {
    if (!(await startJob(database, job.claim))) return
    signal.throwIfAborted()
    log.info({ ...about, bytes: job.sizeBytes, resumed: job.checkpoint !== null }, 'job started')
    const response = await handler(context)
    perhapsCompleted = true
    perhapsCompleted = await completeJob(database, job.claim, response, unwritten())
    if (!perhapsCompleted) throw lostClaim()
    log.info({ ...about, ...speed() }, 'job completed')
  } catch (error) {
    const setback = describeSetback(error)
    if (isLostClaim(error) || signal.reason === LOST) log.info(about, 'job given up: it was cancelled or taken over')
    else if (signal.reason === STOPPING) await giveBack()
    else if (setback !== null) await postpone(setback, error)
    else if (isUnavailable(error) || options.lostConnections() > brokenBefore)
      log.warn(
        { ...about, err: error },
        'job interrupted: the database was not available; it goes on from its checkpoint',
      )
    else await fail(error)
    if (!perhapsCompleted) await discard()
  }

  async function giveBack(): Promise<void> {
    await attempt(releaseJob(database, job.claim))
    log.info(about, 'job given back: the worker stops')
  }

  async function postpone(setback: string, error: unknown): Promise<void> {
    log.warn({ ...about, err: error }, `job waits: ${setback}`)
    await attempt(postponeJob(database, job.claim, setback))
  }

  async function fail(error: unknown): Promise<void> {
    log[error instanceof ConnectraError ? 'warn' : 'error']({ ...about, ...speed(), err: error }, 'job failed')
    await attempt(failJob(database, job.claim, describe(error), isPermanent(error)))
  }

  /** The rows of this run, and how fast it was. */
  function speed(): { readonly rows: number; readonly seconds: number; readonly rows_per_second: number } {
    const seconds = (performance.now() - startedAt) / 1000
    const rows = Math.max(0, rowsRead() - (job.checkpoint === null ? 0 : job.progress.rowsRead))
    return {
      rows,
      seconds: Math.round(seconds * 10) / 10,
      rows_per_second: Math.round(rows / Math.max(seconds, 0.001)),
    }
  }

  /** Nobody will ask for the files of this run: a further one writes its own. */
  async function discard(): Promise<void> {
    for (const key of written.filter(key => isOfRun(key, job)))
      await options.store
        .delete(key)
        .catch(error => log.warn({ ...about, err: error, key }, 'a file of no use could not be deleted'))
  }

  async function attempt(write: Promise<boolean>): Promise<void> {
    await write.catch(error => log.warn({ ...about, err: error }, 'the end of the job could not be written down'))
  }
}

function openContext(job: ClaimedJob, { database, engine, openEngine, store, log, signal }: RunOptions) {
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
        // Also when it fails: it may have stored all, and failed to make that durable.
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
  return { context, unwritten: () => waiting, rowsRead: () => last.rowsRead, written }
}

/** What a client did wrong stays wrong; a conflict or a limit passes. */
function isPermanent(error: unknown): boolean {
  return error instanceof ConnectraError && error.status < 500 && error.status !== 409 && error.status !== 429
}

/** For the job's response: of an unexpected error no more than that, its text is for the log. */
function describe(error: unknown): string {
  return error instanceof ConnectraError
    ? `${error.code}: ${error.message}`
    : 'ERR_INTERNAL: the job failed unexpectedly; the log of the server says why'
}
