/** Runs a job as a client sees it, from its creation to its completion. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../src/database/pool.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobType } from '../../src/jobs/job-types.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'

const POLL_EVERY_MS = 20

/** Creates a job and resolves when it has completed. Throws if it fails. */
export async function runJob(database: Database, jobType: JobType, data: object): Promise<Job> {
  const request = { jobType, data: { ...data }, retryCount: 0, retryIntervalSeconds: 1 }
  for (let job = await createJob(database, request); ; job = await getJob(database, job.uuid)) {
    if (job.status === 'completed') return job
    if (job.status === 'failed') throw new Error(`the job failed: ${JSON.stringify(job.response)}`)
    await delay(POLL_EVERY_MS)
  }
}

/** Measures how many seconds `work` takes. */
export async function measureSeconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
