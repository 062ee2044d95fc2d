/** The rules for values that are stored as written but mean the same in any case: names of people and places. Pure. */
import { lowerCase } from './clean.ts'

/**
 * Small letters that also stand in a spelling in capitals: ß, as in GIEßEN, whose capital is SS; and those of Georgian, whose
 * capitals are not used in names.
 */
const SMALL_AMONG_CAPITALS = /[ßა-ჺჽ-ჿ]/g

/** Whether the text has both a capital and a small letter, as somebody writes who takes care. */
export function hasBothCases(text: string): boolean {
  const cased = text.replace(SMALL_AMONG_CAPITALS, '')
  return text !== lowerCase(text) && cased !== cased.toUpperCase()
}

/** Whether the texts are the same except for their case. */
export function areSameButCase(a: string, b: string): boolean {
  return a === b || lowerCase(a) === lowerCase(b)
}

/**
 * Whether `stored` stays although `incoming` has another case. Only a spelling with both cases replaces one without: John
 * replaces JOHN and john, and nothing replaces John. records/case-sql.ts has the same rule.
 */
export function keepsSpelling(stored: string, incoming: string): boolean {
  return areSameButCase(stored, incoming) && (hasBothCases(stored) || !hasBothCases(incoming))
}
