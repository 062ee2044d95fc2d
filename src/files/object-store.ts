/** Where files live: S3, or a directory of this server. Objects are whole or absent, and never change while read. */
import type { Readable } from 'node:stream'
import { ConnectraError } from '../errors.ts'

export interface SignedUrl {
  readonly url: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Keys are those that `isKey` (files/keys.ts) accepts; any other is ERR_INVALID_VALUE. */
export interface ObjectStore {
  /**
   * Stores what `content` yields; returns its size in bytes. The object appears, or replaces the one before, only
   * when `content` has ended and all of it is durable: after an error, an abort or a crash nothing has changed.
   * More than `maxBytes` is ERR_PAYLOAD_TOO_LARGE.
   */
  put(key: string, content: AsyncIterable<Uint8Array | string>, options?: PutOptions): Promise<number>
  /** The object's bytes, or those of a range; ERR_NOT_FOUND when there is none. Destroy the stream when done early. */
  get(key: string, range?: ByteRange): Promise<Readable>
  /** Bytes; null when there is no such object. */
  size(key: string): Promise<number | null>
  /** The keys that begin with `prefix`, a folder and a slash at least, in no order. */
  list(prefix: string): Promise<readonly string[]>
  /** Deleting what does not exist is no error. */
  delete(key: string): Promise<void>
  /** Takes one HTTP PUT of the object, without any other authorisation. */
  uploadUrl(key: string): Promise<SignedUrl>
  /** Takes an HTTP GET of the object, without any other authorisation. */
  downloadUrl(key: string): Promise<SignedUrl>
}

export interface PutOptions {
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** From byte `start` to byte `end`, both included and counted from 0; without `end` to the last. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

export function fileTooLarge(maxBytes: number): ConnectraError {
  return new ConnectraError('ERR_PAYLOAD_TOO_LARGE', `the file is larger than ${maxBytes} bytes: send it in parts`)
}
