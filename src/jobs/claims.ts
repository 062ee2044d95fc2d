/**
 * The queue as workers see it. A worker claims a job for as long as it renews its lease; every write names the claim
 * and does nothing once the claim is gone. open → in_queue → processing → completed | failed; a failure with retries
 * left → retry_in_queued → retrying → ….
 */
import pg from 'pg'
import type { Database } from '../database/pool.ts'
import { type JobRow, progressFromJson, progressToJson, type ResponseJson, responseToJson, UNCLAIMED } from './job.ts'
import type { ClaimedJob, JobResponse, Progress } from './job-context.ts'

/** A pool or a single connection: each function is one statement. */
type Queryable = Pick<Database, 'query'>

/** Renewed every 5 s (worker.ts), so that one slow renewal loses nothing; another worker takes over within 30 s. */
const LEASE = `interval '15 seconds'`
/** Longest pause before a retry, unless `retry_interval` itself is longer. */
const LONGEST_PAUSE = `interval '1 hour'`
/** Kept in a job's response, the newest last. */
const ERRORS_KEPT = 10
/** So many deaths in a row are the job's fault. One soon after the claim is none: restarts come in series. */
const DEATHS_ALLOWED = 4
const INTO_THE_WORK = `interval '30 seconds'`

/** The first key of the advisory lock that every living worker shares with itself: (LIVING, worker). */
const LIVING = 4852712

/** Marks the worker as living for as long as the connection is open. */
export async function announceWorker(connection: Queryable, worker: number): Promise<void> {
  // Shared: after a broken connection the worker need not wait until the server has noticed the break.
  await connection.query('SELECT pg_advisory_lock_shared($1, $2)', [LIVING, worker])
}

/** The oldest job that is due; null when there is none. `only`: no other job than this one. */
export async function claimJob(
  database: Queryable,
  worker: number,
  jobTypes: readonly string[],
  only: string | null = null,
): Promise<ClaimedJob | null> {
  const { rows } = await database.query<JobRow & { claim: number; checkpoint: unknown }>(
    `UPDATE jobs SET status = CASE status WHEN 'open' THEN 'in_queue' ELSE 'retrying' END, attempts = attempts + 1,
       claim = nextval('job_claims'), worker = $1, claimed_at = now(), lease_until = now() + ${LEASE},
       run_after = NULL, updated_at = now()
     WHERE id = (
       SELECT id FROM jobs
       WHERE status IN ('open', 'retry_in_queued') AND (run_after IS NULL OR run_after <= now())
         AND job_type = ANY ($2) AND ($3::uuid IS NULL OR uuid = $3)
       ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING uuid, claim, job_type, data, checkpoint, progress`,
    [worker, jobTypes, only],
  )
  const row = rows[0]
  if (!row) return null
  const { uuid, claim, job_type: jobType, data, checkpoint } = row
  return { uuid, claim, jobType, data, checkpoint, progress: progressFromJson(row.progress) }
}

/** The work begins: in_queue → processing. False when the claim is lost. */
export async function startJob(database: Queryable, claim: number): Promise<boolean> {
  return await held(
    database,
    `UPDATE jobs SET status = CASE status WHEN 'in_queue' THEN 'processing' ELSE status END, updated_at = now()
     WHERE claim = $1`,
    [claim],
  )
}

/** Renews the leases of these claims; returns those that are still held. */
export async function renewLeases(database: Queryable, claims: readonly number[]): Promise<Set<number>> {
  const { rows } = await database.query<{ claim: number }>(
    `UPDATE jobs SET lease_until = now() + ${LEASE} WHERE claim = ANY ($1) RETURNING claim`,
    [claims],
  )
  return new Set(rows.map(row => row.claim))
}

/** The SQLSTATE that checkpoint_job raises. */
const LOST_CLAIM = 'JOB01'

/** See JobContext. Raises SQLSTATE JOB01 when the claim is lost. */
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
  return await held(database, 'UPDATE jobs SET progress = $2, updated_at = now() WHERE claim = $1', [
    claim,
    JSON.stringify(progressToJson(progress)),
  ])
}

/** `progress`: the last one, when it is not stored yet. */
export async function completeJob(
  database: Queryable,
  claim: number,
  response: JobResponse,
  progress: Progress | null,
): Promise<boolean> {
  return await held(
    database,
    `UPDATE jobs SET status = 'completed', job_response = $2, progress = coalesce($3, progress), updated_at = now(),
       ${UNCLAIMED}
     WHERE claim = $1`,
    [claim, JSON.stringify(responseToJson(response)), progress && JSON.stringify(progressToJson(progress))],
  )
}

/** `error`: what went wrong, as `ERR_CODE: message`. While retries are left, and it is not `permanent`, it is retried. */
export async function failJob(database: Queryable, claim: number, error: string, permanent: boolean): Promise<boolean> {
  return await held(
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

/** What failed now becomes the message, after the errors of earlier runs. */
function responseWithError(response: string): string {
  return `${response}::jsonb || jsonb_build_object('runtime_errors', jsonb_path_query_array(
    coalesce(job_response -> 'runtime_errors', '[]') || (${response}::jsonb -> 'runtime_errors'),
    '$[last - ${ERRORS_KEPT - 1} to last]'))`
}

function failureToJson(error: string): ResponseJson {
  return responseToJson({ messages: `Failed: ${error.replace(/^ERR_[A-Z_]+: /, '')}`, runtimeErrors: [error] })
}

/** Gives a job back as if this run had not begun; its checkpoint stays. */
export async function releaseJob(database: Queryable, claim: number): Promise<boolean> {
  return await held(database, `UPDATE jobs SET ${RETURNED}, ${UNCLAIMED} WHERE claim = $1`, [claim])
}

const RETURNED = `status = CASE status WHEN 'retrying' THEN 'retry_in_queued' ELSE 'open' END,
  attempts = attempts - 1, updated_at = now()`

/** Gives back every job that is in a worker's hand: for a database in which none of these workers is, as after a restore. */
export async function giveBackJobs(database: Queryable): Promise<void> {
  await database.query(`UPDATE jobs SET ${RETURNED}, ${UNCLAIMED} WHERE claim IS NOT NULL`)
}

/**
 * Gives back the jobs whose worker died, froze beyond its lease, or does not know of them: those of `worker` that
 * are not among `claims`. Who lost five workers in a row fails. Returns the workers concerned.
 */
export async function recoverJobs(
  database: Queryable,
  worker: number,
  claims: readonly number[],
): Promise<readonly { readonly uuid: string; readonly worker: number }[]> {
  const died = failureToJson(
    `ERR_INTERNAL: its worker died ${DEATHS_ALLOWED + 1} times at the same place: look into the log of the server`,
  )
  const { rows } = await database.query<{ uuid: string; worker: number }>(
    `WITH lost AS (
       SELECT id, worker, deaths + (lease_until - ${LEASE} - claimed_at > ${INTO_THE_WORK})::int AS deaths
       FROM jobs
       WHERE claim IS NOT NULL AND CASE worker WHEN $1 THEN claim <> ALL ($2) ELSE lease_until < now() OR worker NOT IN (
         SELECT objid::bigint FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND classid::bigint = ${LIVING} AND objsubid = 2
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) END
       -- A batch under way has a key share lock on its job, through job_rejects: a frozen one must not hide it.
       FOR NO KEY UPDATE SKIP LOCKED),
     failed AS (
       UPDATE jobs SET status = 'failed', deaths = lost.deaths, updated_at = now(), ${UNCLAIMED},
         job_response = ${responseWithError('$3')}
       FROM lost WHERE jobs.id = lost.id AND lost.deaths > ${DEATHS_ALLOWED}
       RETURNING uuid, lost.worker),
     returned AS (
       UPDATE jobs SET ${RETURNED}, deaths = lost.deaths, ${UNCLAIMED}
       FROM lost WHERE jobs.id = lost.id AND lost.deaths <= ${DEATHS_ALLOWED}
       RETURNING uuid, lost.worker)
     SELECT * FROM failed UNION ALL SELECT * FROM returned`,
    [worker, claims, JSON.stringify(died)],
  )
  return rows
}

/** How a worker's connections are known to the server. */
export function applicationName(worker: number): string {
  return `connectra-worker-${worker}`
}

/** Ends what a frozen worker still has open: its locks would hold up the one that carries on. */
export async function disconnectWorkers(database: Queryable, workers: readonly number[]): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND application_name = ANY ($1)`,
    [workers.map(applicationName)],
  )
}

async function held(database: Queryable, statement: string, values: unknown[]): Promise<boolean> {
  const { rowCount } = await database.query(statement, values)
  return rowCount === 1
}
