/** The limits of a query: far above what people and front ends send, far below what could stall the server. */
import { ConnectraError } from '../errors.ts'

export interface QueryLimits {
  /** The total number of conditions. */
  readonly clauses: number
  /** The total number of keyword_match values. */
  readonly values: number
  /**
   * The total length of all values and texts in UTF-16 code units, where each unit that is not ASCII counts as eight. Folding a
   * million takes up to 0.1 s for ASCII and 0.6 s for other characters.
   */
  readonly characters: number
  /** The total number of words in text_matches. */
  readonly words: number
  /** The number of words of fuzzy matches. Each takes milliseconds in a large dictionary. */
  readonly fuzzyWords: number
  /** The number of nested `where` levels. */
  readonly depth: number
  /** The length of a text_value in code points. No stored value is longer. */
  readonly textLength: number
  /** The number of entries in order_by. */
  readonly orders: number
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = Object.freeze({
  clauses: 200,
  values: 10_000,
  characters: 1_000_000,
  words: 2_000,
  fuzzyWords: 128,
  depth: 32,
  textLength: 8_000,
  orders: 32,
})

const ADVICE: Readonly<Record<keyof QueryLimits, string>> = {
  clauses: 'conditions; use fewer',
  values: 'values to match; split the query',
  characters: 'characters in its values (each that is not ASCII counts as eight); split the query',
  words: 'words to search for; use fewer',
  fuzzyWords: 'words to search for with typing errors; use fewer, or leave out `fuzzy`',
  depth: 'levels of nesting; use fewer',
  textLength: 'characters in a text to search for; shorten it',
  orders: 'fields to order by; use fewer',
}

type Spent = 'clauses' | 'values' | 'characters' | 'words' | 'fuzzyWords'

/** How much of its limits a query has used while it is being parsed. */
export interface Budget {
  /** Adds `amount` to the use of a limit. Throws ERR_QUERY_TOO_COMPLEX if the sum exceeds it. */
  spend(limit: Spent, amount: number, path: string): void
  /** Throws ERR_QUERY_TOO_COMPLEX if `amount` alone exceeds the limit. */
  check(limit: keyof QueryLimits, amount: number, path: string): void
}

export function openBudget(limits: QueryLimits): Budget {
  const spent: Record<Spent, number> = { clauses: 0, values: 0, characters: 0, words: 0, fuzzyWords: 0 }
  function check(limit: keyof QueryLimits, amount: number, path: string): void {
    if (amount <= limits[limit]) return
    const message = `${path}: a query can have at most ${limits[limit]} ${ADVICE[limit]}`
    throw new ConnectraError('ERR_QUERY_TOO_COMPLEX', message)
  }
  return {
    check,
    spend(limit, amount, path) {
      spent[limit] += amount
      check(limit, spent[limit], path)
    },
  }
}

/** How much of the limit `characters` a text uses. */
export function charactersOf(text: string): number {
  let count = text.length
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) > 0x7f) count += 7
  return count
}

/** Spends what a text to search for uses of the limits. */
export function spendText(budget: Budget, text: string, path: string): void {
  budget.check('textLength', lengthOf(text), path)
  budget.spend('characters', charactersOf(text), path)
}

/** In code points. */
function lengthOf(text: string): number {
  let length = text.length
  for (let place = 0; place < text.length; place++) if (text.codePointAt(place)! > 0xffff) length--
  return length
}
