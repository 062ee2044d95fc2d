/** Runs a job in this process, unless a running server claims it first, and reports its progress. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { OpenDatabase } from '../database/open-database.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Job } from '../jobs/job/job.ts'
import { estimateSize } from '../jobs/job-size.ts'
import { JOB_HANDLERS, type JobType, validateJobData } from '../jobs/job-types.ts'
import { cancelJob, createJob, DEFAULT_RETRY_SECONDS, getJob } from '../jobs/queue/queue.ts'
import { runJob } from '../jobs/run-job.ts'
import { openEmbeddedEngine } from '../search/embedded/engine.ts'
import type { Context } from './context.ts'

export interface JobToRun {
  readonly jobType: JobType
  readonly data: Readonly<Record<string, unknown>>
  /** The job needs the search index. */
  readonly searches: boolean
  /** If the process is asked to stop, the job stays in the queue. Otherwise it is cancelled, as nobody would fetch its result. */
  readonly stays: boolean
}

/** How long to wait for a server's worker to claim the job before this process opens its own index. Milliseconds. */
const SERVER_WITHIN = 2_000
const LOOK_EVERY = 100

/** Returns the job when it has ended or the process is asked to stop. Throws an AbortError if it stops before the job starts. */
export async function runToEnd(
  context: Context,
  database: OpenDatabase,
  store: ObjectStore,
  toRun: JobToRun,
  onProgress: (job: Job) => void,
): Promise<Job> {
  const { jobType, data, stays } = toRun
  const { uuid } = await createJob(database.pool, {
    jobType,
    data: validateJobData(jobType, data),
    retryCount: 0,
    retryIntervalSeconds: DEFAULT_RETRY_SECONDS,
    sizeBytes: await estimateSize(jobType, data, { store, engine: null }),
  })
  try {
    return await runCreated(context, database, store, uuid, toRun.searches, onProgress)
  } finally {
    // Fails if the job has just ended.
    if (context.signal.aborted && !stays) await cancelJob(database.pool, uuid).catch(() => {})
  }
}

async function runCreated(
  { config, log, signal }: Context,
  { url, pool, server }: OpenDatabase,
  store: ObjectStore,
  uuid: string,
  searches: boolean,
  onProgress: (job: Job) => void,
): Promise<Job> {
  // If this process runs PostgreSQL itself, there is no server.
  const taken = searches && server === null && (await isTakenUp(pool, uuid, signal))
  const directory = join(config.dataDir, 'index')
  const engine = searches && !taken ? openEmbeddedEngine({ databaseUrl: url, log, directory }) : null
  try {
    if (engine) await unlessAborted(engine.ready(), signal)
    const handlers = taken ? {} : JOB_HANDLERS
    return await runJob({ database: pool, databaseUrl: url, engine, store, handlers, log, uuid, onProgress, signal })
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
