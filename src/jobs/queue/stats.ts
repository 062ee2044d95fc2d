/** Statistics of the queue: waiting, running and failed jobs. */
import type { Database } from '../../database/pool.ts'
import type { JobStatus } from '../job/job.ts'

export interface JobStats {
  /** Jobs that have not ended, by type and status. */
  readonly depth: readonly { readonly jobType: string; readonly status: JobStatus; readonly jobs: number }[]
  /** Seconds since the oldest due and unclaimed job was created or returned to the queue; null if none is waiting. */
  readonly oldestWaitingSeconds: number | null
  readonly running: readonly RunningJob[]
  readonly failures: { readonly lastHour: number; readonly lastDay: number }
}

interface RunningJob {
  readonly uuid: string
  readonly jobType: string
  /** Since its worker claimed it. */
  readonly seconds: number
  readonly rowsRead: number
  /** Since its worker claimed it. */
  readonly rowsPerSecond: number
}

/** Reads waiting and running jobs and the failures of the last day. Each query uses an index. */
export async function readJobStats(database: Database): Promise<JobStats> {
  const [depth, waiting, running, failures] = await Promise.all([
    database.query<JobStats['depth'][number]>(
      `SELECT job_type AS "jobType", status, count(*) AS jobs FROM (
         SELECT job_type, status FROM jobs WHERE status IN ('open', 'retry_in_queued')
         UNION ALL SELECT job_type, status FROM jobs WHERE claim IS NOT NULL) AS unfinished
       GROUP BY job_type, status ORDER BY job_type, status`,
    ),
    database.query<{ seconds: number | null }>(
      `SELECT round(extract(epoch FROM now() - min(greatest(updated_at, run_after))), 3)::float8 AS seconds
       FROM jobs WHERE status IN ('open', 'retry_in_queued') AND (run_after IS NULL OR run_after <= now())`,
    ),
    database.query<RunningJob>(
      `SELECT uuid, job_type AS "jobType", round(seconds, 3)::float8 AS seconds, rows AS "rowsRead",
         round(greatest(0, rows - rows_before) / greatest(seconds, 0.001))::float8 AS "rowsPerSecond"
       FROM jobs, LATERAL (SELECT greatest(0, extract(epoch FROM now() - claimed_at)) AS seconds,
         coalesce((progress ->> 'rows_read')::bigint, 0) AS rows) AS so_far
       WHERE claim IS NOT NULL ORDER BY claimed_at`,
    ),
    database.query<JobStats['failures']>(
      `SELECT count(*) FILTER (WHERE updated_at > now() - interval '1 hour') AS "lastHour", count(*) AS "lastDay"
       FROM jobs WHERE status = 'failed' AND updated_at > now() - interval '1 day'`,
    ),
  ])
  return {
    depth: depth.rows,
    oldestWaitingSeconds: waiting.rows[0]!.seconds,
    running: running.rows,
    failures: failures.rows[0]!,
  }
}
