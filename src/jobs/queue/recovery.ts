/** The queue as workers see each other: who lives, and what becomes of the jobs of those who do not. */

import { UNCLAIMED } from '../job/job.ts'
import { failureToJson, LEASE, type Queryable, RETURNED, responseWithError } from './claims.ts'

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
