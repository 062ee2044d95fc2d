/** Connections to PostgreSQL, and transactions. */
import pg from 'pg'
import { makeYield } from '../runtime/yield-to-searches.ts'
import { LONG_STATEMENT, limitAnswers, type TimeLimits, WORK_LIMITS, watchAnswers } from './time-limits.ts'
import { rememberLostConnection } from './unavailable.ts'

export type Database = pg.Pool
export type Connection = pg.PoolClient

const INT8 = 20
const INT8_ARRAY = 1016

/** bigint is read as a number: every bigint in the schema is below 2^53. Timestamps are read as Date, in milliseconds. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return Number
    if (oid === INT8_ARRAY) return (text: string) => text.slice(1, -1).split(',').filter(Boolean).map(Number)
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig

export interface PoolOptions {
  readonly max?: number
  readonly onError?: (error: Error) => void
  readonly limits?: TimeLimits
  /** Whether its sessions yield to those of requests. Only for PostgreSQL that this process runs. */
  readonly yields?: boolean
}

/** After this time without data a connection is probed. Ten lost probes, one a second, close it. Milliseconds. */
const KEEP_ALIVE_AFTER = 30_000

/**
 * Opens a pool. A suspended process must not hold locks, so the server ends a transaction that is idle for 60 s. `limits` are
 * those of WORK_LIMITS by default. A wait for a free connection is limited like the opening of one.
 */
export function openPool(
  url: string,
  { max = 10, onError, limits = WORK_LIMITS, yields = false }: PoolOptions = {},
): Database {
  const endSilent = createEnder(() => pool)
  const pool: Database = new pg.Pool({
    connectionString: url,
    max,
    types,
    application_name: 'connectra',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    connectionTimeoutMillis: limits.connect,
    onConnect: async (client: pg.ClientBase) => {
      let pid: number | null = null
      watchAnswers(client, limits.connect, () => endSilent(pid))
      pid = await startSession(client, limits)
      if (yields) makeYield(pid)
      limitAnswers(client, limits.answer)
    },
  })
  pool.on('error', onError ?? (() => {}))
  // A connection that is in use has no other listener. Without one, losing it would crash the process.
  pool.on('connect', client => client.on('error', rememberLostConnection))
  pool.on('release', (_, client) => limitAnswers(client, limits.answer))
  return pool
}

/**
 * Sends the settings of the session and returns its process ID, which a pooler does not pass on. Poolers refuse most parameters of
 * the startup message, so the settings follow it. The server probes silent clients as this process probes a silent server.
 */
async function startSession(client: pg.ClientBase, { lock }: TimeLimits): Promise<number> {
  const results = await client.query(
    `SET idle_in_transaction_session_timeout = 60000; SET lock_timeout = ${Math.round(lock)};
     SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
     SELECT pg_backend_pid() AS pid`,
  )
  // A message with several statements returns one result per statement.
  return (results as unknown as { rows: { pid: number }[] }[]).at(-1)!.rows[0]!.pid
}

/**
 * Returns a function that ends a session on the server, by its process ID, over another connection of the pool. Without this, a
 * session whose connection was destroyed on this side keeps its locks for a minute, if no packet reaches the server. If the
 * server does not answer at all, nothing is done.
 */
function createEnder(pool: () => Database): (pid: number | null) => void {
  const pids = new Set<number>()
  let isEnding = false
  async function endAll(): Promise<void> {
    isEnding = true
    try {
      while (pids.size > 0) {
        const some = [...pids]
        pids.clear()
        await pool().query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pid = ANY ($1) AND pid <> pg_backend_pid() AND datname = current_database() AND usename = current_user
             AND application_name = current_setting('application_name')`,
          [some],
        )
      }
    } catch {
      // This statement's own session may be among them.
      pids.clear()
    } finally {
      isEnding = false
    }
  }
  return pid => {
    if (pid === null) return
    pids.add(pid)
    if (!isEnding) void endAll()
  }
}

/** Runs a statement that may take longer than those for which the pool is meant. */
export async function queryLong(database: Database, text: string, values: unknown[]): Promise<pg.QueryResult> {
  const connection = await database.connect()
  try {
    limitAnswers(connection, LONG_STATEMENT)
    return await connection.query(text, values)
  } finally {
    connection.release()
  }
}

const RETRIED = new Set(['40P01', '40001'])
const MAX_TRIES = 10

/**
 * Runs `work` in a transaction, which is committed when `work` resolves and rolled back when it throws. After a
 * deadlock or a serialisation failure, `work` runs again. `work` may send the COMMIT itself, together with its last
 * statement.
 */
export async function transaction<T>(database: Database, work: (connection: Connection) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const connection = await database.connect()
    let broken: Error | undefined
    try {
      await connection.query('BEGIN')
      const result = await work(connection)
      if (isOpen(connection)) await commit(connection)
      return result
    } catch (error) {
      if (isOpen(connection))
        await connection.query('ROLLBACK').catch(failure => {
          broken = failure
        })
      if (tries < MAX_TRIES && RETRIED.has((error as { code?: string }).code ?? '')) continue
      throw error
    } finally {
      connection.release(broken)
    }
  }
}

/** Whether the server last reported an open transaction, failed or not. */
function isOpen(connection: Connection): boolean {
  return connection.getTransactionStatus() !== 'I'
}

/** PostgreSQL rolls back at the COMMIT of a failed transaction, without an error. That must not look like success. */
async function commit(connection: Connection): Promise<void> {
  const { command } = await connection.query('COMMIT')
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed')
}
