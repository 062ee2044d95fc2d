/** Runs one job until it has ended, for the command line. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database/pool.ts'
import type { Job } from './job/job.ts'
import { getJob } from './queue/queue.ts'
import { startWorker, type WorkerOptions } from './queue/worker.ts'

export interface RunJobOptions extends Omit<WorkerOptions, 'only' | 'limits'> {
  readonly database: Database
  readonly uuid: string
  readonly onProgress?: (job: Job) => void
  /** When aborted, the job is returned to the queue and its current state is the result. Another run continues it. */
  readonly signal?: AbortSignal
}

const LOOK_EVERY_MS = 300

/** Includes retries. If another worker already has the job, waits for that worker. */
export async function runJob({ database, uuid, onProgress, signal, ...options }: RunJobOptions): Promise<Job> {
  const worker = startWorker({ ...options, limits: { concurrency: 1 }, only: uuid })
  try {
    for (;;) {
      const job = await getJob(database, uuid)
      onProgress?.(job)
      if (job.status === 'completed' || job.status === 'failed') return job
      if (signal?.aborted) break
      await delay(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => {})
    }
  } finally {
    await worker.stop()
  }
  return await getJob(database, uuid)
}
