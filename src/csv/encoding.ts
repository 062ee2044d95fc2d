/**
 * Decodes bytes to text. UTF-16 is detected by its byte-order mark or, without one, by its zero bytes. Anything else is
 * decoded line by line: as UTF-8 if the line is valid UTF-8, otherwise as Windows-1252. Files concatenated from both
 * encodings are thus read correctly.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { ConnectraError } from '../errors.ts'

/** `mixed`: some lines are UTF-8, others Windows-1252. Plain ASCII counts as UTF-8. */
export type Encoding = 'utf-8' | 'utf-8 with BOM' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'mixed'

/** The text of a file, in portions. Can be read once. */
export interface DecodedText extends AsyncIterable<string> {
  /** The encoding of the part that has been read. */
  encoding(): Encoding
}

type Unit = 'utf-8' | 'utf-16le' | 'utf-16be'

const LF = 10
const CR = 13
/** In bytes. A longer line is decoded in pieces of this length, to bound memory. */
const MAX_PIECE = 1 << 20

export function detectUnit(sample: Uint8Array): Unit {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  const pairs = Math.floor(Math.min(sample.length, 4096) / 2)
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs; i++) {
    if (sample[2 * i] === 0) even++
    if (sample[2 * i + 1] === 0) odd++
  }
  // Headers, delimiters and line breaks are ASCII. In UTF-16 one byte of an ASCII character is zero, always on the same side.
  if (odd > pairs / 5 && even < odd / 10) return 'utf-16le'
  if (even > pairs / 5 && odd < even / 10) return 'utf-16be'
  return 'utf-8'
}

/**
 * Formats that people upload instead of CSV, by their first bytes (latin1). Archives are unpacked before this point, so the
 * first two are archives inside an archive.
 */
const OTHER_FORMATS: readonly (readonly [what: string, ...starts: string[]])[] = [
  ['a zip archive or an Excel workbook', 'PK\x03\x04'],
  ['compressed twice', '\x1f\x8b'],
  ['an old Excel workbook', '\xd0\xcf\x11\xe0'],
  ['a PDF', '%PDF-'],
  ['compressed, but not with gzip or zip', 'BZh', '\xfd7zXZ', '7z\xbc\xaf', 'Rar!', '\x28\xb5\x2f\xfd'],
]
const WEB_PAGE = /^(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml)/i

function refuseOtherFormats(head: Uint8Array): void {
  const start = Buffer.from(head.subarray(0, 64)).toString('latin1')
  const other = OTHER_FORMATS.find(([, ...starts]) => starts.some(one => start.startsWith(one)))
  const what = other?.[0] ?? (WEB_PAGE.test(start) ? 'a web page or XML' : null)
  if (what !== null)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the file is ${what}, not CSV: export it as CSV (UTF-8) and upload that`,
    )
}

/**
 * Decodes a file. NUL characters are removed, as PostgreSQL cannot store them. Byte-order marks are removed at the start
 * of every line, as concatenated files have several. Memory is bounded for any input. The text does not depend on how the
 * bytes are cut into chunks, so an offset in it always means the same place. Reading throws ERR_INVALID_CSV for other formats.
 */
export function decode(chunks: AsyncIterable<Uint8Array>): DecodedText {
  let encoding: () => Encoding = () => 'utf-8'
  async function* decoded(): AsyncGenerator<string> {
    let head: Uint8Array = new Uint8Array()
    let decoder: Decoder | null = null
    for await (const chunk of chunks) {
      if (decoder === null) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        if (head.length < HEAD) continue
        decoder = openDecoder(head)
        encoding = decoder.encoding
        yield clean(decoder.push(head, false))
      } else yield clean(decoder.push(chunk, false))
    }
    const last = decoder ?? openDecoder(head)
    encoding = last.encoding
    yield clean(last.push(decoder === null ? head : new Uint8Array(), true))
  }
  const text = decoded()
  return { [Symbol.asyncIterator]: () => text, encoding: () => encoding() }
}

/** Bytes needed to detect the encoding. */
const HEAD = 4096

function clean(text: string): string {
  return text.includes('\0') ? text.replace(NULS, '') : text
}

/** Matches runs, because replacing single characters takes 100 ns each. */
const NULS = /\0+/g

interface Decoder {
  push(bytes: Uint8Array, last: boolean): string
  encoding(): Encoding
}

function openDecoder(head: Uint8Array): Decoder {
  refuseOtherFormats(head)
  const unit = detectUnit(head)
  if (unit === 'utf-8') return lineDecoder(startsWithMark(head))
  const text = new TextDecoder(unit)
  return { push: (bytes, last) => text.decode(bytes, { stream: !last }), encoding: () => unit }
}

function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function lineDecoder(marked: boolean): Decoder {
  /**
   * Chunks without the end of a line. They are joined once a line or piece is complete, so a long line is copied only
   * once.
   */
  let pending: Buffer[] = []
  let pendingLength = 0
  let hasUtf8 = marked
  let hasWindows1252 = false
  return {
    encoding: () => (hasWindows1252 ? (hasUtf8 ? 'mixed' : 'windows-1252') : marked ? 'utf-8 with BOM' : 'utf-8'),
    push(chunk, last) {
      const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      if (!last && pendingLength + added.length <= MAX_PIECE && linesEnd(added) === 0) {
        keep(added)
        return ''
      }
      const bytes = pendingLength === 0 ? added : Buffer.concat([...pending, added])
      const end = last ? bytes.length : decodableEnd(bytes)
      pending = []
      pendingLength = 0
      keep(bytes.subarray(end))
      return decodeLines(bytes.subarray(0, end))
    },
  }

  /** Copies the bytes, because a view would keep the whole chunk in memory. */
  function keep(bytes: Buffer): void {
    pending.push(Buffer.from(bytes))
    pendingLength += bytes.length
  }

  function decodeLines(bytes: Buffer): string {
    if (isUtf8(bytes)) {
      hasUtf8 ||= !isAscii(bytes)
      const text = bytes.toString('utf8')
      if (!text.includes('\ufeff')) return text
    }
    let text = ''
    for (let start = 0; start < bytes.length; ) {
      const end = pieceEnd(bytes, start)
      text += decodePiece(bytes.subarray(start, end))
      start = end
    }
    return text
  }

  function decodePiece(marked: Buffer): string {
    const piece = startsWithMark(marked) ? marked.subarray(3) : marked
    if (isUtf8(piece)) {
      hasUtf8 ||= !isAscii(piece)
      return piece.toString('utf8')
    }
    hasWindows1252 = true
    return windows1252.decode(piece)
  }
}

/**
 * The end of the last complete line. If more than MAX_PIECE bytes follow it, the end of the last complete piece of
 * those.
 */
function decodableEnd(bytes: Buffer): number {
  let end = linesEnd(bytes)
  while (bytes.length - end > MAX_PIECE) end = pieceEnd(bytes, end)
  return end
}

function linesEnd(bytes: Buffer): number {
  return Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
}

/**
 * The end of the line that begins at `start`, or of its first piece if it is too long. A piece does not cut a UTF-8
 * character.
 */
function pieceEnd(bytes: Buffer, start: number): number {
  const end = lineEnd(bytes, start)
  if (end - start <= MAX_PIECE) return end
  const cut = start + MAX_PIECE
  for (let at = cut; at > cut - 4; at--) if ((bytes[at]! & 0xc0) !== 0x80) return at
  return cut
}

function lineEnd(bytes: Buffer, start: number): number {
  const lf = bytes.indexOf(LF, start)
  const line = lf < 0 ? bytes.length : lf + 1
  const cr = bytes.subarray(start, line).indexOf(CR)
  if (cr < 0) return line
  const end = start + cr + 1
  return end === lf ? end + 1 : end
}

const windows1252 = new TextDecoder('windows-1252')
