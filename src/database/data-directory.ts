/** The data directory: which process owns it, and cleaning up after one that has ended. */
import { access, constants, link, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ConnectraError } from '../errors.ts'
import { endProcess, isPostgresOn, processIdentity } from './processes.ts'

/** The process that runs PostgreSQL on a data directory. */
export interface Owner {
  readonly pid: number
  /** See `processIdentity`. */
  readonly identity: string
  /** The command it runs, for messages. */
  readonly command: string
  /** The address of its API on this machine, once it listens. */
  readonly url?: string
  /** It is about to stop its PostgreSQL, so no other process may begin to use it. */
  readonly closing?: boolean
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
  return await readOwner(ownerFile(directory))
}

async function readOwner(file: string): Promise<Owner | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
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

/** Makes this process the owner of the directory. Returns false if a running process already is. */
export async function claimDirectory(directory: string, command: string): Promise<boolean> {
  const temporary = `${ownerFile(directory)}.${process.pid}`
  const owner: Owner = { pid: process.pid, identity: processIdentity(process.pid) ?? '', command }
  await writeFile(temporary, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  try {
    // Fails if the file exists, so that of several processes only one succeeds.
    if (await isLinked(temporary, ownerFile(directory))) return true
    const other = await findOwner(directory)
    if (other !== null) return other.pid === process.pid
    await removeStaleOwner(directory)
    return await isLinked(temporary, ownerFile(directory))
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Removes the record of an owner that has ended. If another process has replaced it meanwhile, its record is put back. */
async function removeStaleOwner(directory: string): Promise<void> {
  const aside = `${ownerFile(directory)}.${process.pid}.stale`
  try {
    await rename(ownerFile(directory), aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readOwner(aside)) !== null) await isLinked(aside, ownerFile(directory))
  await rm(aside, { force: true })
}

/** Links `from` to the new name `to`. Returns false if that exists. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Records something about the owner for other processes. Does nothing unless this process owns the directory. */
export async function updateOwner(directory: string, changes: Pick<Owner, 'url' | 'closing'>): Promise<void> {
  const owner = await findOwner(directory)
  if (owner?.pid !== process.pid) return
  const temporary = `${ownerFile(directory)}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify({ ...owner, ...changes })}\n`, { mode: 0o600 })
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

export interface AwaitFreeOptions {
  readonly signal?: AbortSignal
  /** Is called once when a command that ends soon has to be waited for. Absent: that is an error, too. */
  readonly onWait?: (owner: Owner) => void
}

/** Commands that run until they are stopped. */
const LASTING = ['serve', 'work']

/**
 * Resolves when nothing is running on the directory (a real path) any more and leftovers are removed. Waits for the
 * PostgreSQL of an owner that has ended, and with `onWait` for commands. Fails at once if another owner is still running.
 */
export async function awaitFree(directory: string, { signal, onWait }: AwaitFreeOptions = {}): Promise<void> {
  let since = Date.now()
  let stopped = false
  let announced = false
  for (;;) {
    const owner = await findOwner(directory)
    const server = await findRunningServer(directory)
    const waited = Date.now() - since
    if (owner !== null && (server !== null || owner.pid !== process.pid)) {
      if (waited > DYING) {
        if (onWait === undefined || LASTING.includes(owner.command)) throw inUse(directory, owner)
        if (!announced) onWait(owner)
        announced = true
        since = Date.now() - DYING
      }
      await pause(signal)
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
    await pause(signal)
  }
  await clearLeftovers(directory)
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await delay(20, undefined, signal ? { signal } : {})
}

const inUseErrors = new WeakSet<object>()

/** Whether the error says that another process owns the directory. */
export function isInUse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && inUseErrors.has(error)
}

function inUse(directory: string, owner: Owner): ConnectraError {
  const error = new ConnectraError(
    'ERR_CONFLICT',
    `the data directory ${directory} is in use by \`connectra ${owner.command}\` (process ${owner.pid}): stop it first, or set DATA_DIR to another directory`,
  )
  inUseErrors.add(error)
  return error
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

function ownerFile(directory: string): string {
  return join(directory, 'owner.json')
}

function lockFile(directory: string): string {
  return join(clusterOf(directory), 'postmaster.pid')
}
