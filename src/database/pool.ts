/** Connections to PostgreSQL, and transactions. */
import pg from 'pg'
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

/**
 * Opens a pool. A suspended process must not hold locks, so the server ends a transaction that is idle for 60 s or
 * waits for a lock for 30 s.
 */
export function openPool(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    types,
    application_name: 'connectra',
    keepAlive: true,
    idle_in_transaction_session_timeout: 60_000,
    lock_timeout: 30_000,
  })
  pool.on('error', options.onError ?? (() => {}))
  // A connection that is in use has no other listener. Without one, losing it would crash the process.
  pool.on('connect', client => client.on('error', rememberLostConnection))
  return pool
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
