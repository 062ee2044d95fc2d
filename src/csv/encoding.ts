/**
 * Bytes to text. UTF-16 is told by its byte-order mark or, without one, by its zero bytes. Anything else is read line by
 * line: a line that is valid UTF-8 is UTF-8, another is Windows-1252, so that files glued together from both survive.
 */
import { isUtf8 } from 'node:buffer'
import { ConnectraError } from '../errors.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

const LF = 10
const CR = 13
/** A line longer than this (bytes) is decoded in pieces, so that memory stays bounded. */
const MAX_PENDING = 1 << 20

export function detectEncoding(sample: Uint8Array): Encoding {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  const pairs = Math.floor(Math.min(sample.length, 4096) / 2)
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs; i++) {
    if (sample[2 * i] === 0) even++
    if (sample[2 * i + 1] === 0) odd++
  }
  // The header, delimiters and line breaks are ASCII, and half of an ASCII character of UTF-16 is zero: always the same half.
  if (odd > pairs / 5 && even < odd / 10) return 'utf-16le'
  if (even > pairs / 5 && odd < even / 10) return 'utf-16be'
  return 'utf-8'
}

/** What people upload in the place of a CSV file, by its first bytes (latin1). */
const OTHER_FORMATS = [
  ['PK\x03\x04', 'an Excel workbook or a zip archive'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook'],
  ['\x1f\x8b', 'compressed by gzip'],
  ['%PDF-', 'a PDF'],
] as const

function refuseOtherFormats(head: Uint8Array): void {
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1')
  const other = OTHER_FORMATS.find(([magic]) => start.startsWith(magic))
  if (other !== undefined)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the file is ${other[1]}, no CSV: export it as CSV (UTF-8) and upload that`,
    )
}

/**
 * The text of a file, without its byte-order mark and without NUL characters, which no database stores; in portions,
 * with memory bounded whatever the bytes are. Throws ERR_INVALID_CSV for a file of another format.
 */
export async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const text of decodeBytes(chunks)) yield text.includes('\0') ? text.replaceAll('\0', '') : text
}

async function* decodeBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array()
  let push: ((bytes: Uint8Array, last: boolean) => string) | null = null
  for await (const chunk of chunks) {
    if (push === null) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      if (head.length < 4096) continue
      push = openDecoder(head)
      yield push(head, false)
    } else yield push(chunk, false)
  }
  if (push === null) yield openDecoder(head)(head, true)
  else yield push(new Uint8Array(), true)
}

function openDecoder(head: Uint8Array): (bytes: Uint8Array, last: boolean) => string {
  refuseOtherFormats(head)
  const encoding = detectEncoding(head)
  if (encoding === 'utf-8') return lineDecoder()
  const text = new TextDecoder(encoding)
  return (bytes, last) => text.decode(bytes, { stream: !last })
}

function lineDecoder(): (bytes: Uint8Array, last: boolean) => string {
  let pending: Buffer = Buffer.alloc(0)
  let first = true
  return (chunk, last) => {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (pending.length > 0) bytes = Buffer.concat([pending, bytes])
    const end = last ? bytes.length : decodableEnd(bytes)
    pending = bytes.subarray(end)
    const text = decodeLines(bytes.subarray(0, end))
    if (!first || text === '') return text
    first = false
    return text.startsWith('\ufeff') ? text.slice(1) : text
  }
}

/** Where the last whole line ends; in a line beyond all bounds, where its last whole character does. */
function decodableEnd(bytes: Buffer): number {
  const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
  if (end > 0 || bytes.length < MAX_PENDING) return end
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return bytes.length - back
    if (byte < 0x80) break
  }
  return bytes.length
}

function decodeLines(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  let text = ''
  for (let start = 0; start < bytes.length; ) {
    const end = lineEnd(bytes, start)
    const line = bytes.subarray(start, end)
    text += isUtf8(line) ? line.toString('utf8') : windows1252(line)
    start = end
  }
  return text
}

function lineEnd(bytes: Buffer, start: number): number {
  const lf = bytes.indexOf(LF, start)
  if (lf >= 0) return lf + 1
  const cr = bytes.indexOf(CR, start)
  return cr < 0 ? bytes.length : cr + 1
}

const windows1252Decoder = new TextDecoder('windows-1252')

function windows1252(bytes: Buffer): string {
  return windows1252Decoder.decode(bytes)
}
