/** The connection of a backup or a restore, which is closed after it. */
import type { Connection, Database } from '../database/pool.ts'

/**
 * It takes as long as it takes, and text is written and read in one way, whatever the database's or the role's own settings are. Row
 * security must not hide rows.
 */
const SETTINGS = `
  SELECT set_config(wanted.name, value, false)
  FROM (VALUES ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
    ('client_encoding', 'UTF8'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
    ('bytea_output', 'hex'), ('extra_float_digits', '3'), ('row_security', 'off')) AS wanted (name, value)
  JOIN pg_settings ON lower(pg_settings.name) = lower(wanted.name)`

/**
 * Runs `work` on a connection that ends with it, or when `signal` aborts, whatever it waits for then. What it has not committed
 * is rolled back.
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
    // The loss of the connection is not the reason then.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
