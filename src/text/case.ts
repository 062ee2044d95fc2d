/** Whether a text is spelled with capitals and small letters, as somebody writes who takes care. */
import { isAscii } from './fold.ts'

/**
 * Small letters that also stand in a spelling in capitals: ß, as in GIEßEN, whose capital is SS; and those of Georgian, whose
 * capitals are not used in names.
 */
const SMALL_AMONG_CAPITALS = /[ßა-ჺჽ-ჿ]/g

export function hasBothCases(text: string): boolean {
  if (isAscii(text)) return /[a-z]/.test(text) && /[A-Z]/.test(text)
  const cased = text.replace(SMALL_AMONG_CAPITALS, '')
  return text !== text.toLowerCase() && cased !== cased.toUpperCase()
}

/** The same for a text in UTF-8, without creating a string if it is ASCII. */
export function haveBothCases(bytes: Buffer, start: number, end: number): boolean {
  let small = false
  let capital = false
  for (let place = start; place < end; place++) {
    const code = bytes[place]!
    if (code > 0x7f) return hasBothCases(bytes.toString('utf8', start, end))
    small ||= code >= 0x61 && code <= 0x7a
    capital ||= code >= 0x41 && code <= 0x5a
  }
  return small && capital
}
