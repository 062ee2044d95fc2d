/** Decodes text line by line: as UTF-8 if the line is valid UTF-8, otherwise in another encoding. */
import { isAscii, isUtf8 } from 'node:buffer'
import { type Decode, decoderOf, isMultiByte, UNDECODABLE } from './encodings.ts'

const LF = 10
const CR = 13
/** In bytes. A longer line is decoded in pieces of this length, to bound memory. */
const MAX_PIECE = 1 << 20

export interface Decoder {
  push(bytes: Uint8Array, last: boolean): string
  encoding(): string
  readonly marksUndecodable: boolean
  readonly doubt: readonly string[] | null
}

/** The encoding of the lines that are not UTF-8. */
export interface Legacy {
  readonly encoding: string
  readonly decode: Decode
  readonly isMultiByte: boolean
}

export function legacyOf(encoding: string): Legacy {
  return { encoding, decode: decoderOf(encoding), isMultiByte: isMultiByte(encoding) }
}

export function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

export const windows1252: Legacy = legacyOf('windows-1252')

interface LineEncodings {
  /** The file begins with a byte-order mark. */
  readonly marked: boolean
  readonly legacy?: Legacy
  /** Lines that are valid in both are not UTF-8. */
  readonly legacyFirst?: boolean
  /** No line is in another encoding. */
  readonly isStrict?: boolean
}

export function lineDecoder({
  marked,
  legacy = windows1252,
  legacyFirst = false,
  isStrict = false,
}: LineEncodings): Decoder {
  /**
   * Chunks without the end of a line. They are joined once a line or piece is complete, so a long line is copied only
   * once.
   */
  let pending: Buffer[] = []
  let pendingLength = 0
  let hasUtf8 = marked
  let hasLegacy = false
  const cut = legacy.isMultiByte ? cutMultiByte : cutUtf8
  const decodeLines = isStrict ? legacy.decode : legacyFirst ? decodeLegacyFirst : decodeUtf8First
  return {
    encoding,
    marksUndecodable: legacy !== windows1252,
    doubt: null,
    push(chunk, last) {
      const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      if (!last && pendingLength + added.length <= MAX_PIECE && linesEnd(added) === 0) {
        keep(added)
        return ''
      }
      const bytes = pendingLength === 0 ? added : Buffer.concat([...pending, added])
      const end = last ? bytes.length : decodableEnd(bytes, cut)
      pending = []
      pendingLength = 0
      keep(bytes.subarray(end))
      return decodeLines(bytes.subarray(0, end))
    },
  }

  function encoding(): string {
    if (legacy !== windows1252) return legacy.encoding
    if (hasLegacy) return hasUtf8 ? 'mixed' : legacy.encoding
    return marked ? 'utf-8 with BOM' : 'utf-8'
  }

  /** Copies the bytes, because a view would keep the whole chunk in memory. */
  function keep(bytes: Buffer): void {
    pending.push(Buffer.from(bytes))
    pendingLength += bytes.length
  }

  function decodeUtf8First(bytes: Buffer): string {
    if (isUtf8(bytes)) {
      hasUtf8 ||= !isAscii(bytes)
      const text = bytes.toString('utf8')
      if (!text.includes('\ufeff')) return text
    }
    return decodeEach(bytes, piece => {
      if (isUtf8(piece)) {
        hasUtf8 ||= !isAscii(piece)
        return piece.toString('utf8')
      }
      hasLegacy = true
      return legacy.decode(piece)
    })
  }

  function decodeLegacyFirst(bytes: Buffer): string {
    const text = legacy.decode(bytes)
    if (!text.includes(UNDECODABLE)) return text
    return decodeEach(bytes, piece => {
      const line = legacy.decode(piece)
      return line.includes(UNDECODABLE) && isUtf8(piece) ? piece.toString('utf8') : line
    })
  }

  function decodeEach(bytes: Buffer, decodePiece: (piece: Buffer) => string): string {
    let text = ''
    for (let start = 0; start < bytes.length; ) {
      const end = pieceEnd(bytes, start, cut)
      const piece = bytes.subarray(start, end)
      text += decodePiece(startsWithMark(piece) ? piece.subarray(3) : piece)
      start = end
    }
    return text
  }
}

/**
 * The end of the last complete line. If more than MAX_PIECE bytes follow it, the end of the last complete piece of
 * those.
 */
function decodableEnd(bytes: Buffer, cut: Cut): number {
  let end = linesEnd(bytes)
  while (bytes.length - end > MAX_PIECE) end = pieceEnd(bytes, end, cut)
  return end
}

/** The end of the part of the sample that ends with a whole line or, without one, with a whole character. */
export function completeEnd(head: Uint8Array): number {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  return linesEnd(bytes) || cutUtf8(bytes, bytes.length - 1)
}

function linesEnd(bytes: Buffer): number {
  return Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
}

/** The end of the line that begins at `start`, or of its first piece if it is too long. */
export function pieceEnd(bytes: Buffer, start: number, cut: Cut): number {
  const end = lineEnd(bytes, start)
  return end - start <= MAX_PIECE ? end : cut(bytes, start + MAX_PIECE)
}

/** An offset at or before `at` that is not within a character. */
type Cut = (bytes: Buffer, at: number) => number

export function cutUtf8(bytes: Buffer, at: number): number {
  for (let cut = at; cut > at - 4; cut--) if ((bytes[cut]! & 0xc0) !== 0x80) return cut
  return at
}

/** In bytes. */
const LOOK_BACK = 4096

/** Bytes below `0` are never part of another character. */
function cutMultiByte(bytes: Buffer, at: number): number {
  for (let cut = at; cut > at - LOOK_BACK; cut--) if (bytes[cut - 1]! < 0x30) return cut
  return at
}

/** Does not look far beyond the line: `indexOf` would look through all of a file of short lines for each of them. */
function lineEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LF) return at + 1
    if (byte === CR) return bytes[at + 1] === LF ? at + 2 : at + 1
  }
  return bytes.length
}
