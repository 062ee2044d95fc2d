/** Restores a backup into an empty database, in one transaction: completely or not at all. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Connection, Database } from '../database/pool.ts'
import { isUnavailable } from '../database/unavailable.ts'
import { ConnectraError } from '../errors.ts'
import { giveBackJobs } from '../jobs/queue/claims.ts'
import type { Header } from './format.ts'
import { onOwnConnection } from './own-connection.ts'
import { type ReadOptions, readBackup } from './read-backup.ts'
import { columnList, SEQUENCES, storedColumns, TABLES } from './tables.ts'

/**
 * Restores the backup from `source` into the database, which has to be migrated and must not contain any records. Servers that use the
 * database may keep running: they see it empty and cannot write until the restore ends, and then rebuild their indexes. ERR_CONFLICT
 * if the database is not empty, is written to by others, or is too old for the backup; ERR_INVALID_VALUE if the backup is damaged.
 */
export async function restoreBackup(
  database: Database,
  source: Readable,
  options: ReadOptions,
): Promise<Record<string, number>> {
  return await onOwnConnection(database, options.signal, async connection => {
    await connection.query('BEGIN')
    await claimEmptyDatabase(connection)
    let header: Header | undefined
    const rows = await readBackup(
      source,
      {
        async header(found) {
          await assertFits(connection, found)
          await setSharedRowsAside(connection)
          header = found
        },
        table: (name, columns, data) => storeTable(connection, name, columns, data),
      },
      options,
    )
    await finishRestore(connection, header!)
    options.signal.throwIfAborted()
    await connection.query('COMMIT')
    return rows
  })
}

async function claimEmptyDatabase(connection: Connection): Promise<void> {
  const tables = [...TABLES.map(({ name }) => name), 'changes']
  try {
    await connection.query(`LOCK TABLE ${tables.join(', ')} IN EXCLUSIVE MODE`)
  } catch (error) {
    // A lock timeout or a deadlock.
    if (!['55P03', '40P01'].includes((error as { code?: string }).code ?? '')) throw error
    throw new ConnectraError('ERR_CONFLICT', 'another process is writing to the database: stop it and try again', {
      cause: error,
    })
  }
  for (const { name, holds } of TABLES) {
    if (holds !== 'records') continue
    const { rowCount } = await connection.query(`SELECT FROM ${name} LIMIT 1`)
    if (rowCount !== 0)
      throw new ConnectraError(
        'ERR_CONFLICT',
        `the database is not empty, there are rows in ${name}: a backup can only be restored into an empty database. Point DATA_DIR at a new directory, or DATABASE_URL at a new database`,
      )
  }
}

/** Names from the header become part of SQL statements, so only names that exist in the database are accepted. */
async function assertFits(connection: Connection, header: Header): Promise<void> {
  const { rows } = await connection.query<{ name: string }>('SELECT name FROM migrations')
  const unknown = header.migrations.filter(name => !rows.some(row => row.name === name))
  for (const { name, columns } of header.tables) {
    if (!TABLES.some(table => table.name === name)) unknown.push(`table ${name}`)
    else {
      const own = (await storedColumns(connection, name)).map(column => column.name)
      unknown.push(...columns.filter(column => !own.includes(column)).map(column => `column ${name}.${column}`))
    }
  }
  if (unknown.length > 0)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the backup was written by Connectra ${header.version} and needs a newer database schema (${unknown.join(', ')}): restore it with that version or a newer one`,
    )
}

const SHARED = TABLES.filter(({ holds }) => holds === 'shared').map(({ name }) => name)

async function setSharedRowsAside(connection: Connection): Promise<void> {
  for (const name of SHARED)
    await connection.query(
      `CREATE TEMPORARY TABLE ${name}_aside ON COMMIT DROP AS SELECT * FROM ${name}; DELETE FROM ${name}`,
    )
  // They get new ids, and so do those that created them.
  await connection.query('UPDATE api_keys_aside SET created_by = NULL')
}

async function storeTable(
  connection: Connection,
  name: string,
  columns: readonly string[],
  data: AsyncIterable<Buffer>,
): Promise<number> {
  const copy = connection.query(copyFrom(`COPY ${name} (${columnList(columns)}) FROM STDIN`))
  try {
    await pipeline(data, copy)
  } catch (error) {
    // Classes 22 and 23: an invalid value or a violated constraint. Other errors are not about the backup.
    const { code, message } = error as { code?: string; message: string }
    if (isUnavailable(error) || !/^2[23]...$/.test(code ?? '')) throw error
    throw new ConnectraError('ERR_INVALID_VALUE', `the database rejects a row of ${name}: ${message}`, {
      cause: error,
    })
  }
  return copy.rowCount
}

/** The migration that introduced admin keys. */
const ADMIN_KEYS = '0007_console.sql'

/** Restores everything besides the rows, after they are all stored and verified. */
async function finishRestore(connection: Connection, { sequences, migrations }: Header): Promise<void> {
  for (const name of SEQUENCES) {
    const last = sequences[name] ?? 0
    if (last > 0)
      await connection.query(`SELECT setval($1::regclass, greatest($2, (SELECT last_value FROM ${name})))`, [
        name,
        last,
      ])
  }
  // As the migration does. Keys that were set aside are not among these yet.
  if (!migrations.includes(ADMIN_KEYS))
    await connection.query(
      `UPDATE api_keys SET admin = true
       WHERE id = (SELECT min(id) FROM api_keys WHERE name = 'first key' AND revoked_at IS NULL)`,
    )
  for (const name of SHARED) {
    const own = (await storedColumns(connection, name)).filter(column => !column.identity)
    const columns = columnList(own.map(column => column.name))
    await connection.query(
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${name}_aside ON CONFLICT DO NOTHING`,
    )
  }
  // A session may have ended since the backup was made. The keys that were set aside have new ids, by which sessions know their key.
  await connection.query('DELETE FROM api_keys WHERE session')
  await giveBackJobs(connection)
  // Files are copied with the id of their store, before or after the restore. The next start takes it from there.
  await connection.query('DELETE FROM store_identity')
  // Invalidates the position of every engine and snapshot for good: seq continues after the highest value of the backup and of this database.
  await connection.query(`
    DELETE FROM changes;
    INSERT INTO changes (service, uuids) VALUES ('company', '{}');
    SELECT pg_notify('changes', ''), pg_notify('api_keys', '')`)
}
