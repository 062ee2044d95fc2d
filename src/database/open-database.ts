/** Opens the database that the settings describe: the one at DATABASE_URL, or the embedded one below DATA_DIR. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { ConnectraError } from '../errors.ts'
import { within } from '../runtime/within.ts'
import { type EmbeddedServer, findEmbeddedServer, startEmbeddedServer } from './embedded-server.ts'
import { pendingMigrations } from './migrate.ts'
import { type Database, openPool } from './pool.ts'
import { isUnavailable } from './unavailable.ts'

export interface OpenDatabase {
  readonly url: string
  readonly pool: Database
  /** Null unless this process runs PostgreSQL. */
  readonly server: EmbeddedServer | null
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly connections: number
  /** How messages name this process when another one wants the data directory. */
  readonly command: string
  /** Whether to use the PostgreSQL that another process runs on the data directory, if there is one. */
  readonly share: boolean
  /** How long to wait until the database of DATABASE_URL can be reached. Milliseconds. */
  readonly patience: number
  /** Is called with a message while something is waited for. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** The oldest version that supports the statements in use. */
const OLDEST_POSTGRES = 15
const DATABASE = 'connectra'
const PAUSE = 500
/** The sessions of this process are visible for a moment after its pool was closed. Milliseconds. */
const OWN_GONE_WITHIN = 2_000
const OWN_PAUSE = 20

/** Opens the database without migrating it. A problem that a person can fix is a ConnectraError. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { url, server } = options.databaseUrl
    ? { url: options.databaseUrl, server: null }
    : await openEmbedded(options, options.share)
  const pool = openPool(url, { max: options.connections })
  const close = async () => {
    // Connections that are still in use are lost when the server stops.
    await within(1000, pool.end(), () => {})
    if (server && options.share) await awaitUnused(server, options)
    await server?.stop()
  }
  try {
    await awaitReachable(pool, options)
    return { url, pool, server, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openEmbedded(
  options: DatabaseOptions,
  share: boolean,
): Promise<{ url: string; server: EmbeddedServer | null }> {
  const running = share ? await findEmbeddedServer(options.dataDir) : null
  if (running) return { url: running.url(DATABASE), server: null }
  const server = await startEmbeddedServer(options.dataDir, { command: options.command, signal: options.signal })
  try {
    await createDatabase(server.url('postgres'))
    return { url: server.url(DATABASE), server }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** Waits for other commands that use the PostgreSQL that this one started. */
async function awaitUnused(server: EmbeddedServer, { say, signal }: DatabaseOptions): Promise<void> {
  const pool = openPool(server.url('postgres'), { max: 1 })
  try {
    let announced = false
    for (const since = Date.now(); !signal.aborted; ) {
      const { rowCount } = await pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [DATABASE],
      )
      if (rowCount === 0) return
      if (!announced && Date.now() - since >= OWN_GONE_WITHIN) {
        announced = true
        say('waiting for another command that uses this data directory')
      }
      await delay(announced ? PAUSE : OWN_PAUSE, undefined, { signal }).catch(() => {})
    }
  } finally {
    await pool.end()
  }
}

async function awaitReachable(pool: Database, options: DatabaseOptions): Promise<void> {
  for (const since = Date.now(); ; ) {
    try {
      await checkServer(pool)
      return
    } catch (error) {
      if (error instanceof ConnectraError) throw error
      const explained = unreachable(options, error)
      if (!isUnavailable(error) || Date.now() - since >= options.patience) throw explained
      options.say(`${explained.message}; trying again`)
      await delay(PAUSE, undefined, { signal: options.signal })
    }
  }
}

async function checkServer(pool: Database): Promise<void> {
  const { rows } = await pool.query<{ version: number; encoding: string; icu: boolean }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
       EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') AS icu`,
  )
  const { version, encoding, icu } = rows[0]!
  if (version < OLDEST_POSTGRES)
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the database runs PostgreSQL ${version}: Connectra needs PostgreSQL ${OLDEST_POSTGRES} or newer`,
    )
  if (encoding !== 'UTF8')
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the encoding of the database is ${encoding}: create a database with ENCODING 'UTF8' and point DATABASE_URL at it`,
    )
  if (!icu)
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      'PostgreSQL was built without ICU, which Connectra needs: use a PostgreSQL that has the collation "und-x-icu"',
    )
}

/** Names host and database, never the password. */
function unreachable({ databaseUrl }: DatabaseOptions, error: unknown): ConnectraError {
  const { hostname, port, pathname } = new URL(databaseUrl ?? 'postgresql://embedded')
  const place = databaseUrl ? `at ${hostname}:${port || 5432}${pathname}` : 'of this data directory'
  const reason = (error as Error).message || ((error as AggregateError).errors?.[0] as Error | undefined)?.message
  const advice = databaseUrl ? ': check DATABASE_URL' : ''
  return new ConnectraError('ERR_UNAVAILABLE', `the database ${place} cannot be used (${reason})${advice}`, {
    cause: error,
  })
}

/** For processes that must not migrate the database, because another process owns it. */
export async function requireMigrated(database: Database): Promise<void> {
  const pending = await pendingMigrations(database)
  if (pending.length > 0)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the database needs the migrations ${pending.join(', ')}: run \`connectra migrate\`, or restart the server if it runs an older version`,
    )
}
