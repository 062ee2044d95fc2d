/** Migrations: SQL files, each applied once, in the order of their names, forward only. */
import { readdir, readFile } from 'node:fs/promises'
import { ConnectraError } from '../errors.ts'
import { type Connection, type Database, transaction } from './pool.ts'
import { assertRights } from './rights.ts'
import { LONG_STATEMENT, limitAnswers, WORK_LIMITS } from './time-limits.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)
const LOCK = 4852711

async function migrationNames(): Promise<string[]> {
  return (await readdir(FOLDER)).filter(name => name.endsWith('.sql')).sort()
}

/** Applies the pending migrations in one transaction and returns their names. Concurrent callers wait for each other. */
export async function migrate(database: Database): Promise<string[]> {
  await assertRights(database, false)
  if ((await pendingMigrations(database)).length > 0) await assertRights(database, true)
  const names = await migrationNames()
  return await transaction(database, async connection => {
    limitAnswers(connection, LONG_STATEMENT)
    // Another process may be migrating for minutes.
    await connection.query('SET LOCAL lock_timeout = 0')
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await connection.query(`SET LOCAL lock_timeout = ${WORK_LIMITS.lock}`)
    // With IF NOT EXISTS, a role that may not create tables would fail even if the table exists.
    if (!(await isMigrated(connection)))
      await connection.query(
        'CREATE TABLE migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      )
    const { rows } = await connection.query<{ name: string }>('SELECT name FROM migrations')
    const applied = new Set(rows.map(row => row.name))
    const unknown = [...applied].filter(name => !names.includes(name))
    if (unknown.length > 0)
      throw new ConnectraError(
        'ERR_CONFLICT',
        `the database was migrated by a newer version of Connectra (${unknown.join(', ')}): run that version`,
      )
    const missing = names.filter(name => !applied.has(name))
    for (const name of missing) {
      await connection.query(await readFile(new URL(name, FOLDER), 'utf8'))
      await connection.query('INSERT INTO migrations (name) VALUES ($1)', [name])
    }
    return missing
  })
}

/** The migrations that are not applied yet. */
export async function pendingMigrations(database: Pick<Database, 'query'>): Promise<string[]> {
  const names = await migrationNames()
  if (!(await isMigrated(database))) return names
  const { rows } = await database.query<{ name: string }>('SELECT name FROM migrations')
  const applied = new Set(rows.map(row => row.name))
  return names.filter(name => !applied.has(name))
}

/** Whether any migration was ever applied. */
async function isMigrated(database: Pick<Database, 'query'> | Connection): Promise<boolean> {
  const { rows } = await database.query<{ known: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS known`)
  return rows[0]!.known
}
