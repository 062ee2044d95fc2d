/** An object store in a directory. Several processes may share it. */
import { randomUUID } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, realpath, rename, rm, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkedKey, PREFIXES, splitPrefix } from './keys.ts'
import {
  type ByteRange,
  fileExists,
  fileReplaced,
  measureContent,
  missingFile,
  type ObjectStore,
  type PutOptions,
  type SignedUrl,
  type StoredFile,
} from './object-store.ts'
import { type Grant, type SignedMethod, signGrant, verifyGrant } from './signing.ts'
import { flushFolder } from './whole-file.ts'

export interface DirectoryOptions {
  readonly directory: string
  /** The address of this server in URLs for which the caller gives none, known once it listens. */
  readonly publicUrl: () => string
  /** Signs URLs. It is the same on all nodes (database/secrets.ts). */
  readonly secret: Buffer
  /** The largest upload that a signed URL accepts. */
  readonly maxUploadBytes: number
  /** How long a signed URL is valid. */
  readonly urlSeconds: number
}

export interface DirectoryStore extends ObjectStore {
  /** Returns what the query string of a request to `/files/<key>` allows; ERR_FORBIDDEN if its signature is invalid or expired. */
  verify(method: SignedMethod, key: string, query: Readonly<Record<string, unknown>>): Grant
}

/** Files that `scan` describes at a time. */
const SCANNED = 1000
/** A temporary file without a known running writer is a leftover after this time. */
const LEFTOVER_MS = 24 * 3600 * 1000
/** Distinguishes the temporary files of this process from those of an earlier one with the same process ID, as in a container. */
const PROCESS = `${process.pid}.${randomUUID()}`
const HOST = hostname()

/** Opens the store. Creates its folders, and removes incomplete files that killed processes left behind. */
export async function openDirectoryStore(options: DirectoryOptions): Promise<DirectoryStore> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const root = await realpath(options.directory)
  for (const folder of [...PREFIXES, 'tmp']) await makeFolder(join(root, folder))
  await removeLeftovers(join(root, 'tmp'))

  const signedUrl = (method: SignedMethod, key: string, maxBytes: number, server = options.publicUrl()): SignedUrl => {
    const expires = Math.floor(Date.now() / 1000) + options.urlSeconds
    const query = signGrant(options.secret, { method, key: checkedKey(key), expires, maxBytes })
    return { url: `${server}/files/${encodeKey(key)}?${query}`, expiresIn: options.urlSeconds }
  }

  return {
    put: async (key, content, putOptions = {}) => await put(root, checkedKey(key), content, putOptions),
    get: async (key, range, version) => await get(join(root, checkedKey(key)), key, range, version),
    async size(key) {
      const file = await lstat(join(root, checkedKey(key))).catch(absent)
      return file?.isFile() ? file.size : null
    },
    async version(key) {
      const file = await lstat(join(root, checkedKey(key)), { bigint: true }).catch(absent)
      return file?.isFile() ? versionOf(file) : null
    },
    async list(prefix) {
      return await namesOf(root, prefix)
    },
    async *scan(prefix) {
      const keys = await namesOf(root, prefix)
      for (let first = 0; first < keys.length; first += SCANNED) {
        const portion = await Promise.all(keys.slice(first, first + SCANNED).map(key => describeFile(root, key)))
        yield portion.filter(file => file !== null)
      }
    },
    async delete(key) {
      await rm(join(root, checkedKey(key)), { force: true })
    },
    uploadUrl: async (key, server) => signedUrl('PUT', key, options.maxUploadBytes, server),
    downloadUrl: async (key, server) => signedUrl('GET', key, 0, server),
    verify: (method, key, query) => verifyGrant(options.secret, method, key, query),
  }
}

async function namesOf(root: string, prefix: string): Promise<string[]> {
  const [folder, start] = splitPrefix(prefix)
  const names = await readdir(join(root, folder))
  return names.filter(name => name.startsWith(start)).map(name => `${folder}/${name}`)
}

async function describeFile(root: string, key: string): Promise<StoredFile | null> {
  const file = await lstat(join(root, key)).catch(absent)
  return file?.isFile() ? { key, modifiedAt: file.mtime } : null
}

function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}

/** Fails if the folder is a symbolic link, which would lead out of the directory. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
  if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is not a directory: move it away and start again`)
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [host, pid, token] = name.split('~')
    const file = await lstat(join(folder, name)).catch(absent)
    if (!file) continue
    const ours = host === HOST && `${pid}.${token}` === PROCESS
    const orphan = host === HOST && !ours && (Number(pid) === process.pid || !isAlive(Number(pid)))
    if (orphan || (!ours && Date.now() - file.mtimeMs > LEFTOVER_MS)) await rm(join(folder, name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function temporaryName(): string {
  return [HOST, ...PROCESS.split('.'), randomUUID()].join('~')
}

async function put(
  root: string,
  key: string,
  content: AsyncIterable<Uint8Array | string>,
  { isNew = false, maxBytes = Number.POSITIVE_INFINITY, signal }: PutOptions,
): Promise<number> {
  const temporary = join(root, 'tmp', temporaryName())
  const measured = measureContent(content, maxBytes)
  try {
    const file = await open(temporary, 'wx', 0o600)
    // `flush` makes the bytes durable before the file is closed, and so before it is renamed.
    await pipeline(measured.bytes, file.createWriteStream({ flush: true }), signal ? { signal } : {})
    if (isNew) await publishNew(temporary, key, join(root, key))
    else await replace(temporary, join(root, key))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await flushFolder(join(root, key, '..'))
  return measured.size()
}

/**
 * Gives a file its name, also if another file has it. Its time is then later than that of the other file: file systems count time
 * in steps of several milliseconds, and two files of the same size within one step would be the same version. (Two that replace
 * the same file at the same moment may still be; one of them is then gone at once.)
 */
async function replace(temporary: string, path: string): Promise<void> {
  const before = await lstat(path, { bigint: true }).catch(absent)
  if (before !== null && (await lstat(temporary, { bigint: true })).mtimeNs <= before.mtimeNs) {
    const later = new Date(Number(before.mtimeNs / 1_000_000n) + 1)
    await utimes(temporary, later, later)
  }
  await rename(temporary, path)
}

/** Gives a file its name, unless another file has it. */
async function publishNew(temporary: string, key: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw fileExists(key)
    // Some file systems have no links. Then two uploads at the same moment may both succeed, and the last one counts.
    if (code !== 'EPERM' && code !== 'ENOTSUP') throw error
    if ((await lstat(path).catch(absent)) !== null) throw fileExists(key)
    await rename(temporary, path)
  }
  await rm(temporary, { force: true })
}

/**
 * A file is never changed in place, and one that replaces another has a later time (`replace`). The inode is left out: it changes when
 * the data directory is copied to another disk.
 */
function versionOf(file: BigIntStats): string {
  return `${file.size}-${file.mtimeNs}`
}

async function get(path: string, key: string, range?: ByteRange, version?: string): Promise<Readable> {
  // NONBLOCK, because otherwise opening a named pipe would hang the server.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file: FileHandle | null = await open(path, flags).catch(absent)
  if (!file || !(await file.stat()).isFile()) {
    await file?.close()
    throw missingFile(key)
  }
  if (version !== undefined && versionOf(await file.stat({ bigint: true })) !== version) {
    await file.close()
    throw fileReplaced(key)
  }
  if (range?.end !== undefined && range.end < range.start) {
    await file.close()
    return Readable.from([])
  }
  return file.createReadStream({ ...range, highWaterMark: 256 * 1024 })
}

/** For errors of lstat and open: null if there is nothing with that name, or a symbolic link. */
function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ELOOP') return null
  throw error
}
