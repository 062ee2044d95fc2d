/** Writes objects of unknown size as multipart uploads, which appear when they are completed. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { fileExists, measureContent, type PutOptions } from '../object-store.ts'
import { type Bucket, request } from './bucket.ts'
import { isConflict, isMissingUpload } from './errors.ts'

/**
 * Bytes of a part. An upload has at most 10,000 parts, so the last 5,000 are larger, for up to 360 GB. All but the last part of each
 * size are equal, as some servers demand. Memory is needed for three parts: two are sent while the next one is filled.
 */
const PART_BYTES = 8 << 20
const LARGE_PART_BYTES = 64 << 20
const SMALL_PARTS = 5_000
const IN_FLIGHT = 2
/** Milliseconds in which parts that are being sent may arrive after a failure. */
const SETTLE_WITHIN = 3_000

/** See ObjectStore.put. */
export async function putObject(
  bucket: Bucket,
  key: string,
  content: AsyncIterable<Uint8Array | string>,
  { isNew = false, maxBytes = Number.POSITIVE_INFINITY, signal }: PutOptions,
  partBytes = PART_BYTES,
): Promise<number> {
  const measured = measureContent(content, maxBytes)
  const parts = splitParts(measured.bytes(), partBytes)
  const target = { Bucket: bucket.name, Key: bucket.prefix + key }
  const condition = isNew ? { IfNoneMatch: '*' } : {}
  let isRead = false
  /** Does not wait for content that hangs once `signal` has aborted. */
  const nextPart = async () => {
    const part = await unlessAborted(parts.next(), signal)
    isRead = part.done === true
    return part.done ? null : part.value
  }
  try {
    const first = (await nextPart()) ?? Buffer.alloc(0)
    const second = first.length < partBytes ? null : await nextPart()
    if (second === null) {
      const command = new PutObjectCommand({ ...target, ...condition, Body: first })
      await request(bucket, (client, options) => client.send(command, options), signal)
    } else {
      await putParts(bucket, target, condition, [first, second], nextPart, signal)
    }
  } catch (error) {
    throw isNew && isConflict(error) ? fileExists(key) : error
  } finally {
    // Content that hangs never returns.
    const returned = isRead ? null : parts.return(undefined)
    if (signal?.aborted) returned?.catch(() => {})
    else await returned
  }
  return measured.size()
}

interface Target {
  readonly Bucket: string
  readonly Key: string
}

async function putParts(
  bucket: Bucket,
  target: Target,
  condition: { readonly IfNoneMatch?: string },
  beginning: readonly Buffer[],
  nextPart: () => Promise<Buffer | null>,
  signal?: AbortSignal,
): Promise<void> {
  const create = new CreateMultipartUploadCommand(target)
  const { UploadId } = await request(bucket, (client, options) => client.send(create, options), signal)
  const upload = { ...target, UploadId }
  const cancelling = new AbortController()
  const sent: CompletedPart[] = []
  const sending = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | null = null

  async function send(Body: Buffer, PartNumber: number): Promise<void> {
    const command = new UploadPartCommand({ ...upload, PartNumber, Body })
    const { ETag } = await request(bucket, (client, options) => client.send(command, options), cancelling.signal)
    sent.push({ ETag, PartNumber })
  }
  async function start(part: Buffer, number: number): Promise<void> {
    const running = send(part, number)
      .catch(error => {
        failure ??= { error }
      })
      .finally(() => sending.delete(running))
    sending.add(running)
    if (sending.size >= IN_FLIGHT) await Promise.race(sending)
    if (failure !== null) throw (failure as { readonly error: unknown }).error
  }

  try {
    let number = 0
    for (const part of beginning) await start(part, ++number)
    for (let part = await nextPart(); part !== null; part = await nextPart()) await start(part, ++number)
    await Promise.all(sending)
    if (failure !== null) throw (failure as { readonly error: unknown }).error
    sent.sort((one, other) => one.PartNumber! - other.PartNumber!)
    const complete = new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts: sent } })
    await request(bucket, (client, options) => client.send(complete, options), signal)
  } catch (error) {
    // A part that arrives after the upload was given up may stay, although nobody sees it.
    const timer = setTimeout(() => cancelling.abort(), SETTLE_WITHIN)
    await Promise.allSettled(sending)
    clearTimeout(timer)
    // If this fails, retention gives the upload up later.
    await abortUpload(bucket, target.Key, UploadId!).catch(() => {})
    throw error
  }
}

/** `fullKey` includes the prefix. An upload that is completed or aborted by now is not an error. */
export async function abortUpload(bucket: Bucket, fullKey: string, UploadId: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: fullKey, UploadId })
  await request(bucket, (client, options) => client.send(command, options)).catch(error => {
    if (!isMissingUpload(error)) throw error
  })
}

/** Parts of exactly `partBytes` (later LARGE_PART_BYTES), the last one smaller. Nothing for no content. */
async function* splitParts(bytes: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer, undefined> {
  let chunks: Uint8Array[] = []
  let filled = 0
  let part = 1
  for await (let chunk of bytes) {
    for (;;) {
      const wanted = (part > SMALL_PARTS ? LARGE_PART_BYTES : partBytes) - filled
      chunks.push(chunk.subarray(0, wanted))
      filled += Math.min(chunk.length, wanted)
      if (chunk.length < wanted) break
      yield Buffer.concat(chunks, filled)
      chunk = chunk.subarray(wanted)
      chunks = []
      filled = 0
      part++
    }
  }
  if (filled > 0) yield Buffer.concat(chunks, filled)
}

async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}
