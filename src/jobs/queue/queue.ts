/**
 * The clients' side of the queue. Its state is the table `jobs`, and each step is one statement. claims.ts is the
 * workers' side.
 */
import type { Database } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import { isUuid } from '../../records/values/uuid.ts'
import {
  JOB_COLUMNS,
  type Job,
  type JobRow,
  type JobStatus,
  jobColumns,
  jobFromRow,
  responseToJson,
  UNCLAIMED,
} from '../job/job.ts'

export const DEFAULT_RETRY_SECONDS = 30

export interface NewJob {
  readonly jobType: string
  readonly data: Readonly<Record<string, unknown>>
  /** The number of retries after failed runs. */
  readonly retryCount: number
  /** The pause before the first retry. It doubles before each further one, up to an hour. */
  readonly retryIntervalSeconds: number
  /** The approximate size of the file that is read or written (job-size.ts). Absent or 0: unknown. */
  readonly sizeBytes?: number
}

/**
 * A job's turn comes one second later for every this many bytes. A small job therefore overtakes a huge one, but a huge job
 * does not wait for small ones longer than it takes itself.
 */
const BYTES_A_SECOND = 5_000_000

/** Adds a job and wakes an idle worker. */
export async function createJob(database: Database, job: NewJob): Promise<Job> {
  try {
    const { rows } = await database.query<JobRow>(
      `INSERT INTO jobs (job_type, data, retry_count, retry_interval, size, turn)
       VALUES ($1, $2, $3, make_interval(secs => $4), $5::bigint, now() + make_interval(secs => $5::bigint / ${BYTES_A_SECOND}.0))
       RETURNING ${JOB_COLUMNS}`,
      [job.jobType, JSON.stringify(job.data), job.retryCount, job.retryIntervalSeconds, job.sizeBytes ?? 0],
    )
    return jobFromRow(rows[0]!)
  } catch (error) {
    if (!UNSTORABLE.has((error as { code?: string }).code ?? '')) throw error
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      'job_data contains a NUL character or a lone surrogate: remove it',
      { cause: error },
    )
  }
}

/** The SQLSTATEs that jsonb raises for \u0000 and for a lone surrogate. */
const UNSTORABLE = new Set(['22P05', '22P02'])

/** Throws ERR_NOT_FOUND if there is no such job. */
export async function getJob(database: Database, uuid: string): Promise<Job> {
  const { rows } = await database.query<JobRow>(`SELECT ${JOB_COLUMNS} FROM jobs WHERE uuid = $1`, [requireUuid(uuid)])
  return jobFromRow(rows[0] ?? notFound(uuid))
}

export interface JobFilter {
  /** Null or empty for all. */
  readonly jobTypes: readonly string[] | null
  readonly statuses: readonly JobStatus[] | null
  readonly limit: number
}

/**
 * `data` as shown in lists. If it has more than 20,000 bytes, only its members of up to 2,000 bytes are included. The size is
 * first estimated with pg_column_size, which does not read the value. It returns the compressed size, so a compressed value may be
 * larger.
 */
const LISTED_DATA = `
  CASE WHEN pg_column_size(data) <= 2000 OR octet_length(data::text) <= 20000 THEN data
    ELSE (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(data) WHERE octet_length(value::text) <= 2000)
  END AS data`

/** Newest first. Large members of `data` are left out: `getJob` has them. */
export async function listJobs(database: Database, filter: JobFilter): Promise<Job[]> {
  const { rows } = await database.query<JobRow>(
    `SELECT ${jobColumns(LISTED_DATA)} FROM jobs
     WHERE ($1::text[] IS NULL OR job_type = ANY ($1)) AND ($2::text[] IS NULL OR status = ANY ($2))
     ORDER BY id DESC LIMIT $3`,
    [filter.jobTypes?.length ? filter.jobTypes : null, filter.statuses?.length ? filter.statuses : null, filter.limit],
  )
  return rows.map(jobFromRow)
}

const CANCELLED = responseToJson({
  messages: 'Cancelled',
  runtimeErrors: ['ERR_CANCELLED: the job was cancelled; everything it had already stored is kept'],
})

/** Cancels a job that has not ended. Its worker is notified, and can no longer write anything from this moment on. */
export async function cancelJob(database: Database, uuid: string): Promise<Job> {
  const { rows } = await database.query<JobRow>(
    `UPDATE jobs SET status = 'failed', job_response = $2, run_after = NULL, updated_at = now(),
       ${UNCLAIMED}
     WHERE uuid = $1 AND status NOT IN ('completed', 'failed')
     RETURNING ${JOB_COLUMNS}`,
    [requireUuid(uuid), JSON.stringify(CANCELLED)],
  )
  return rows[0] ? jobFromRow(rows[0]) : await refuse(database, uuid, 'only a job that has not ended can be cancelled')
}

/** Runs a failed job again from its checkpoint, with the full number of retries. */
export async function retryJob(database: Database, uuid: string): Promise<Job> {
  const { rows } = await database.query<JobRow>(
    `UPDATE jobs SET status = 'retry_in_queued', failures = 0, deaths = 0, setbacks = 0, job_response = '{}', updated_at = now()
     WHERE uuid = $1 AND status = 'failed'
     RETURNING ${JOB_COLUMNS}`,
    [requireUuid(uuid)],
  )
  return rows[0] ? jobFromRow(rows[0]) : await refuse(database, uuid, 'only a failed job can be retried')
}

async function refuse(database: Database, uuid: string, rule: string): Promise<never> {
  const job = await getJob(database, uuid)
  throw new ConnectraError('ERR_CONFLICT', `the job is ${job.status}: ${rule}`)
}

function notFound(uuid: string): never {
  throw new ConnectraError('ERR_NOT_FOUND', `there is no job ${uuid}`)
}

/** Text that is not a UUID belongs to no job. PostgreSQL would raise a syntax error for it. */
function requireUuid(uuid: string): string {
  return isUuid(uuid) ? uuid : notFound(uuid)
}
