/** The rules for values that are stored as written but mean the same in any case: names of people and places. Pure. */
import { hasBothCases } from '../../text/case.ts'
import { lowerCase } from './clean.ts'

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
