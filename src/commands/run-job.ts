/** Runs a job in this process, unless a running server claims it first, and reports its progress. */
import { setTimeout as delay } from 'node:timers/promises'
import type { OpenDatabase } from '../database/open-database.ts'
import { ConnectraError } from '../errors.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Job } from '../jobs/job/job.ts'
import { estimateSize } from '../jobs/job-size.ts'
import { JOB_HANDLERS, type JobType, validateJobData } from '../jobs/job-types.ts'
import { cancelJob, createJob, DEFAULT_RETRY_SECONDS, getJob } from '../jobs/queue/queue.ts'
import { runJob } from '../jobs/run-job.ts'
import { openSearchEngine } from '../search-engine.ts'
import type { Context } from './context.ts'

export interface JobToRun {
  readonly jobType: JobType
  readonly data: Readonly<Record<string, unknown>>
  /** The job needs the search index. */
  readonly searches: boolean
}

/** How long to wait for a server's worker to claim the job before this process opens its own index. Milliseconds. */
const SERVER_WITHIN = 2_000
const LOOK_EVERY = 100

/** Returns the ended job. If the process is asked to stop, the job is cancelled. Throws an AbortError if it stops before the job starts. */
export async function runToEnd(
  context: Context,
  database: OpenDatabase,
  store: ObjectStore,
  toRun: JobToRun,
  onProgress: (job: Job) => void,
): Promise<Job> {
  const { pool } = database
  const { uuid } = await addJob(pool, store, toRun)
  let cancelling: Promise<void> | null = null
  // At once: a worker may take seconds to stop, and from this moment on it can store nothing more.
  const cancel = () => {
    cancelling ??= cancelUnlessEnded(pool, uuid)
    cancelling.catch(() => {})
  }
  context.signal.addEventListener('abort', cancel, { once: true })
  try {
    if (context.signal.aborted) cancel()
    await runCreated(context, database, store, uuid, toRun.searches, onProgress)
  } finally {
    context.signal.removeEventListener('abort', cancel)
    await cancelling
  }
  return await getJob(pool, uuid)
}

/** Adds a job to the queue, for any worker. */
export async function addJob(
  pool: OpenDatabase['pool'],
  store: ObjectStore,
  { jobType, data }: Pick<JobToRun, 'jobType' | 'data'>,
): Promise<Job> {
  return await createJob(pool, {
    jobType,
    data: validateJobData(jobType, data),
    retryCount: 0,
    retryIntervalSeconds: DEFAULT_RETRY_SECONDS,
    sizeBytes: await estimateSize(jobType, data, { store, engine: null }),
  })
}

async function cancelUnlessEnded(pool: OpenDatabase['pool'], uuid: string): Promise<void> {
  try {
    await cancelJob(pool, uuid)
  } catch (error) {
    if (error instanceof ConnectraError && error.code === 'ERR_CONFLICT') return
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `job ${uuid} could not be cancelled (${(error as Error).message}): run \`connectra jobs cancel ${uuid}\``,
      { cause: error },
    )
  }
}

async function runCreated(
  { config, log, signal }: Context,
  { url, pool, server }: OpenDatabase,
  store: ObjectStore,
  uuid: string,
  searches: boolean,
  onProgress: (job: Job) => void,
): Promise<void> {
  // If this process runs PostgreSQL itself, there is no server.
  const taken = searches && server === null && (await isTakenUp(pool, uuid, signal))
  const engine = searches && !taken ? await openSearchEngine(config, { url, server }, log) : null
  try {
    if (engine) await unlessAborted(engine.ready(), signal)
    const handlers = taken ? {} : JOB_HANDLERS
    await runJob({ database: pool, databaseUrl: url, engine, store, handlers, log, uuid, onProgress, signal })
  } finally {
    await engine?.close()
  }
}

/** Rejects if `signal` aborts first. The caller then has to end the work. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

async function isTakenUp(pool: OpenDatabase['pool'], uuid: string, signal: AbortSignal): Promise<boolean> {
  for (const since = Date.now(); Date.now() - since < SERVER_WITHIN; ) {
    const { status } = await getJob(pool, uuid)
    if (status !== 'open') return true
    await delay(LOOK_EVERY, undefined, { signal })
  }
  return false
}
