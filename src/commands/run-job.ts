/** Runs a job in this process, unless a running server was faster, and shows how it goes. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { OpenDatabase } from '../database/open-database.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Job } from '../jobs/job.ts'
import { estimateSize } from '../jobs/job-size.ts'
import { JOB_HANDLERS, type JobType, validateJobData } from '../jobs/job-types.ts'
import { createJob, DEFAULT_RETRY_SECONDS, getJob } from '../jobs/queue.ts'
import { runJob } from '../jobs/run-job.ts'
import { openEmbeddedEngine } from '../search/embedded/engine.ts'
import type { Context } from './context.ts'

export interface JobToRun {
  readonly jobType: JobType
  readonly data: Readonly<Record<string, unknown>>
  /** It asks the search index. */
  readonly searches: boolean
}

/** How long a server's worker has to take an open job up before this process builds an index of its own. Milliseconds. */
const SERVER_WITHIN = 2_000
const LOOK_EVERY = 100

/** Returns the job as it ended; still unfinished when the process is asked to end: then it waits in the queue. */
export async function runToEnd(
  { config, log, signal }: Context,
  { url, pool, server }: OpenDatabase,
  store: ObjectStore,
  { jobType, data, searches }: JobToRun,
  onProgress: (job: Job) => void,
): Promise<Job> {
  const { uuid } = await createJob(pool, {
    jobType,
    data: validateJobData(jobType, data),
    retryCount: 0,
    retryIntervalSeconds: DEFAULT_RETRY_SECONDS,
    sizeBytes: await estimateSize(jobType, data, { store, engine: null }),
  })
  // Who runs PostgreSQL alone is alone.
  const taken = searches && server === null && (await isTakenUp(pool, uuid, signal))
  const directory = join(config.dataDir, 'index')
  const engine = searches && !taken ? openEmbeddedEngine({ databaseUrl: url, log, directory }) : null
  try {
    await engine?.ready()
    const handlers = taken ? {} : JOB_HANDLERS
    return await runJob({ database: pool, databaseUrl: url, engine, store, handlers, log, uuid, onProgress, signal })
  } finally {
    await engine?.close()
  }
}

async function isTakenUp(pool: OpenDatabase['pool'], uuid: string, signal: AbortSignal): Promise<boolean> {
  for (const since = Date.now(); Date.now() - since < SERVER_WITHIN; ) {
    const { status } = await getJob(pool, uuid)
    if (status !== 'open') return true
    await delay(LOOK_EVERY, undefined, { signal })
  }
  return false
}
