/** The data directory: which process owns it, and cleaning up after one that has ended. */
import { access, constants, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ConnectraError } from '../errors.ts'
import { isPostgresOn, processIdentity } from './processes.ts'

/** The process that runs PostgreSQL on a data directory. */
export interface Owner {
  readonly pid: number
  /** See `processIdentity`. */
  readonly identity: string
  /** The command it runs, for messages. */
  readonly command: string
  /** The address of its API on this machine, once it listens. */
  readonly url?: string
}

/** A PostgreSQL that is running on the directory. */
export interface RunningServer {
  readonly pid: number
  readonly socketDirectory: string
  /** It accepts connections. */
  readonly ready: boolean
}

export const SOCKET_PREFIX = 'connectra-'

/** How long to wait for the PostgreSQL of an owner that has ended, and when to stop it meanwhile. Milliseconds. */
const WAIT = 10_000
const STOP_AFTER = 2_000
/** A process that was just killed still shows up for a moment. Milliseconds. */
const DYING = 250

export function clusterOf(directory: string): string {
  return join(directory, 'postgres')
}

/** Creates the directory if needed and returns its real path. A ConnectraError says why it cannot be used. */
export async function makeDataDirectory(directory: string): Promise<string> {
  try {
    await makeDirectory(directory, 0o700)
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return await realpath(directory)
  } catch (error) {
    throw unusable(directory, error)
  }
}

/** Whether the directory has a database, or a running process is creating one there. Changes nothing. */
export async function hasDatabase(directory: string): Promise<boolean> {
  if ((await findOwner(directory)) !== null) return true
  try {
    return (await stat(join(clusterOf(directory), 'PG_VERSION'))).isFile()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw unusable(directory, error)
  }
}

/** Node's own `recursive` option never returns where the system does not create directories, such as below /proc. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path), 0o755)
    await mkdir(path, { mode })
  }
}

/** The error to throw when a system call fails below the data directory. */
export function unusable(directory: string, error: unknown): ConnectraError {
  const reasons: Record<string, string> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the file system is read-only',
    ENOENT: 'it cannot be created',
    ENOTDIR: 'part of the path is a file',
    EEXIST: 'it is a file',
    ENOSPC: 'no space is left on the disk',
  }
  const { code, message } = error as NodeJS.ErrnoException
  return new ConnectraError(
    'ERR_UNAVAILABLE',
    `the data directory ${directory} cannot be used: ${reasons[code ?? ''] ?? message}. Set DATA_DIR to a writable directory`,
    { cause: error },
  )
}

/** The running process that owns the directory; null if there is none. */
export async function findOwner(directory: string): Promise<Owner | null> {
  const text = await readFile(ownerFile(directory), 'utf8').catch(() => null)
  if (text === null) return null
  const owner = parseOwner(text)
  return owner !== null && processIdentity(owner.pid) === owner.identity ? owner : null
}

function parseOwner(text: string): Owner | null {
  try {
    return JSON.parse(text) as Owner
  } catch {
    return null
  }
}

export async function becomeOwner(directory: string, command: string): Promise<void> {
  await writeOwner(directory, { pid: process.pid, identity: processIdentity(process.pid) ?? '', command })
}

/** Records the address of the API, so that commands find it. Does nothing unless this process owns the directory. */
export async function publishAddress(directory: string, url: string): Promise<void> {
  const owner = await findOwner(directory)
  if (owner?.pid === process.pid) await writeOwner(directory, { ...owner, url })
}

async function writeOwner(directory: string, owner: Owner): Promise<void> {
  const temporary = `${ownerFile(directory)}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  await rename(temporary, ownerFile(directory))
}

export async function resignAsOwner(directory: string): Promise<void> {
  if ((await findOwner(directory))?.pid === process.pid) await rm(ownerFile(directory), { force: true })
}

/** Reads PostgreSQL's own lock file, one value per line: process, directory, start time, port, socket directory, …, status. */
export async function findRunningServer(directory: string): Promise<RunningServer | null> {
  const text = await readFile(lockFile(directory), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!isPostgresOn(pid, clusterOf(directory))) return null
  return { pid, socketDirectory: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
}

/**
 * Resolves when nothing is running on the directory (a real path) any more and leftovers are removed. Waits for the
 * PostgreSQL of an owner that has ended. Fails at once if the owner is still running.
 */
export async function awaitFree(directory: string, signal?: AbortSignal): Promise<void> {
  const since = Date.now()
  let stopped = false
  for (;;) {
    const owner = await findOwner(directory)
    const server = await findRunningServer(directory)
    const waited = Date.now() - since
    if (owner !== null && (server !== null || owner.pid !== process.pid)) {
      if (waited > DYING) throw inUse(directory, owner)
      await delay(20)
      continue
    }
    if (server === null) break
    if (waited > WAIT)
      throw new ConnectraError(
        'ERR_CONFLICT',
        `PostgreSQL (process ${server.pid}) is still running on ${directory}, left behind by a Connectra process that has ended: stop it with \`kill -INT ${server.pid}\``,
      )
    if (waited > STOP_AFTER && !stopped) {
      stopped = true
      endProcess(server.pid, 'SIGINT')
    }
    await delay(20, undefined, signal ? { signal } : {})
  }
  await clearLeftovers(directory)
}

function inUse(directory: string, owner: Owner): ConnectraError {
  return new ConnectraError(
    'ERR_CONFLICT',
    `the data directory ${directory} is in use by \`connectra ${owner.command}\` (process ${owner.pid}): stop it first, or set DATA_DIR to another directory`,
  )
}

/**
 * A killed PostgreSQL leaves its lock file behind. PostgreSQL removes it itself, unless the process ID in it now belongs
 * to another process, which is the rule in containers.
 */
async function clearLeftovers(directory: string): Promise<void> {
  const text = await readFile(lockFile(directory), 'utf8').catch(() => null)
  if (text === null || isPostgresOn(Number(text.split('\n')[0]), clusterOf(directory)) === null) return
  const socketDirectory = text.split('\n')[4] ?? ''
  const found = await stat(socketDirectory).catch(() => null)
  const ours = basename(socketDirectory).startsWith(SOCKET_PREFIX) && found?.isDirectory()
  if (ours) await rm(socketDirectory, { recursive: true, force: true })
  await rm(lockFile(directory), { force: true })
}

/** Sends a signal to a process that may have ended in the meantime. */
export function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function ownerFile(directory: string): string {
  return join(directory, 'owner.json')
}

function lockFile(directory: string): string {
  return join(clusterOf(directory), 'postmaster.pid')
}
