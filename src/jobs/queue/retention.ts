/** What is kept for a time only: rows of the feed, rejected rows and warnings of imports that failed or were cancelled, files that nobody knows. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import { dropUnpublishedExports } from '../export/unpublished-exports.ts'

export interface Retention {
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>
}

const EVERY_MS = 3_600_000
/** Of several processes one does it at a time; the others have nothing to do. */
const LOCK = 4852713
const MY_TURN = `turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine)`
/** Rows of the feed that a statement deletes at most: up to 160 MB. */
const PORTION = 1000

/** Trims now and every hour. `seconds`: how long things are kept. */
export function startRetention(database: Database, store: ObjectStore, seconds: number, log: Log): Retention {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const run = async () => {
    try {
      const changes = await repeat(() => trimFeed(database, seconds))
      const rejects = await repeat(() => dropRejects(database, seconds))
      const files = await dropUnpublishedExports(database, store)
      if (changes + rejects + files > 0) log.info({ changes, rejects, files }, 'what was kept long enough is deleted')
    } catch (error) {
      if (!stopped)
        log.warn({ err: error }, 'what was kept long enough could not be deleted; the next try is in an hour')
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
 * Deletes the oldest rows of the feed, a portion of them; returns how many, 0 when none is left to delete. A row goes
 * when the one after it is older than `seconds`: an engine that stands at it has had that long to go on, however old
 * the row itself, and the newest always stays. What goes is a beginning of the feed, never a piece out of it: whoever
 * still finds its place misses nothing.
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
 * Deletes the rejected rows and warnings of one import that has been failed, or cancelled, for `seconds`; returns how many. They belong to
 * its checkpoint, which goes with them: a retry begins at the beginning of the file, which stores nothing twice.
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
