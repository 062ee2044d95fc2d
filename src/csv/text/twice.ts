/** Repairs UTF-8 that was read as Windows-1252 and encoded again: `MÃ¼ller` instead of `Müller`. */
import { isUtf8 } from 'node:buffer'

/** The characters of the bytes 128 to 159 in Windows-1252. Undefined bytes are control characters. */
const SPECIAL = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, at) => 128 + at))
const CONTINUATION = `[${SPECIAL}\\u00a0-\\u00bf]`
/**
 * A character of two to four bytes, decoded twice. Scripts that are hardly used are left out, because their two characters
 * may be meant: `ß“`, `É©`.
 */
const TWICE = new RegExp(
  `[\\u00c2-\\u00c6\\u00c8\\u00cc-\\u00d3\\u00d7-\\u00db]${CONTINUATION}|[\\u00e0-\\u00ef]${CONTINUATION}{2}|[\\u00f0-\\u00f4]${CONTINUATION}{3}`,
)
const BYTES = new Map([...SPECIAL].map((character, at) => [character.charCodeAt(0), 128 + at]))

/** Takes a third of the time of the whole expression. */
const MAYBE_TWICE = new RegExp(`[\\u00c2-\\u00f4]${CONTINUATION}`)

export function looksDecodedTwice(text: string): boolean {
  return Buffer.byteLength(text) > text.length && MAYBE_TWICE.test(text) && TWICE.test(text)
}

/** The text as it was, or null if it was not decoded twice. */
export function undoDecodedTwice(text: string): string | null {
  if (!TWICE.test(text)) return null
  const bytes = Buffer.allocUnsafe(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const byte = code < 128 || (code >= 0xa0 && code < 0x100) ? code : BYTES.get(code)
    if (byte === undefined) return null
    bytes[at] = byte
  }
  return isUtf8(bytes) ? bytes.toString('utf8') : null
}
