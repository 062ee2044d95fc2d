/** Where files are stored. Objects are complete or absent, and never change while they are read. */
import type { Readable } from 'node:stream'
import { ConnectraError } from '../errors.ts'

export interface SignedUrl {
  readonly url: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Accepts the keys that `isKey` (files/keys.ts) accepts; any other is ERR_INVALID_VALUE. */
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
  /** Deleting an object that does not exist is not an error. */
  delete(key: string): Promise<void>
  /**
   * A URL that accepts one HTTP PUT of the object, without any other authorisation. `server` is the address of this server as the
   * client knows it, for stores whose URLs point at this server.
   */
  uploadUrl(key: string, server?: string): Promise<SignedUrl>
  /** A URL that accepts an HTTP GET of the object, without any other authorisation. */
  downloadUrl(key: string, server?: string): Promise<SignedUrl>
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
