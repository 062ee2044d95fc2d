/** Runs one job until it has ended, for the command line. */
import { createBell } from '../database/bell.ts'
import type { Database } from '../database/pool.ts'
import type { Job } from './job/job.ts'
import { getJob } from './queue/queue.ts'
import { startWorker, type WorkerOptions } from './queue/worker.ts'

export interface RunJobOptions extends Omit<WorkerOptions, 'only' | 'limits' | 'onJobEnd'> {
  readonly database: Database
  readonly uuid: string
  readonly onProgress?: (job: Job) => void
  /** When aborted, the job is returned to the queue and its current state is the result. Another run continues it. */
  readonly signal?: AbortSignal
}

/** How often the job is read, to report its progress and to notice its end in another worker. */
const LOOK_EVERY_MS = 300

/** Includes retries. If another worker already has the job, waits for that worker. */
export async function runJob({ database, uuid, onProgress, signal, ...options }: RunJobOptions): Promise<Job> {
  const bell = createBell()
  const worker = startWorker({ ...options, limits: { concurrency: 1 }, only: uuid, onJobEnd: bell.ring })
  signal?.addEventListener('abort', bell.ring, { once: true })
  try {
    for (;;) {
      const job = await getJob(database, uuid)
      onProgress?.(job)
      if (job.status === 'completed' || job.status === 'failed') return job
      if (signal?.aborted) break
      await bell.wait(LOOK_EVERY_MS)
    }
  } finally {
    signal?.removeEventListener('abort', bell.ring)
    await worker.stop()
  }
  return await getJob(database, uuid)
}
