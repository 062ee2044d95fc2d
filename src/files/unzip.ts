/** Reads the one file of rows in a zip archive, by byte ranges of the object. */
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { ConnectraError } from '../errors.ts'
import { damaged, inflate } from './inflate.ts'
import type { ObjectStore } from './object-store.ts'
import { chooseFile, type NamedEntry, nameOf } from './zip-entries.ts'

export interface OpenZip {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Stops reading immediately. */
  close(): void
}

/** An archive with more files is rejected. */
const MAX_FILES = 1000
/** The directory of an archive has two small records per file, so it is read in larger portions (bytes). */
const PORTION = 1 << 16

/** `onRead` is called with the number of bytes read from the object. Throws ERR_INVALID_CSV, also later while damaged bytes are read. */
export async function openZip(store: ObjectStore, key: string, onRead: (bytes: number) => void): Promise<OpenZip> {
  const size = (await store.size(key)) ?? 0
  const reader = new StoreReader(store, key, size)
  let stream: Readable | null = null
  try {
    const zip = await fromRandomAccessReaderPromise(reader, size, { autoClose: false, decodeStrings: false })
    zip.on('error', () => {})
    const entry = chooseFile(await readEntries(zip))
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    zip.close()
    const end = fileDataStart + entry.compressedSize
    if (end > size) throw damaged()
    return {
      bytes: checked(
        entry,
        entry.compressionMethod === 0 ? range(fileDataStart, end) : inflate(range(fileDataStart, end)),
      ),
      close: () => stream?.destroy(),
    }
  } catch (error) {
    if (reader.failure !== null) throw reader.failure
    throw error instanceof ConnectraError ? error : damaged()
  }

  async function* range(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (start === end) return
    stream = await store.get(key, { start, end: end - 1 })
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      onRead(chunk.length)
      yield chunk
    }
  }
}

async function readEntries(zip: ZipFile): Promise<NamedEntry[]> {
  if (zip.entryCount > MAX_FILES)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the zip archive contains ${zip.entryCount} files: unpack it and upload only the CSV file`,
    )
  const entries: NamedEntry[] = []
  for await (const entry of zip.eachEntry()) entries.push({ entry, name: nameOf(entry) })
  return entries
}

/** Checks the size and the CRC-32 that a zip archive states for each file; the decoder checks neither. */
async function* checked(entry: Entry, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  let sum = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > entry.uncompressedSize) throw damaged()
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (size !== entry.uncompressedSize || sum !== entry.crc32) throw damaged()
}

/** Lets the library read the directory from the store. An error of the store is not reported as damage of the archive. */
class StoreReader extends RandomAccessReader {
  failure: unknown = null
  readonly #store: ObjectStore
  readonly #key: string
  readonly #size: number
  #portion = { start: 0, bytes: Buffer.alloc(0) }

  constructor(store: ObjectStore, key: string, size: number) {
    super()
    this.#store = store
    this.#key = key
    this.#size = size
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    if (position + length > this.#size) {
      done(damaged())
      return
    }
    this.#bytes(position, length).then(
      bytes => {
        bytes.copy(target, offset)
        done(null)
      },
      (error: Error) => {
        this.failure = error
        done(error)
      },
    )
  }

  async #bytes(start: number, length: number): Promise<Buffer> {
    const end = start + length
    if (start < this.#portion.start || end > this.#portion.start + this.#portion.bytes.length) {
      const last = Math.min(Math.max(end, start + PORTION), this.#size) - 1
      this.#portion = { start, bytes: await buffer(await this.#store.get(this.#key, { start, end: last })) }
    }
    return this.#portion.bytes.subarray(start - this.#portion.start, end - this.#portion.start)
  }
}
