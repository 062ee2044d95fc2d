/** How much one query may ask for: far above what people and front ends send, far below what could stall a node. */
import { ConnectraError } from '../errors.ts'

export interface QueryLimits {
  /** Conditions of all kinds together. */
  readonly clauses: number
  /** Values of keyword_match in all. */
  readonly values: number
  /**
   * UTF-16 units of all texts to match and to search, those that are not ASCII eightfold: folding a million takes up to 0.1 s of
   * ASCII, 0.6 s of others.
   */
  readonly characters: number
  /** Words of text_matches in all. */
  readonly words: number
  /** Those of them that are searched with typing errors: each takes milliseconds in a large dictionary. */
  readonly fuzzyWords: number
  /** Levels of `where` within `where`. */
  readonly depth: number
  /** Code points of a text_value: no stored value is longer. */
  readonly textLength: number
  /** Entries of order_by. */
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
  clauses: 'conditions; send fewer',
  values: 'values to match; split the query',
  characters: 'characters in its values (those that are not ASCII count eightfold); split the query',
  words: 'words to search; search for fewer',
  fuzzyWords: 'words to search with typing errors; search for fewer, or without `fuzzy`',
  depth: 'levels of nesting; nest less',
  textLength: 'characters in a text to search; shorten it',
  orders: 'fields to order by; give fewer',
}

type Spent = 'clauses' | 'values' | 'characters' | 'words' | 'fuzzyWords'

/** What the query being parsed has used of its limits so far. */
export interface Budget {
  /** Throws ERR_QUERY_TOO_COMPLEX when all that was spent of `limit` passes it. */
  spend(limit: Spent, amount: number, path: string): void
  /** Throws ERR_QUERY_TOO_COMPLEX when `amount` alone passes the limit. */
  check(limit: keyof QueryLimits, amount: number, path: string): void
}

export function openBudget(limits: QueryLimits): Budget {
  const spent: Record<Spent, number> = { clauses: 0, values: 0, characters: 0, words: 0, fuzzyWords: 0 }
  function check(limit: keyof QueryLimits, amount: number, path: string): void {
    if (amount <= limits[limit]) return
    throw new ConnectraError('ERR_QUERY_TOO_COMPLEX', `${path}: a query has at most ${limits[limit]} ${ADVICE[limit]}`)
  }
  return {
    check,
    spend(limit, amount, path) {
      spent[limit] += amount
      check(limit, spent[limit], path)
    },
  }
}

/** What a text spends of `characters`. */
export function charactersOf(text: string): number {
  let count = text.length
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) > 0x7f) count += 7
  return count
}
