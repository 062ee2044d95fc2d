/** Decompresses streams: gzip files, and entries of zip archives. */
import { pipeline, Readable } from 'node:stream'
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib'
import { ConnectraError } from '../errors.ts'

const OPTIONS = { chunkSize: 1 << 16 }

/** The content of a gzip file of one or more members. Throws ERR_INVALID_CSV if it is damaged or truncated. Passes errors of `compressed` on. */
export async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let read = 0
  /** Bytes up to the last one that is not zero: some tools pad a file with zeros. */
  let filled = 0
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of compressed) {
      const last = chunk.findLastIndex(byte => byte !== 0)
      if (last >= 0) filled = read + last + 1
      read += chunk.length
      yield chunk
    }
  }
  const decoder = createGunzip(OPTIONS)
  yield* expand(watched(), decoder)
  // The decoder stops at a zero after a member, whatever follows.
  if (filled > decoder.bytesWritten) throw damaged()
}

/** The same for raw deflated bytes, without a header. */
export function inflate(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return expand(compressed, createInflateRaw(OPTIONS))
}

async function* expand(
  compressed: AsyncIterable<Uint8Array>,
  decoder: Gunzip | InflateRaw,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(compressed)
  const piped = new Promise<void>(resolve => pipeline(source, decoder, () => resolve()))
  try {
    yield* decoder
    await piped
  } catch (error) {
    throw isDamage(error) ? damaged() : error
  } finally {
    source.destroy()
    decoder.destroy()
  }
}

function isDamage(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('Z_')
}

export function damaged(): ConnectraError {
  return new ConnectraError(
    'ERR_INVALID_CSV',
    'the compressed file is damaged or truncated: compress and upload it again, and import that file. Rows before the damage may already be stored, and remain so',
  )
}
