/**
 * The workers' side of the queue. A worker keeps its claim on a job as long as it renews the lease. Every write names the
 * claim and does nothing once the claim is lost.
 *
 * open → in_queue → processing → completed | failed. A failure with retries left: retry_in_queued → retrying → …. The jobs
 * of dead workers are handled in recovery.ts.
 */
import pg from 'pg'
import type { Database } from '../../database/pool.ts'
import {
  type JobRow,
  progressFromJson,
  progressToJson,
  type ResponseJson,
  responseToJson,
  UNCLAIMED,
} from '../job/job.ts'
import type { ClaimedJob, JobResponse, Progress } from '../job/job-context.ts'

/** A pool or a single connection: each function is one statement. */
export type Queryable = Pick<Database, 'query'>

/** Renewed every 5 s (worker.ts), so one slow renewal does no harm. Another worker takes over within 30 s. */
export const LEASE = `interval '15 seconds'`
/** The longest pause before a retry, unless `retry_interval` itself is longer. */
const LONGEST_PAUSE = `interval '1 hour'`
/** The longest pause of a waiting job, so that it continues soon after the obstacle is gone. */
const LONGEST_WAIT = `interval '1 minute'`
/** The number of errors kept in a job's response, the newest last. */
const ERRORS_KEPT = 10

/** Which jobs a worker may claim. */
export interface Wanted {
  readonly jobTypes: readonly string[]
  /** In bytes. Absent or null: any size. */
  readonly smallerThan?: number | null
  /** The UUID of the only job to claim. Absent: any job. */
  readonly only?: string | undefined
}

/** Claims the due job whose turn comes first. Returns null if there is none. */
export async function claimJob(
  database: Queryable,
  worker: number,
  { jobTypes, smallerThan, only }: Wanted,
): Promise<ClaimedJob | null> {
  const { rows } = await database.query<JobRow & { claim: number; checkpoint: unknown; size: number }>(
    `UPDATE jobs SET status = CASE status WHEN 'open' THEN 'in_queue' ELSE 'retrying' END, attempts = attempts + 1,
       claim = nextval('job_claims'), worker = $1, claimed_at = now(), lease_until = now() + ${LEASE},
       run_after = NULL, updated_at = now(),
       -- Without a checkpoint the job starts from the beginning.
       progress = CASE WHEN checkpoint IS NULL THEN '{}' ELSE progress END,
       rows_before = CASE WHEN checkpoint IS NULL THEN 0 ELSE coalesce((progress ->> 'rows_read')::bigint, 0) END
     WHERE id = (
       SELECT id FROM jobs
       WHERE status IN ('open', 'retry_in_queued') AND (run_after IS NULL OR run_after <= now())
         AND job_type = ANY ($2) AND ($3::bigint IS NULL OR size < $3) AND ($4::uuid IS NULL OR uuid = $4)
       ORDER BY turn, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING uuid, claim, job_type, size, data, checkpoint, progress`,
    [worker, jobTypes, smallerThan ?? null, only ?? null],
  )
  const row = rows[0]
  if (!row) return null
  const { uuid, claim, job_type: jobType, size: sizeBytes, data, checkpoint } = row
  return { uuid, claim, jobType, sizeBytes, data, checkpoint, progress: progressFromJson(row.progress) }
}

/** Marks the start of the work: in_queue → processing. Returns false if the claim is lost. */
export async function startJob(database: Queryable, claim: number): Promise<boolean> {
  return await updateClaimed(
    database,
    `UPDATE jobs SET status = CASE status WHEN 'in_queue' THEN 'processing' ELSE status END, updated_at = now()
     WHERE claim = $1`,
    [claim],
  )
}

/** Renews the leases of these claims. Returns the claims that are still held. */
export async function renewLeases(database: Queryable, claims: readonly number[]): Promise<Set<number>> {
  const { rows } = await database.query<{ claim: number }>(
    `UPDATE jobs SET lease_until = now() + ${LEASE} WHERE claim = ANY ($1) RETURNING claim`,
    [claims],
  )
  return new Set(rows.map(row => row.claim))
}

/** The SQLSTATE that checkpoint_job raises. */
const LOST_CLAIM = 'JOB01'

/** See JobContext. The statement raises SQLSTATE JOB01 if the claim is lost. */
export function checkpointSql(claim: number, checkpoint: unknown, progress: Progress): string {
  const literals = [checkpoint, progressToJson(progress)].map(value => pg.escapeLiteral(JSON.stringify(value)))
  return `SELECT checkpoint_job(${claim}, ${literals[0]}, ${literals[1]})`
}

export function lostClaim(): Error {
  return Object.assign(new Error('the claim on the job is lost'), { code: LOST_CLAIM })
}

export function isLostClaim(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === LOST_CLAIM
}

export async function reportProgress(database: Queryable, claim: number, progress: Progress): Promise<boolean> {
  return await updateClaimed(
    database,
    `UPDATE jobs SET progress = $2, updated_at = now(),
       job_response = CASE WHEN setbacks > 0 THEN job_response - 'messages' ELSE job_response END
     WHERE claim = $1`,
    [claim, JSON.stringify(progressToJson(progress))],
  )
}

/** `progress`: the latest one if it has not been stored yet, otherwise null. */
export async function completeJob(
  database: Queryable,
  claim: number,
  response: JobResponse,
  progress: Progress | null,
): Promise<boolean> {
  return await updateClaimed(
    database,
    `UPDATE jobs SET status = 'completed', job_response = $2, progress = coalesce($3, progress), updated_at = now(),
       ${UNCLAIMED}
     WHERE claim = $1`,
    [claim, JSON.stringify(responseToJson(response)), progress && JSON.stringify(progressToJson(progress))],
  )
}

/**
 * `error` has the form `ERR_CODE: message`. The job is retried if retries are left and the error is not `permanent`.
 */
export async function failJob(database: Queryable, claim: number, error: string, permanent: boolean): Promise<boolean> {
  return await updateClaimed(
    database,
    `UPDATE jobs SET failures = failures + 1, updated_at = now(), ${UNCLAIMED},
       job_response = ${responseWithError('$2')},
       status = CASE WHEN $3 OR failures >= retry_count THEN 'failed' ELSE 'retry_in_queued' END,
       run_after = CASE WHEN NOT $3 AND failures < retry_count
         THEN now() + least(retry_interval * power(2, least(failures, 20)), greatest(retry_interval, ${LONGEST_PAUSE})) END
     WHERE claim = $1`,
    [claim, JSON.stringify(failureToJson(error)), permanent],
  )
}

/** The new error becomes the message, and is added to the errors of earlier runs. */
export function responseWithError(response: string): string {
  return `${response}::jsonb || jsonb_build_object('runtime_errors', jsonb_path_query_array(
    coalesce(job_response -> 'runtime_errors', '[]') || (${response}::jsonb -> 'runtime_errors'),
    '$[last - ${ERRORS_KEPT - 1} to last]'))`
}

export function failureToJson(error: string): ResponseJson {
  return responseToJson({ messages: `Failed: ${error.replace(/^ERR_[A-Z_]+: /, '')}`, runtimeErrors: [error] })
}

/** Returns a job to the queue as if this run had not started. The job keeps its checkpoint. */
export async function releaseJob(database: Queryable, claim: number): Promise<boolean> {
  return await updateClaimed(database, `UPDATE jobs SET ${RETURNED}, ${UNCLAIMED} WHERE claim = $1`, [claim])
}

/** Returns all claimed jobs to the queue. For a database without any of their workers, such as a restored one. */
export async function giveBackJobs(database: Queryable): Promise<void> {
  await database.query(`UPDATE jobs SET ${RETURNED}, ${UNCLAIMED} WHERE claim IS NOT NULL`)
}

/**
 * Returns a job to the queue that cannot continue for now, for example because a disk is full. It waits one second, then
 * twice as long each time in a row, up to a minute. No retry is used. Meanwhile its message is `obstacle`, which says what
 * to do.
 */
export async function postponeJob(database: Queryable, claim: number, obstacle: string): Promise<boolean> {
  return await updateClaimed(
    database,
    `UPDATE jobs SET ${RETURNED}, setbacks = setbacks + 1, ${UNCLAIMED},
       run_after = now() + least(interval '1 second' * power(2, least(setbacks, 10)), ${LONGEST_WAIT}),
       job_response = job_response || jsonb_build_object('messages', $2::text)
     WHERE claim = $1`,
    [claim, `Waiting: ${obstacle}`],
  )
}

/** For SET: the job is back in the queue as if this run had not started. */
export const RETURNED = `status = CASE status WHEN 'retrying' THEN 'retry_in_queued' ELSE 'open' END,
  attempts = attempts - 1, updated_at = now()`

async function updateClaimed(database: Queryable, statement: string, values: unknown[]): Promise<boolean> {
  const { rowCount } = await database.query(statement, values)
  return rowCount === 1
}
