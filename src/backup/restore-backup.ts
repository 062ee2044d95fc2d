/** A backup into an empty database, in one transaction: all of it is there, or nothing. */
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
 * Puts the backup of `source` into the database, which has to be migrated and hold no records. Servers that use it may run: they
 * read the empty database and cannot write until it ends; then their engines rebuild themselves. ERR_CONFLICT when the database
 * is not empty, written to by others, or too old for the backup; ERR_INVALID_VALUE when the backup is damaged.
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
    await goOnFrom(connection, header!)
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
    // Waiting for them took too long, or was a deadlock.
    if (!['55P03', '40P01'].includes((error as { code?: string }).code ?? '')) throw error
    throw new ConnectraError('ERR_CONFLICT', 'another process writes to the database: end it and try again', {
      cause: error,
    })
  }
  for (const { name, holds } of TABLES) {
    if (holds !== 'records') continue
    const { rowCount } = await connection.query(`SELECT FROM ${name} LIMIT 1`)
    if (rowCount !== 0)
      throw new ConnectraError(
        'ERR_CONFLICT',
        `the database is not empty, there are rows in ${name}: a backup is restored into an empty one only. Point DATA_DIR at a new directory, or DATABASE_URL at a new database`,
      )
  }
}

/** What stands in the header goes into statements: no name of it is used that is not one of the database's own. */
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
      `the backup is of Connectra ${header.version}, whose database has what this one lacks (${unknown.join(', ')}): restore it with that version or a newer one`,
    )
}

const SHARED = TABLES.filter(({ holds }) => holds === 'shared').map(({ name }) => name)

async function setSharedRowsAside(connection: Connection): Promise<void> {
  for (const name of SHARED)
    await connection.query(
      `CREATE TEMPORARY TABLE ${name}_aside ON COMMIT DROP AS SELECT * FROM ${name}; DELETE FROM ${name}`,
    )
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
    // Classes 22 and 23: a value or a constraint. The rest is not about the backup.
    const { code, message } = error as { code?: string; message: string }
    if (isUnavailable(error) || !/^2[23]...$/.test(code ?? '')) throw error
    throw new ConnectraError('ERR_INVALID_VALUE', `the database does not take a row of ${name}: ${message}`, {
      cause: error,
    })
  }
  return copy.rowCount
}

/** All rows are there, and known to be whole: what stands around them follows. */
async function goOnFrom(connection: Connection, { sequences }: Header): Promise<void> {
  for (const name of SEQUENCES) {
    const last = sequences[name] ?? 0
    if (last > 0)
      await connection.query(`SELECT setval($1::regclass, greatest($2, (SELECT last_value FROM ${name})))`, [
        name,
        last,
      ])
  }
  for (const name of SHARED) {
    const own = (await storedColumns(connection, name)).filter(column => !column.identity)
    const columns = columnList(own.map(column => column.name))
    await connection.query(
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${name}_aside ON CONFLICT DO NOTHING`,
    )
  }
  await giveBackJobs(connection)
  // No place that an engine or a snapshot may stand at is left, and none will come again: seq goes on after the highest of both lives.
  await connection.query(`
    DELETE FROM changes;
    INSERT INTO changes (service, uuids) VALUES ('company', '{}');
    SELECT pg_notify('changes', ''), pg_notify('api_keys', '')`)
}
