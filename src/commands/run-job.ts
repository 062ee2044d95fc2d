/** Runs a job in this process, unless a running server was faster, and shows how it goes. */
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
  /** It asks the search index. */
  readonly searches: boolean
  /** When the process is asked to end the job stays in the queue; else it is cancelled, as nobody would fetch what it makes. */
  readonly stays: boolean
}

/** How long a server's worker has to take an open job up before this process builds an index of its own. Milliseconds. */
const SERVER_WITHIN = 2_000
const LOOK_EVERY = 100

/** Returns the job as it ended, or as it is when the process is asked to end; an end before it began is an AbortError. */
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
    // It may have ended at the same moment.
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
  // Who runs PostgreSQL alone is alone.
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

/** Rejects when `signal` aborts first, and leaves the work to who ends it. */
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
