/** Opens the database that the settings describe: the one at DATABASE_URL, or the embedded one below DATA_DIR. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { ConnectraError } from '../errors.ts'
import { within } from '../runtime/within.ts'
import { findOwner, hasDatabase, isInUse, type Owner, updateOwner } from './data-directory.ts'
import { type EmbeddedServer, findEmbeddedServer, startEmbeddedServer } from './embedded-server.ts'
import type { RestartEvents } from './keep-running.ts'
import { assertCompatible, pendingMigrations } from './migrate.ts'
import { type Database, openPool } from './pool.ts'
import { assertRights } from './rights.ts'
import { ensureDatabase } from './roles.ts'
import { COMMAND_LIMITS, type TimeLimits } from './time-limits.ts'
import { checkTlsFiles, explainTlsError } from './tls.ts'
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
  /** The time limits of the pool. By default those of commands. */
  readonly limits?: TimeLimits
  /** How messages name this process when another one wants the data directory. */
  readonly command: string
  /**
   * Whether to use the PostgreSQL that another process runs on the data directory, if there is one. Otherwise commands
   * that use it are waited for, and another server is an error.
   */
  readonly share: boolean
  /** Whether to create the embedded database if the data directory has none. */
  readonly create: boolean
  /** How long to wait until the database of DATABASE_URL can be reached. Milliseconds. */
  readonly patience: number
  /** Is called with a message when something has to be waited for. */
  readonly say: (line: string) => void
  /** Is called at every further attempt to reach the database, and with `over` after the last one. */
  readonly onAttempt?: (over: boolean) => void
  /** If present, an embedded PostgreSQL that this process runs is restarted when it ends by itself. */
  readonly restarts?: RestartEvents
  readonly signal: AbortSignal
}

/** The oldest version that supports the statements in use. */
const OLDEST_POSTGRES = 15
const DATABASE = 'connectra'
const PAUSE = 500
const JOIN_PAUSE = 50
/** How long to wait for another process silently. Milliseconds. */
const ANNOUNCE_AFTER = 2_000
/** SQLSTATE: no such database, no such role. */
const NOT_CREATED_YET = new Set(['3D000', '28000'])
/** How long a process that is starting may take to migrate the database. Milliseconds. */
const MIGRATED_WITHIN = 5_000
/** The sessions of this process are visible for a moment after its pool was closed. Milliseconds. */
const OWN_GONE_WITHIN = 2_000
const OWN_PAUSE = 20

/** Opens the database without migrating it. A problem that a person can fix is a ConnectraError. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { url, server, leave } = options.databaseUrl ? await external(options.databaseUrl) : await openEmbedded(options)
  const pool = openPool(url, { max: options.connections, limits: options.limits ?? COMMAND_LIMITS })
  const close = async () => {
    // Connections that are still in use are lost when the server stops.
    await within(1000, pool.end(), () => {})
    await leave()
    // If PostgreSQL has ended by itself, nobody uses it.
    if (server && options.share) await awaitUnused(server, options).catch(() => {})
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

interface Source {
  readonly url: string
  readonly server: EmbeddedServer | null
  /** Ends the use of a PostgreSQL that another process runs. */
  leave(): Promise<void>
}

async function external(url: string): Promise<Source> {
  await checkTlsFiles(url)
  return { url, server: null, leave: async () => {} }
}

async function openEmbedded(options: DatabaseOptions): Promise<Source> {
  const { dataDir, share, create, command, signal, say } = options
  if (!create && !(await hasDatabase(dataDir))) throw noDatabase(dataDir)
  const onWait = (owner: Owner) =>
    say(`waiting for \`connectra ${owner.command}\` (process ${owner.pid}), which is using the data directory`)
  for (;;) {
    const joined = share ? await joinServer(options) : null
    if (joined !== null) return joined
    try {
      const restarts = options.restarts
      const server = await startEmbeddedServer(dataDir, {
        command,
        signal,
        ...(share ? {} : { onWait }),
        ...(restarts ? { restarts } : {}),
      })
      return await createDatabase(server, dataDir, create)
    } catch (error) {
      // Another process was faster, or has just ended.
      if (!share || !isInUse(error)) throw error
    }
  }
}

/**
 * Uses the PostgreSQL of the owner of the data directory, as soon as its database exists; null if there is no owner. An
 * open connection lets a command that runs PostgreSQL wait for this one.
 */
async function joinServer({ dataDir, signal, say }: DatabaseOptions): Promise<Source | null> {
  let announced = false
  for (const since = Date.now(); ; await delay(JOIN_PAUSE, undefined, { signal })) {
    const owner = await findOwner(dataDir)
    if (owner === null) return null
    const url = owner.closing ? undefined : (await findEmbeddedServer(dataDir))?.url(DATABASE)
    const client = url === undefined ? null : await connectOnceReady(url)
    const still = client && (await findOwner(dataDir))
    if (client && url !== undefined && still && !still.closing)
      return { url, server: null, leave: async () => await client.end().catch(() => {}) }
    await client?.end().catch(() => {})
    if (announced || Date.now() - since < ANNOUNCE_AFTER) continue
    announced = true
    say(
      `waiting for \`connectra ${owner.command}\` (process ${owner.pid}) to start PostgreSQL. If that takes long, restart it: it may be an older version`,
    )
  }
}

/** Null if the server is starting or stopping, or its database or role does not exist yet. */
async function connectOnceReady(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url, application_name: 'connectra' })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    if (isUnavailable(error) || NOT_CREATED_YET.has((error as { code?: string }).code ?? '')) return null
    throw error
  }
}

function noDatabase(directory: string): ConnectraError {
  return new ConnectraError(
    'ERR_NOT_FOUND',
    `there is no database in ${directory}: run the command in the directory in which the server runs, or set DATA_DIR to its data directory. To create a new, empty database there, start the server or add --init`,
  )
}

/** Creates the database in a new cluster. Stops the server if that fails. */
async function createDatabase(server: EmbeddedServer, directory: string, create: boolean): Promise<Source> {
  try {
    if (!(await ensureDatabase(server.adminUrl, DATABASE, create))) throw noDatabase(directory)
    return { url: server.url(DATABASE), server, leave: async () => {} }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * Waits for other commands that use the PostgreSQL that this one started. A command that connects after the last check sees
 * that the owner is closing (`joinServer`), so none is cut off.
 */
async function awaitUnused(server: EmbeddedServer, { dataDir, say, signal }: DatabaseOptions): Promise<void> {
  const pool = openPool(server.adminUrl('postgres'), { max: 1 })
  try {
    let announced = false
    for (const since = Date.now(); !signal.aborted; ) {
      if (!(await isUsed(pool))) {
        await updateOwner(dataDir, { closing: true })
        if (!(await isUsed(pool))) return
        await updateOwner(dataDir, { closing: false })
      }
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

async function isUsed(pool: Database): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [DATABASE],
  )
  return rowCount !== 0
}

async function awaitReachable(pool: Database, options: DatabaseOptions): Promise<void> {
  const { patience, say, onAttempt, signal } = options
  let waiting = false
  try {
    for (const since = Date.now(); ; ) {
      try {
        await checkServer(pool)
        return
      } catch (error) {
        if (error instanceof ConnectraError) throw error
        const explained = unreachable(options, error)
        if (!isUnavailable(error) || Date.now() - since >= patience) throw explained
        if (waiting) onAttempt?.(false)
        else say(`${explained.message}; trying for ${Math.round(patience / 1000)} s`)
        waiting = true
        await delay(PAUSE, undefined, { signal })
      }
    }
  } finally {
    if (waiting) onAttempt?.(true)
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
  const tls = explainTlsError(error)
  const place = databaseUrl ? `at ${hostname}:${port || 5432}${pathname}` : 'of this data directory'
  const reason =
    tls?.reason ?? ((error as Error).message || ((error as AggregateError).errors?.[0] as Error | undefined)?.message)
  const advice = databaseUrl ? `: ${tls?.advice ?? 'check DATABASE_URL'}` : ''
  return new ConnectraError('ERR_UNAVAILABLE', `the database ${place} cannot be used (${reason})${advice}`, {
    cause: error,
  })
}

/**
 * For processes that must not migrate the database, because another process owns it. `reads`: they write nothing.
 * `starting`: the owner may be starting, so its migrations are waited for.
 */
export async function requireMigrated(
  database: Database,
  { reads = false, starting = false }: { readonly reads?: boolean; readonly starting?: boolean } = {},
): Promise<void> {
  if (!reads) await assertRights(database, false)
  await assertCompatible(database)
  let pending = await pendingMigrations(database)
  for (const since = Date.now(); starting && pending.length > 0 && Date.now() - since < MIGRATED_WITHIN; ) {
    await delay(JOIN_PAUSE)
    pending = await pendingMigrations(database)
  }
  if (pending.length > 0)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the database needs the migrations ${pending.join(', ')}: run \`connectra migrate\`, or restart the server if it runs an older version`,
    )
}
