/**
 * Deletes data that is kept for a limited time: rows of the feed, rejects and warnings of failed imports, and files
 * (expired-files.ts).
 */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import { dropExpiredFiles } from './expired-files.ts'

export interface Retention {
  /** Resolves once nothing is running any more. */
  stop(): Promise<void>
}

const EVERY_MS = 3_600_000
/** Of several processes, only the one with this lock deletes at a time. */
const LOCK = 4852713
const MY_TURN = `turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine)`
/** The most rows of the feed that one statement deletes, up to 160 MB. */
const PORTION = 1000

/** Deletes expired data now and every hour. `seconds`: how long data is kept. `fileSeconds`: the same for files of clients. */
export function startRetention(
  database: Database,
  store: ObjectStore,
  seconds: number,
  log: Log,
  fileSeconds = seconds,
): Retention {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const run = async () => {
    try {
      const changes = await repeat(() => trimFeed(database, seconds))
      const rejects = await repeat(() => dropRejects(database, seconds))
      const files = await dropExpiredFiles(database, store, { command: seconds, files: fileSeconds })
      if (changes + rejects + files > 0) log.info({ changes, rejects, files }, 'expired data deleted')
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'expired data could not be deleted; trying again in an hour')
    }
  }
  const repeat = async (portion: () => Promise<number>) => {
    let sum = 0
    for (let count = -1; count !== 0 && !stopped; sum += count) count = await portion()
    return sum
  }
  const next = () => {
    running = running.then(run)
  }
  next()
  const timer = setInterval(next, EVERY_MS).unref()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

/**
 * Deletes a portion of the oldest rows of the feed. Returns their number, 0 if none is left to delete. A row is deleted
 * once the row after it is older than `seconds`, so an engine positioned at it has had that long to move on. The newest row
 * always stays. Only the beginning of the feed is deleted, so an engine that finds its position misses nothing.
 */
export async function trimFeed(database: Database, seconds: number): Promise<number> {
  const { rowCount } = await database.query(
    `WITH ${MY_TURN}
     DELETE FROM changes WHERE (SELECT mine FROM turn) AND seq < (
       SELECT max(seq) FROM (SELECT seq, created_at FROM changes ORDER BY seq LIMIT ${PORTION + 1}) AS oldest
       WHERE created_at < now() - make_interval(secs => $1))`,
    [seconds],
  )
  return rowCount ?? 0
}

/**
 * Deletes the rejected rows and warnings of one import that failed or was cancelled at least `seconds` ago. Returns their
 * number. They belong to its checkpoint, which is deleted too. A retry starts from the beginning of the file, which stores
 * nothing twice.
 */
export async function dropRejects(database: Database, seconds: number): Promise<number> {
  const { rowCount } = await database.query(
    `WITH ${MY_TURN}, ended AS (
       UPDATE jobs SET checkpoint = NULL WHERE id = (
         SELECT id FROM jobs
         WHERE (SELECT mine FROM turn) AND status = 'failed' AND updated_at < now() - make_interval(secs => $1)
           AND (EXISTS (SELECT FROM job_rejects WHERE job_uuid = jobs.uuid)
             OR EXISTS (SELECT FROM job_warnings WHERE job_uuid = jobs.uuid))
         ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING uuid),
     rejects AS (DELETE FROM job_rejects USING ended WHERE job_uuid = ended.uuid RETURNING 1),
     warnings AS (DELETE FROM job_warnings USING ended WHERE job_uuid = ended.uuid RETURNING 1)
     SELECT FROM rejects UNION ALL SELECT FROM warnings`,
    [seconds],
  )
  return rowCount ?? 0
}
