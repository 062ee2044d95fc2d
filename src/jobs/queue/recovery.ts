/** Detects dead workers and recovers their jobs. */

import { UNCLAIMED } from '../job/job.ts'
import { failureToJson, LEASE, type Queryable, RETURNED, responseWithError } from './claims.ts'

/**
 * If more workers than this die in a row while they run a job, the job is to blame. A death soon after the claim does not
 * count, because restarts often follow each other.
 */
const DEATHS_ALLOWED = 4
const INTO_THE_WORK = `interval '30 seconds'`

/** The first key of the advisory lock (LIVING, worker) that every living worker holds. */
const LIVING = 4852712

/** Marks the worker as alive while the connection is open. */
export async function announceWorker(connection: Queryable, worker: number): Promise<void> {
  // The lock is shared, so that after a broken connection the worker does not wait for the server to notice the break.
  await connection.query('SELECT pg_advisory_lock_shared($1, $2)', [LIVING, worker])
}

/** The first key of the advisory lock (SINGLE, worker) of a worker that runs one job and then ends. */
const SINGLE = 4852714

/** Marks the worker as one that takes no job but its own. */
export async function announceSingle(connection: Queryable, worker: number): Promise<void> {
  await connection.query('SELECT pg_advisory_lock_shared($1, $2)', [SINGLE, worker])
}

/** The number of `connectra serve` and `connectra work` that are running on this database and take jobs from the queue. */
export async function countWorkers(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ workers: number }>(
    `SELECT count(DISTINCT objid) AS workers FROM pg_locks AS living
     WHERE ${lockOf('living', LIVING)} AND NOT EXISTS (
       SELECT FROM pg_locks AS single WHERE ${lockOf('single', SINGLE)} AND single.objid = living.objid)`,
  )
  return rows[0]!.workers
}

/** Whether there is any of them. */
export async function isServed(database: Queryable): Promise<boolean> {
  return (await countWorkers(database)) > 0
}

/** A condition on `locks`, an alias of pg_locks: the row is a held lock with this first key. */
function lockOf(locks: string, firstKey: number): string {
  return `${locks}.locktype = 'advisory' AND ${locks}.granted AND ${locks}.classid::bigint = ${firstKey} AND ${locks}.objsubid = 2
     AND ${locks}.database = (SELECT oid FROM pg_database WHERE datname = current_database())`
}

/**
 * Returns jobs to the queue whose worker died, froze beyond its lease, or does not know them: those of `worker` that are
 * not in `claims`. A job that lost five workers in a row fails instead. Returns the jobs with their former workers.
 */
export async function recoverJobs(
  database: Queryable,
  worker: number,
  claims: readonly number[],
): Promise<readonly { readonly uuid: string; readonly worker: number }[]> {
  const died = failureToJson(
    `ERR_INTERNAL: the worker running this job died ${DEATHS_ALLOWED + 1} times in a row: see the log of the server`,
  )
  const { rows } = await database.query<{ uuid: string; worker: number }>(
    `WITH lost AS (
       SELECT id, worker, deaths + (lease_until - ${LEASE} - claimed_at > ${INTO_THE_WORK})::int AS deaths
       FROM jobs
       WHERE claim IS NOT NULL AND CASE worker WHEN $1 THEN claim <> ALL ($2) ELSE lease_until < now() OR worker NOT IN (
         SELECT objid::bigint FROM pg_locks AS living WHERE ${lockOf('living', LIVING)}) END
       -- A running batch has a key share lock on its job, through job_rejects. A frozen batch must not hide its job.
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

/** The application_name of a worker's connections. */
export function applicationName(worker: number): string {
  return `connectra-worker-${worker}`
}

/** Ends the connections of frozen workers. Their locks would block the worker that continues the job. */
export async function disconnectWorkers(database: Queryable, workers: readonly number[]): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND application_name = ANY ($1)`,
    [workers.map(applicationName)],
  )
}
