/**
 * Which process feeds the index: the one that holds an advisory lock. The lock ends with its connection, so another process
 * follows within seconds when this one ends. A process that is suspended keeps its connection. The leader therefore shows a sign of
 * life twice a second, and others close its connection when there was none for a while.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Database } from '../../../database/pool.ts'
import { within } from '../../../runtime/within.ts'

/** The first key of the advisory lock. The second one is the hash of the prefix of the indexes. */
const LOCK = 4852721
/** Milliseconds. */
const LOOK_EVERY = 500
const ANSWER_WITHIN = 3_000
/** Without a sign of life for this long, another process takes over. */
const SILENT_AFTER = 3_000

export interface Leadership {
  /** Aborts when the lock may be lost. */
  readonly signal: AbortSignal
  /** Rejects if the lock is lost. */
  confirm(): Promise<void>
}

/** Calls `work` while this process holds the lock. Resolves when `signal` aborts. */
export async function leadInTurn(
  database: Database,
  prefix: string,
  signal: AbortSignal,
  work: (leadership: Leadership) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await tryToLead(database, prefix, signal, work)
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    await delay(LOOK_EVERY, undefined, { signal }).catch(() => {})
  }
}

async function tryToLead(
  database: Database,
  prefix: string,
  signal: AbortSignal,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const connection = await database.connect()
  const ending = new AbortController()
  const end = () => ending.abort()
  connection.on('error', end)
  connection.on('end', end)
  signal.addEventListener('abort', end)
  const confirm = async () => {
    ending.signal.throwIfAborted()
    await answer(connection.query('SELECT'))
  }
  const timer = setInterval(() => void confirm().catch(end), LOOK_EVERY)
  try {
    await answer(connection.query(`SET application_name = 'connectra-search'`))
    while (!ending.signal.aborted) {
      if (await takeLock(connection, prefix)) return await work({ signal: ending.signal, confirm })
      await endSilentLeader(connection, prefix)
      await delay(LOOK_EVERY, undefined, { signal: ending.signal }).catch(() => {})
    }
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', end)
    ending.abort()
    connection.release(true)
  }
}

async function answer<T>(work: Promise<T>): Promise<T> {
  return await within(ANSWER_WITHIN, work, () => {
    throw new Error('the database does not answer')
  })
}

async function takeLock(connection: Connection, prefix: string): Promise<boolean> {
  const { rows } = await answer(
    connection.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken', [LOCK, prefix]),
  )
  return rows[0]!.taken
}

/** Closes the connection of a leader that has sent nothing for a while, which frees its lock. */
async function endSilentLeader(connection: Connection, prefix: string): Promise<void> {
  await answer(
    connection.query(
      `SELECT pg_terminate_backend(activity.pid)
       FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
       WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
         AND held.classid::bigint = $1 AND held.objid::bigint = hashtext($2)::bigint & 4294967295
         AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND clock_timestamp() - activity.state_change > $3 * interval '1 millisecond'`,
      [LOCK, prefix, SILENT_AFTER],
    ),
  )
}
