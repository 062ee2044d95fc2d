/** A dedicated connection for a backup or a restore, closed afterwards. */
import type { Connection, Database } from '../database/pool.ts'

/**
 * Whatever the settings of the database or the role are: no time limits, one way to write and read text, and no rows hidden by row
 * security.
 */
const SETTINGS = `
  SELECT set_config(wanted.name, value, false)
  FROM (VALUES ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
    ('client_encoding', 'UTF8'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
    ('bytea_output', 'hex'), ('extra_float_digits', '3'), ('row_security', 'off')) AS wanted (name, value)
  JOIN pg_settings ON lower(pg_settings.name) = lower(wanted.name)`

/**
 * Runs `work` on its own connection. The connection is closed when `work` ends or `signal` aborts, even in the middle of a query.
 * Uncommitted changes are rolled back.
 */
export async function onOwnConnection<T>(
  database: Database,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const connection = await database.connect()
  let closed = false
  const close = () => {
    if (!closed) connection.release(true)
    closed = true
  }
  signal.addEventListener('abort', close)
  try {
    await connection.query(SETTINGS)
    return await work(connection)
  } catch (error) {
    // After an abort, the lost connection is not the real reason.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
