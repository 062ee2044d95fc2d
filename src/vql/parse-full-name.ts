/** Conditions on the full name of contacts, made of conditions on its parts. */
import { FULL_NAME_PARTS } from '../fields.ts'
import { and, not, or } from './conditions.ts'
import type { Condition, Leaf, MatchLeaf } from './query.ts'

const [FIRST, LAST] = FULL_NAME_PARTS

/** Each word is in one of the names. */
export function matchesFullName({ words, operator, fuzzy }: MatchLeaf): Condition {
  const found = words.map(word => inEither(field => ({ type: 'match', field, words: [word], operator: 'and', fuzzy })))
  return (operator === 'and' ? and(found) : or(found))!
}

/** Each part is in a word of one of the names. */
export function containsInFullName(parts: readonly string[]): Condition {
  return and(parts.map(part => inEither(field => ({ type: 'substring', field, parts: [part] }))))!
}

/** The whole name is `folded`: it is split at every space, or one of the names is missing. */
export function equalsFullName(folded: string): Condition {
  const ways: Condition[] = [[FIRST, LAST] as const, [LAST, FIRST] as const].map(
    ([only, missing]) => and([equals(only, folded), not(Object.freeze({ type: 'exists', field: missing }))])!,
  )
  for (const { index } of folded.matchAll(/ /g)) {
    ways.push(and([equals(FIRST, folded.slice(0, index)), equals(LAST, folded.slice(index + 1))])!)
  }
  return or(ways)!
}

function equals(field: typeof FIRST, value: string): Condition {
  return Object.freeze({ type: 'terms', field, values: Object.freeze([value]) })
}

function inEither(leaf: (field: typeof FIRST) => Leaf): Condition {
  return or(FULL_NAME_PARTS.map(field => Object.freeze(leaf(field))))!
}
