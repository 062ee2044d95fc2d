/** The bytes of the file that an uploaded object holds: as they are, or out of a gzip file or a zip archive. */
import { ConnectraError } from '../errors.ts'
import { gunzip } from './inflate.ts'
import type { ObjectStore } from './object-store.ts'
import { openZip } from './unzip.ts'

export type Compression = 'gzip' | 'zip'

export interface Source {
  /** Told by the content, whatever the name; null: none. */
  readonly compression: Compression | null
  /** Expanded, in portions; the same portions' bytes each time it is read. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Ends reading at once, also one that hangs. */
  close(): void
}

/**
 * A deflated byte makes at most 1,032, so 10 GB may expand to 10 TB: memory is bounded all the same, but not time. People's
 * largest files shrink to a twentieth; empty columns by the thousand make it a hundredth.
 */
const LARGEST_RATIO = 250
const ALWAYS_ALLOWED = 1 << 30

/**
 * `onRead` is told how many of the object's bytes (compressed, as progress counts them) were read; what it throws ends the reading.
 * Throws ERR_NOT_FOUND, and ERR_INVALID_CSV for an archive that is damaged or does not hold just one file of rows; the damage may also
 * be found while `bytes` is read.
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
  // The third is an archive without files.
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
        `unpacked, the file is more than ${LARGEST_RATIO} times as large as it was uploaded, which no list of people is: if it is one, unpack it and upload that`,
      )
    yield chunk
  }
}
