/**
 * The embedded PostgreSQL: real server binaries from npm, run as a child process on a Unix socket.
 * It ends with its parent, however that ends, and recovers by itself at the next start.
 */
import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { ConnectraError } from '../errors.ts'
import { type Binaries, findBinaries, initialise, writeAccessRules } from './cluster.ts'
import {
  awaitFree,
  claimDirectory,
  clusterOf,
  findOwner,
  findRunningServer,
  makeDataDirectory,
  type Owner,
  resignAsOwner,
  SOCKET_PREFIX,
} from './data-directory.ts'
import { type DatabaseUser, findDatabaseUser } from './database-user.ts'
import { type GuardedProcess, spawnGuarded } from './guarded-process.ts'
import { keepRunning, type RestartEvents } from './keep-running.ts'
import { endPostgresOn, endProcess } from './processes.ts'
import { APP_ROLE, ensureRole, SUPERUSER } from './roles.ts'

const run = promisify(execFile)

export interface EmbeddedServer {
  /** The connection string of a database on this server, for everything but the administration of roles and databases. */
  url(database: string): string
  /** The same as the superuser. */
  adminUrl(database: string): string
  /** Resolves with PostgreSQL's last log lines when it has ended, by `stop` or by itself, and is not restarted. */
  readonly ended: Promise<string>
  /** Shuts PostgreSQL down: refuses new connections, rolls back running transactions, writes a checkpoint. */
  stop(): Promise<void>
}

export interface EmbeddedServerOptions {
  /** How messages name this process when another one wants the directory. */
  readonly command: string
  /** Additional settings of PostgreSQL, `name=value`. */
  readonly settings?: readonly string[]
  /** Aborts the start: PostgreSQL may be recovering for minutes. */
  readonly signal?: AbortSignal
  /** Is called once if a command that ends soon is using the directory, and has to be waited for. Absent: that is an error. */
  readonly onWait?: (owner: Owner) => void
  /** If present, PostgreSQL is restarted when it ends by itself. */
  readonly restarts?: RestartEvents
}

/** The limit for the path of a Unix socket (unix(7)), minus the name of PostgreSQL's socket. */
const MAX_SOCKET_DIRECTORY = 107 - '/.s.PGSQL.5432'.length

/**
 * Starts PostgreSQL below the data directory `directory`, which is created if it does not exist. A problem that a person
 * can fix is a ConnectraError: another process uses the directory, permissions, data of another PostgreSQL version.
 */
export async function startEmbeddedServer(directory: string, options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const home = await makeDataDirectory(directory)
  const binaries = await findBinaries()
  for (;;) {
    await awaitFree(home, options)
    // Another process may have been faster: `awaitFree` finds out which.
    if (!(await claimDirectory(home, options.command))) continue
    try {
      const user = await findDatabaseUser(clusterOf(home), Object.values(binaries))
      await initialise(home, binaries, user)
      await writeAccessRules(home, user)
      return await launch(home, binaries, user, options)
    } catch (error) {
      await resignAsOwner(home)
      if ((await findRunningServer(home)) === null) throw error
    }
  }
}

/** Returns the PostgreSQL that another process runs on the directory; null if there is none that accepts connections. */
export async function findEmbeddedServer(directory: string): Promise<Pick<EmbeddedServer, 'url' | 'adminUrl'> | null> {
  const home = await realpath(directory).catch(() => directory)
  if ((await findOwner(home)) === null) return null
  const server = await findRunningServer(home)
  return server?.ready ? urlsOf(server.socketDirectory) : null
}

async function launch(
  home: string,
  binaries: Binaries,
  user: DatabaseUser,
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  const socketDirectory = await makeSocketDirectory(home)
  const { url, adminUrl } = urlsOf(socketDirectory)
  const start = async (signal?: AbortSignal): Promise<GuardedProcess> => {
    if (user.ids) await chown(socketDirectory, user.ids.uid, user.ids.gid)
    const guarded = await spawnGuarded(home, binaries.postgres, user, socketDirectory, options.settings ?? [])
    while (!(await answers(adminUrl('postgres')))) {
      if (!guarded.isRunning()) throw await startFailure(home, binaries, await guarded.ended)
      if (signal?.aborted) await guarded.stop()
      signal?.throwIfAborted()
      await delay(20)
    }
    return guarded
  }
  const first = await start(options.signal)
  try {
    await ensureRole(adminUrl('postgres'))
  } catch (error) {
    await first.stop()
    throw error
  }
  // At the same address, which all connections know.
  const restart = async (signal: AbortSignal) => {
    await endPostgresOn(clusterOf(home))
    await rm(socketDirectory, { recursive: true, force: true })
    await mkdir(socketDirectory, { mode: 0o700 })
    return await start(signal)
  }
  const kept = options.restarts ? keepRunning(first, restart, options.restarts) : first
  const stop = async () => {
    await kept.stop()
    // The guard may have been killed without PostgreSQL.
    const orphan = await findRunningServer(home)
    if (orphan) endProcess(orphan.pid, 'SIGQUIT')
    await resignAsOwner(home)
  }
  return { url, adminUrl, ended: kept.ended, stop }
}

function urlsOf(socketDirectory: string): Pick<EmbeddedServer, 'url' | 'adminUrl'> {
  const host = encodeURIComponent(socketDirectory)
  const as = (role: string) => (database: string) =>
    `postgresql://${role}@localhost:5432/${database}?host=${host}&sslmode=disable`
  return { url: as(APP_ROLE), adminUrl: as(SUPERUSER) }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

/** Creates it below a directory with a short path. The guard removes it at the end. */
async function makeSocketDirectory(home: string): Promise<string> {
  const places = [tmpdir(), '/tmp', home].filter(
    place => Buffer.byteLength(join(place, `${SOCKET_PREFIX}XXXXXX`)) <= MAX_SOCKET_DIRECTORY,
  )
  for (const place of places) {
    const made = await mkdtemp(join(place, SOCKET_PREFIX)).catch(() => null)
    if (made !== null) return made
  }
  throw new ConnectraError(
    'ERR_UNAVAILABLE',
    `no directory for PostgreSQL's socket (tried ${[tmpdir(), '/tmp'].join(', ')}): set TMPDIR to a writable directory with a short path`,
  )
}

async function startFailure(home: string, binaries: Binaries, words: string): Promise<ConnectraError> {
  const version = (await readFile(join(clusterOf(home), 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  const own = /\d+/.exec((await run(binaries.postgres, ['-V']).catch(() => ({ stdout: '' }))).stdout)?.[0]
  const message =
    own !== undefined && version !== own
      ? `the data in ${clusterOf(home)} was written by PostgreSQL ${version || 'of an unknown version'}, but this version of Connectra runs PostgreSQL ${own}: make a backup with the version of Connectra that wrote it, set DATA_DIR to a new directory, and restore the backup there (see "Backup, restore and migration" in docs/operations.md)`
      : `PostgreSQL did not start on ${clusterOf(home)}: ${words || 'no reason given'} (see ${join(home, 'postgres.log')})`
  return new ConnectraError('ERR_UNAVAILABLE', message)
}
