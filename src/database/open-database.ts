/** From settings to a database that answers: the one of DATABASE_URL, or the embedded one below DATA_DIR. */
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
  /** PostgreSQL, when this process runs it. */
  readonly server: EmbeddedServer | null
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly connections: number
  /** What to call this process when another one wants the data directory. */
  readonly command: string
  /** Use the PostgreSQL that another process runs on the data directory, if there is one. */
  readonly share: boolean
  /** How long to wait for a DATABASE_URL that does not answer yet. Milliseconds. */
  readonly patience: number
  /** Told what is waited for. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** What the statements need. */
const OLDEST_POSTGRES = 15
const DATABASE = 'connectra'
const PAUSE = 500
/** The sessions of a process that closed its pool are seen for a moment longer. Milliseconds. */
const OWN_GONE_WITHIN = 2_000
const OWN_PAUSE = 20

/** Opens the database as it is, without migrating it. Every obstacle that a person can remove is a ConnectraError. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { url, server } = options.databaseUrl
    ? { url: options.databaseUrl, server: null }
    : await openEmbedded(options, options.share)
  const pool = openPool(url, { max: options.connections })
  const close = async () => {
    // Whoever still holds a connection loses it with the server.
    await within(1000, pool.end(), () => {})
    if (server && options.share) await untilUnused(server, options)
    await server?.stop()
  }
  try {
    await untilItAnswers(pool, options)
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

/** Other commands may be using the PostgreSQL that this one started. */
async function untilUnused(server: EmbeddedServer, { say, signal }: DatabaseOptions): Promise<void> {
  const pool = openPool(server.url('postgres'), { max: 1 })
  try {
    let told = false
    for (const since = Date.now(); !signal.aborted; ) {
      const { rowCount } = await pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [DATABASE],
      )
      if (rowCount === 0) return
      if (!told && Date.now() - since >= OWN_GONE_WITHIN) {
        told = true
        say('waiting for another command that works with this data directory')
      }
      await delay(told ? PAUSE : OWN_PAUSE, undefined, { signal }).catch(() => {})
    }
  } finally {
    await pool.end()
  }
}

async function untilItAnswers(pool: Database, options: DatabaseOptions): Promise<void> {
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
  const { rows } = await pool.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding`,
  )
  const { version, encoding } = rows[0]!
  if (version < OLDEST_POSTGRES)
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the database runs PostgreSQL ${version}: Connectra needs ${OLDEST_POSTGRES} or newer`,
    )
  if (encoding !== 'UTF8')
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the database is encoded in ${encoding}: create one with ENCODING 'UTF8' and point DATABASE_URL at it`,
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

/** For who does not own the database: another process migrates it, at its own time. */
export async function requireMigrated(database: Database): Promise<void> {
  const pending = await pendingMigrations(database)
  if (pending.length > 0)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the database lacks the migrations ${pending.join(', ')}: run \`connectra migrate\`, or restart the server if it is of an older version`,
    )
}
