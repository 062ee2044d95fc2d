/**
 * Decodes bytes to text. UTF-16 is detected by its byte-order mark or, without one, by its zero bytes. Anything else is
 * decoded line by line: as UTF-8 if the line is valid UTF-8, otherwise in the encoding that the beginning of the file shows,
 * which is usually Windows-1252. Files concatenated from two encodings are thus read correctly.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { ConnectraError } from '../errors.ts'
import { detectEncoding } from './text/detect.ts'
import {
  completeEnd,
  cutUtf8,
  type Decoder,
  legacyOf,
  lineDecoder,
  pieceEnd,
  startsWithMark,
  windows1252,
} from './text/line-decoder.ts'
import { looksDecodedTwice, undoDecodedTwice } from './text/twice.ts'

/**
 * The name of an encoding (text/encodings.ts), or `utf-8 with BOM`; `mixed`: some lines are UTF-8, others Windows-1252;
 * `utf-8 twice`: UTF-8 that was read as Windows-1252 and encoded again. Plain ASCII counts as UTF-8.
 */
export type Encoding = string

/** The text of a file, in portions. Can be read once. */
export interface DecodedText extends AsyncIterable<string> {
  /** The encoding of the part that has been read. */
  encoding(): Encoding
  /** U+FFFD in the text stands for bytes that have no character in the encoding. */
  marksUndecodable(): boolean
  /** The encodings that the beginning of the file does not tell apart; null if the encoding is clear. */
  doubt(): readonly string[] | null
}

type Unit = 'utf-8' | 'utf-16le' | 'utf-16be'

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
 * Decodes a file. `named`: its encoding, if it is known; a byte-order mark overrides it. NUL characters are removed, as
 * PostgreSQL cannot store them. Byte-order marks are removed at the start of every line, as concatenated files have several.
 * Memory is bounded for any input. The text does not depend on how the bytes are cut into chunks, so an offset in it always
 * means the same place. Reading throws ERR_INVALID_CSV for other formats.
 */
export function decode(chunks: AsyncIterable<Uint8Array>, named: string | null = null): DecodedText {
  let decoder: Decoder | null = null
  async function* decoded(): AsyncGenerator<string> {
    const parts: Uint8Array[] = []
    let length = 0
    for await (const chunk of chunks) {
      if (decoder === null) {
        parts.push(chunk)
        length += chunk.length
        if (length < HEAD) continue
        const head = Buffer.concat(parts)
        decoder = openDecoder(head.subarray(0, HEAD), false, named)
        yield clean(decoder.push(head, false))
      } else yield clean(decoder.push(chunk, false))
    }
    const rest = decoder === null ? Buffer.concat(parts) : new Uint8Array()
    decoder ??= openDecoder(rest, true, named)
    yield clean(decoder.push(rest, true))
  }
  const text = decoded()
  return {
    [Symbol.asyncIterator]: () => text,
    encoding: () => decoder?.encoding() ?? 'utf-8',
    marksUndecodable: () => decoder?.marksUndecodable ?? false,
    doubt: () => decoder?.doubt ?? null,
  }
}

/** Bytes used to detect the encoding. */
const HEAD = 1 << 20

function clean(text: string): string {
  return text.includes('\0') ? text.replace(NULS, '') : text
}

/** Matches runs, because replacing single characters takes 100 ns each. */
const NULS = /\0+/g

/** `isWhole`: the head is the whole file. */
function openDecoder(head: Uint8Array, isWhole: boolean, named: string | null): Decoder {
  refuseOtherFormats(head)
  const marked = startsWithMark(head)
  const unit = detectUnit(head)
  if (!marked && named !== null && !startsWithUtf16Mark(head)) return openNamed(named)
  if (unit !== 'utf-8') return streamDecoder(unit)
  if (isIso2022Jp(head)) return streamDecoder('iso-2022-jp')
  const sample = Buffer.from(head.buffer, head.byteOffset, isWhole ? head.length : completeEnd(head))
  if (isUtf8(sample)) return isDecodedTwice(sample) ? twiceDecoder() : lineDecoder({ marked })
  return openLegacy(sample, marked)
}

/** The escape sequences that begin Japanese text. */
const ISO_2022_JP = ['\x1b$B', '\x1b$@']

/** All its bytes are ASCII: such a sequence in a file with other bytes belongs to a value. */
function isIso2022Jp(head: Uint8Array): boolean {
  return isAscii(head) && ISO_2022_JP.some(start => Buffer.from(head).includes(start))
}

function openNamed(encoding: string): Decoder {
  if (encoding.startsWith('utf-16') || encoding === 'iso-2022-jp')
    return { ...streamDecoder(encoding), marksUndecodable: true }
  return lineDecoder({ marked: false, legacy: legacyOf(encoding), isStrict: true })
}

/** `sample`: the beginning of a file that is not UTF-8, in whole lines. */
function openLegacy(sample: Buffer, marked: boolean): Decoder {
  const other: Buffer[] = []
  let [otherLines, utf8Lines, length] = [0, 0, 0]
  for (let start = 0; start < sample.length && length < ENOUGH; ) {
    const end = pieceEnd(sample, start, cutUtf8)
    const line = sample.subarray(start, end)
    start = end
    if (isAscii(line)) continue
    if (isUtf8(line)) utf8Lines++
    else {
      otherLines++
      length += line.length
      other.push(line)
    }
  }
  // A few other lines in a file of UTF-8 do not show their encoding, and are mostly Windows-1252.
  if (utf8Lines >= otherLines) return lineDecoder({ marked })
  const detected = detectEncoding(Buffer.concat(other))
  if (!('encoding' in detected)) return { ...lineDecoder({ marked }), doubt: detected.candidates }
  if (detected.encoding === windows1252.encoding) return lineDecoder({ marked })
  // A line with one or two Chinese characters may be valid UTF-8 by chance.
  const legacy = legacyOf(detected.encoding)
  return lineDecoder({ marked, legacy, legacyFirst: legacy.isMultiByte && !marked && utf8Lines < otherLines / 2 })
}

/** Bytes of lines that are not UTF-8. More do not help to detect their encoding. */
const ENOUGH = 1 << 16

function isDecodedTwice(sample: Buffer): boolean {
  if (isAscii(sample)) return false
  const text = sample.toString('utf8')
  if (!looksDecodedTwice(text)) return false
  return text.split(/[\r\n]+/).every(line => ASCII.test(line) || undoDecodedTwice(line) !== null)
}

const ASCII = /^[\0-\x7f\ufeff]*$/

function twiceDecoder(): Decoder {
  const lines = lineDecoder({ marked: false })
  return {
    push: (bytes, last) => lines.push(bytes, last).replaceAll(/[^\r\n]+/g, restoreLine),
    encoding: () => 'utf-8 twice',
    marksUndecodable: false,
    doubt: null,
  }
}

function restoreLine(line: string): string {
  return undoDecodedTwice(line)?.replace(/^\ufeff/, '') ?? line
}

function streamDecoder(encoding: string): Decoder {
  const text = new TextDecoder(encoding)
  return {
    push: (bytes, last) => text.decode(bytes, { stream: !last }),
    encoding: () => encoding,
    marksUndecodable: false,
    doubt: null,
  }
}

function startsWithUtf16Mark(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
}
