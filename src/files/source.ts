/** The bytes of an uploaded file: unchanged, or decompressed from a gzip file or a zip archive. */
import { ConnectraError } from '../errors.ts'
import { gunzip } from './inflate.ts'
import type { ObjectStore } from './object-store.ts'
import { openZip } from './unzip.ts'

export type Compression = 'gzip' | 'zip'

export interface Source {
  /** Detected from the content, not from the name; null for none. */
  readonly compression: Compression | null
  /** The decompressed bytes, in portions. They are the same each time the source is read. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Stops reading immediately, even if it hangs. */
  close(): void
}

/**
 * A deflated byte expands to at most 1,032 bytes, so 10 GB may become 10 TB. Memory is bounded anyway, but time is not. Real
 * large files shrink to a twentieth of their size, or to a hundredth with thousands of empty columns.
 */
const LARGEST_RATIO = 250
const ALWAYS_ALLOWED = 1 << 30

/**
 * `onRead` is called with the number of bytes of the object that were read (compressed, as progress counts them). An error it throws ends the
 * reading. Throws ERR_NOT_FOUND, and ERR_INVALID_CSV for an archive that is damaged or does not contain exactly one file of rows. Damage may
 * also be found later, while `bytes` is read.
 */
export async function openSource(
  store: ObjectStore,
  key: string,
  onRead: (bytes: number) => void = () => {},
): Promise<Source> {
  let read = 0
  const count = (bytes: number) => {
    read += bytes
    onRead(bytes)
  }
  const object = await store.get(key)
  const chunks: AsyncIterator<Uint8Array> = object[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  for (let known = 0; known < 4; known += head.at(-1)!.length) {
    const next = await chunks.next()
    if (next.done) break
    head.push(next.value)
  }
  const compression = compressionOf(Buffer.concat(head))
  if (compression === 'zip') {
    object.destroy()
    const zip = await openZip(store, key, count)
    return { compression, bytes: bounded(zip.bytes, () => read), close: zip.close }
  }
  const whole = counted(head, chunks, count)
  return {
    compression,
    bytes: compression === 'gzip' ? bounded(gunzip(whole), () => read) : whole,
    close: () => object.destroy(),
  }
}

function compressionOf(head: Buffer): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  // The third marks an archive without files.
  return ['PK\x03\x04', 'PK\x07\x08', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4)) ? 'zip' : null
}

async function* counted(
  head: readonly Uint8Array[],
  chunks: AsyncIterator<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for (const chunk of head) {
      count(chunk.length)
      yield chunk
    }
    for (;;) {
      const next = await chunks.next()
      if (next.done) return
      count(next.value.length)
      yield next.value
    }
  } finally {
    await chunks.return?.()
  }
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, read: () => number): AsyncGenerator<Uint8Array> {
  let expanded = 0
  for await (const chunk of bytes) {
    expanded += chunk.length
    if (expanded > ALWAYS_ALLOWED && expanded > read() * LARGEST_RATIO)
      throw new ConnectraError(
        'ERR_INVALID_CSV',
        `the decompressed file is more than ${LARGEST_RATIO} times as large as the upload, which is not plausible for a list of contacts or companies: if it is one, decompress it and upload the result`,
      )
    yield chunk
  }
}
