/** Migrations: SQL files, each applied once, in the order of their names, forward only. */
import { readdir, readFile } from 'node:fs/promises'
import { ConnectraError } from '../errors.ts'
import { type Connection, type Database, transaction } from './pool.ts'
import { assertRights } from './rights.ts'
import { LONG_STATEMENT, limitAnswers, WORK_LIMITS } from './time-limits.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)
const LOCK = 4852711

async function migrationNames(folder = FOLDER): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
}

/** The migration that a version has to know to run on a database with this one; null: this one itself. `sql`: its text. */
function compatibleWith(sql: string): string | null {
  return /^-- compatible with: (\S+)$/m.exec(sql)?.[1] ?? null
}

/**
 * Applies the pending migrations in one transaction and returns their names. Concurrent callers wait for each other. ERR_CONFLICT
 * if the database is of a newer version with which this one cannot run.
 */
export async function migrate(database: Database, folder = FOLDER): Promise<string[]> {
  await assertRights(database, false)
  if ((await pendingMigrations(database, folder)).length > 0) await assertRights(database, true)
  const names = await migrationNames(folder)
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
    const applied = await readApplied(connection)
    refuseUnknown(applied, names)
    const missing = names.filter(name => !applied.some(each => each.name === name))
    for (const name of missing) {
      const sql = await readFile(new URL(name, folder), 'utf8')
      await connection.query(sql)
      await connection.query('INSERT INTO migrations (name) VALUES ($1)', [name])
      const oldest = compatibleWith(sql)
      // The column does not exist before its own migration.
      if (oldest !== null)
        await connection.query('UPDATE migrations SET compatible_with = $2 WHERE name = $1', [name, oldest])
    }
    return missing
  })
}

/** Throws if the database is of a newer version with which this one cannot run. */
export async function assertCompatible(database: Pick<Database, 'query'>): Promise<void> {
  if (await isMigrated(database)) refuseUnknown(await readApplied(database), await migrationNames())
}

function refuseUnknown(applied: readonly Applied[], names: readonly string[]): void {
  const tooNew = applied.filter(
    ({ name, oldest }) => !names.includes(name) && (oldest === null || !names.includes(oldest)),
  )
  if (tooNew.length > 0)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the database was migrated by a newer version of Connectra (${tooNew.map(({ name }) => name).join(', ')}), with which this version cannot run: run that version`,
    )
}

/** The migrations that are not applied yet. */
export async function pendingMigrations(database: Pick<Database, 'query'>, folder = FOLDER): Promise<string[]> {
  const names = await migrationNames(folder)
  if (!(await isMigrated(database))) return names
  const { rows } = await database.query<{ name: string }>('SELECT name FROM migrations')
  const applied = new Set(rows.map(row => row.name))
  return names.filter(name => !applied.has(name))
}

/**
 * Whether any migration was ever applied. A session remembers that a table does not exist, even if another one has created it in the
 * meantime. Reading pg_class makes it look again.
 */
async function isMigrated(database: Pick<Database, 'query'> | Connection): Promise<boolean> {
  const { rows } = await database.query<{ known: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('migrations')) AS known`,
  )
  return rows[0]!.known
}

interface Applied {
  readonly name: string
  /** The oldest migration that a version has to know to run on the database; null: this one. */
  readonly oldest: string | null
}

async function readApplied(database: Pick<Database, 'query'> | Connection): Promise<readonly Applied[]> {
  // In an older database the table does not have the column.
  const { rows } = await database.query<Applied>(
    `SELECT name, to_jsonb(migrations) ->> 'compatible_with' AS oldest FROM migrations ORDER BY name`,
  )
  return rows
}
