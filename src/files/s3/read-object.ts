/** Reads objects as streams. A connection that breaks in the middle is replaced by another one, which continues at the next byte. */
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { type ByteRange, fileReplaced, missingFile } from '../object-store.ts'
import { outageOf, StoreUnavailable } from '../unavailable.ts'
import { type Bucket, type Patience, request } from './bucket.ts'
import { isBeyondEnd, isConflict, isMissing } from './errors.ts'

/** Milliseconds before the first new connection. It doubles for each further one. */
const PAUSE = 100
const BUFFERED = 256 * 1024

/** `key` is the key of clients, `version` the ETag. Errors: see ObjectStore.get. */
export async function readObject(
  bucket: Bucket,
  key: string,
  range: ByteRange = { start: 0 },
  version?: string,
): Promise<Readable> {
  // S3 would ignore such a range and send everything.
  if (range.end !== undefined && range.end < range.start) {
    await assertVersion(bucket, key, version)
    return Readable.from([])
  }
  const first = await open(bucket, key, range, version).catch(error => {
    if (isBeyondEnd(error)) return null
    throw error
  })
  if (first === null) return Readable.from([])
  const end = range.start + (first.ContentLength ?? 0) - 1
  // The first reply decides which version is read.
  const openRest: OpenRest = (rest, signal) => open(bucket, key, rest, first.ETag, signal)
  return streamOf(first, { start: range.start, end }, openRest, bucket.patience)
}

/** What S3 says about an object. Null if there is none. */
export async function describeObject(bucket: Bucket, key: string): Promise<HeadObjectCommandOutput | null> {
  const command = new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + key })
  return await request(bucket, (client, options) => client.send(command, options)).catch(error => {
    if (isMissing(error)) return null
    throw error
  })
}

async function assertVersion(bucket: Bucket, key: string, version: string | undefined): Promise<void> {
  const found = await describeObject(bucket, key)
  if (found === null) throw missingFile(key)
  if (version !== undefined && found.ETag !== version) throw fileReplaced(key)
}

async function open(
  bucket: Bucket,
  key: string,
  { start, end }: ByteRange,
  version?: string,
  signal?: AbortSignal,
): Promise<GetObjectCommandOutput> {
  const isWhole = start === 0 && end === undefined
  const command = new GetObjectCommand({
    Bucket: bucket.name,
    Key: bucket.prefix + key,
    ...(isWhole ? {} : { Range: `bytes=${start}-${end ?? ''}` }),
    ...(version === undefined ? {} : { IfMatch: version }),
  })
  try {
    return await request(bucket, (client, options) => client.send(command, options), signal)
  } catch (error) {
    if (isConflict(error)) throw fileReplaced(key)
    if (isMissing(error)) throw missingFile(key)
    throw error
  }
}

type OpenRest = (rest: Required<ByteRange>, signal: AbortSignal) => Promise<GetObjectCommandOutput>

/** The bytes of `range`, which begin with those of `first`. `openRest` gets the bytes that are missing after a broken connection. */
function streamOf(
  first: GetObjectCommandOutput,
  { start, end }: Required<ByteRange>,
  openRest: OpenRest,
  { stalledAfter, brokenAtMost }: Patience,
): Readable {
  let next = start
  let broken = 0
  let body: Readable | null = null
  const ending = new AbortController()
  const stream = new Readable({
    highWaterMark: BUFFERED,
    read() {
      body?.resume()
    },
    destroy(error, done) {
      ending.abort()
      body?.destroy()
      done(error)
    },
  })

  function follow(reply: GetObjectCommandOutput): void {
    const source = reply.Body as Readable
    body = source
    let over = false
    let stalled: NodeJS.Timeout | null = null
    /** Nothing is expected while the reader does not want more. */
    const stopWaiting = () => {
      if (stalled !== null) clearTimeout(stalled)
      stalled = null
    }
    const startWaiting = () => {
      if (over || stalled !== null) return
      stalled = setTimeout(() => fail(new StoreUnavailable('no data')), stalledAfter)
    }
    const finish = () => {
      over = true
      body = null
      stopWaiting()
    }
    const fail = (error: Error) => {
      if (over) return
      finish()
      source.destroy()
      if (!stream.destroyed) void replace(error)
    }
    source.on('data', (chunk: Buffer) => {
      if (over) return
      next += chunk.length
      broken = 0
      stalled?.refresh()
      if (stream.push(chunk)) return
      source.pause()
      stopWaiting()
    })
    source.on('resume', startWaiting)
    source.on('end', () => {
      if (next <= end) return fail(closedEarly())
      finish()
      stream.push(null)
    })
    source.on('error', fail)
    source.on('close', () => fail(closedEarly()))
  }

  async function replace(error: Error): Promise<void> {
    for (let cause: unknown = error; ; ) {
      if (++broken > brokenAtMost) {
        stream.destroy(cause instanceof StoreUnavailable ? cause : new StoreUnavailable(reasonOf(cause), cause))
        return
      }
      try {
        await delay(PAUSE * 2 ** (broken - 1), undefined, { signal: ending.signal })
        const rest = await openRest({ start: next, end }, ending.signal)
        if (stream.destroyed) (rest.Body as Readable).destroy()
        else follow(rest)
        return
      } catch (failure) {
        if (stream.destroyed) return
        if (!(failure instanceof StoreUnavailable)) {
          stream.destroy(failure as Error)
          return
        }
        cause = failure
      }
    }
  }

  follow(first)
  return stream
}

function reasonOf(error: unknown): string {
  return outageOf(error) ?? 'the connection broke'
}

function closedEarly(): Error {
  return new StoreUnavailable('the connection was closed too early')
}
