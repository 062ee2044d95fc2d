/**
 * Deletes data that is kept for a limited time: rows of the feed, rejects and warnings of failed imports, and files
 * (expired-files.ts).
 */
import { type Database, queryLong } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import { dropExpiredFiles } from './expired-files.ts'

export interface Retention {
  /** Resolves once nothing is running any more. */
  stop(): Promise<void>
}

const EVERY_MS = 3_600_000
/** Of several processes, only the one with this lock deletes at a time. The others try again in an hour. */
const LOCK = 4852713
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
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<void> = Promise.resolve()
  const run = async () => {
    try {
      const deleted = await deleteExpired(database, store, { seconds, fileSeconds }, signal)
      if (deleted === null) log.info({}, 'another process is deleting expired data')
      else if (deleted.changes + deleted.rejects + deleted.files > 0) log.info(deleted, 'expired data deleted')
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'expired data could not be deleted; trying again in an hour')
    }
  }
  const next = () => {
    running = running.then(run)
  }
  next()
  const timer = setInterval(next, EVERY_MS).unref()
  return {
    async stop() {
      stopping.abort()
      clearInterval(timer)
      await running
    },
  }
}

export interface Deleted {
  readonly changes: number
  readonly rejects: number
  readonly files: number
}

/** How long data is kept, in seconds. `fileSeconds`: files of clients. */
export interface Kept {
  readonly seconds: number
  readonly fileSeconds: number
}

/** Returns what was deleted. Returns null, and does nothing, while another process is deleting. */
export async function deleteExpired(
  database: Database,
  store: ObjectStore,
  { seconds, fileSeconds }: Kept,
  signal: AbortSignal,
): Promise<Deleted | null> {
  const repeat = async (portion: () => Promise<number>) => {
    let sum = 0
    for (let count = -1; count !== 0 && !signal.aborted; sum += count) count = await portion()
    return sum
  }
  return await withLock(database, async () => ({
    changes: await repeat(() => trimFeed(database, seconds)),
    rejects: await repeat(() => dropRejects(database, seconds)),
    files: await dropExpiredFiles(database, store, { command: seconds, files: fileSeconds }, signal),
  }))
}

/** Returns null if another session has the lock. No transaction is open during `work`, which may take long. */
async function withLock<T>(database: Database, work: () => Promise<T>): Promise<T | null> {
  const connection = await database.connect()
  // The lock lasts until the connection is closed.
  let isHeld = true
  try {
    const { rows } = await connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK])
    const result = rows[0]!.locked ? await work() : null
    if (rows[0]!.locked) await connection.query('SELECT pg_advisory_unlock($1)', [LOCK])
    isHeld = false
    return result
  } finally {
    connection.release(isHeld)
  }
}

/**
 * Deletes a portion of the oldest rows of the feed. Returns their number, 0 if none is left to delete. A row is deleted
 * once the row after it is older than `seconds`, so an engine positioned at it has had that long to move on. The newest row
 * always stays. Only the beginning of the feed is deleted, so an engine that finds its position misses nothing.
 */
export async function trimFeed(database: Database, seconds: number): Promise<number> {
  const { rowCount } = await queryLong(
    database,
    `DELETE FROM changes WHERE seq < (
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
  const { rowCount } = await queryLong(
    database,
    `WITH ended AS (
       UPDATE jobs SET checkpoint = NULL WHERE id = (
         SELECT id FROM jobs
         WHERE status = 'failed' AND updated_at < now() - make_interval(secs => $1)
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
