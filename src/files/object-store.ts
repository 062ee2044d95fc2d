/** Where files are stored. Objects are complete or absent, and never change while they are read. */
import type { Readable } from 'node:stream'
import { ConnectraError, type ErrorCode } from '../errors.ts'

export interface SignedUrl {
  readonly url: string
  /** Seconds. */
  readonly expiresIn: number
}

/**
 * Accepts the keys that `isKey` (files/keys.ts) accepts; any other is ERR_INVALID_VALUE. Storage that does not respond is
 * StoreUnavailable (files/unavailable.ts). An implementation is an object literal, because users of a store override methods of copies.
 */
export interface ObjectStore {
  /**
   * Stores `content` and returns its size in bytes. The object appears, or replaces the previous one, only when
   * all of `content` is durable: after an error, an abort or a crash nothing has changed. More than `maxBytes` is
   * ERR_PAYLOAD_TOO_LARGE.
   */
  put(key: string, content: AsyncIterable<Uint8Array | string>, options?: PutOptions): Promise<number>
  /**
   * The bytes of the object, or of a range of it; ERR_NOT_FOUND if there is no such object, and ERR_CONFLICT if `version` is given and is
   * not its version. Destroy the stream if you do not read it to its end.
   */
  get(key: string, range?: ByteRange, version?: string): Promise<Readable>
  /** Bytes; null if there is no such object. */
  size(key: string): Promise<number | null>
  /** Identifies the content of the object: it differs once the object has been replaced. Null if there is no such object. */
  version(key: string): Promise<string | null>
  /** The keys that begin with `prefix`, in no particular order. A prefix is at least a folder and a slash. */
  list(prefix: string): Promise<readonly string[]>
  /** The same objects in portions of at most 1,000, however many there are. */
  scan(prefix: string): AsyncIterable<readonly StoredFile[]>
  /** Deleting an object that does not exist is not an error. */
  delete(key: string): Promise<void>
  /**
   * A URL that accepts one HTTP PUT of the object, without any other authorisation. `server` is the address of this server as the
   * client knows it, for stores whose URLs point at this server.
   */
  uploadUrl(key: string, server?: string): Promise<SignedUrl>
  /** The origin of such URLs. Needs no credentials. Absent in a store whose URLs point at this server. */
  readonly uploadOrigin?: () => Promise<string>
  /** A URL that accepts an HTTP GET of the object, without any other authorisation. */
  downloadUrl(key: string, server?: string): Promise<SignedUrl>
  /**
   * Uploads that were begun and not completed, by `put` in any process. Absent in a store that removes those of killed processes by
   * itself.
   */
  readonly unfinished?: (prefix: string) => Promise<readonly UnfinishedPut[]>
  /**
   * The same store for use while a client waits for the reply to its request: if the storage does not respond, a call fails after some
   * seconds. Absent in a store that need not be waited for.
   */
  readonly forRequests?: ObjectStore
  /** The stores of all buckets by name, the default one first. Absent in a store that ignores the bucket that a client names. */
  readonly buckets?: ReadonlyMap<string, ObjectStore>
}

export interface StoredFile {
  readonly key: string
  readonly modifiedAt: Date
}

export interface UnfinishedPut {
  readonly key: string
  readonly startedAt: Date
  /** Gives the upload up and frees its space. Its `put`, if it is still running, fails. */
  drop(): Promise<void>
}

/** The store of the bucket that a client named with `s3_bucket`; null or empty is the default one. Fails with `code` if there is none. */
export function selectBucket(
  store: ObjectStore,
  name: string | null,
  code: ErrorCode = 'ERR_INVALID_VALUE',
): ObjectStore {
  if (!name || store.buckets === undefined) return store
  const found = store.buckets.get(name)
  if (found !== undefined) return found
  const known = [...store.buckets.keys()].join(', ')
  throw new ConnectraError(code, `this server has no bucket ${JSON.stringify(name)}: omit s3_bucket, or use ${known}`)
}

/** The stores of all buckets. */
export function everyBucket(store: ObjectStore): readonly ObjectStore[] {
  return store.buckets === undefined ? [store] : [...store.buckets.values()]
}

export interface PutOptions {
  /** Whether an existing object is kept, and `put` fails with ERR_CONFLICT. */
  readonly isNew?: boolean
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** From byte `start` to byte `end`, both inclusive and counted from 0; without `end`, to the last byte. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

/** The store, but reading only this version of each object. */
export function ofVersion(store: ObjectStore, version: string): ObjectStore {
  return { ...store, get: (key, range) => store.get(key, range, version) }
}

/** The chunks of `content` as bytes, and how many there were so far. More than `maxBytes` is ERR_PAYLOAD_TOO_LARGE. */
export function measureContent(content: AsyncIterable<Uint8Array | string>, maxBytes: number) {
  let size = 0
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      size += part.length
      if (size > maxBytes) throw fileTooLarge(maxBytes)
      yield part
    }
  }
  return { bytes, size: () => size }
}

export function missingFile(key: string): ConnectraError {
  return new ConnectraError('ERR_NOT_FOUND', `there is no file "${key}": upload it first`)
}

export function fileExists(key: string): ConnectraError {
  return new ConnectraError(
    'ERR_CONFLICT',
    `the file "${key}" has already been uploaded: use it, or request another upload URL`,
  )
}

export function fileReplaced(key: string): ConnectraError {
  return new ConnectraError(
    'ERR_CONFLICT',
    `the file "${key}" was replaced while it was read: create a new job for the new file`,
    { final: true },
  )
}

export function fileTooLarge(maxBytes: number): ConnectraError {
  return new ConnectraError(
    'ERR_PAYLOAD_TOO_LARGE',
    `the file is larger than ${maxBytes} bytes: split it into smaller files`,
  )
}
