/**
 * Compiles a condition into a query of OpenSearch. Everything is a filter, so nothing is scored. A query never relies on a limited
 * number of terms: words with typing errors, prefixes and substrings match as many as there are.
 */
import type { Service } from '../../../fields.ts'
import { allowedEdits } from '../../../text/distance.ts'
import type { Condition, MatchLeaf, PhoneLeaf, PhraseLeaf, RangeLeaf, SubstringLeaf } from '../../../vql/query.ts'
import { FULL_NAME_WORDS, isNumber, nameIn, termOf } from '../fields.ts'

export type Json = Readonly<Record<string, unknown>>

export function compileCondition(service: Service, condition: Condition): Json {
  switch (condition.type) {
    case 'all':
      return { match_all: {} }
    case 'none':
      return { match_none: {} }
    case 'and': {
      const excluded = condition.of.flatMap(part => (part.type === 'not' ? [compileCondition(service, part.of)] : []))
      const required = condition.of.flatMap(part => (part.type === 'not' ? [] : [compileCondition(service, part)]))
      return allOf(required, excluded)
    }
    case 'or':
      return anyOf(condition.of.map(part => compileCondition(service, part)))
    case 'not':
      return allOf([], [compileCondition(service, condition.of)])
    case 'terms':
      return termsIn(`${nameIn(service, condition.field)}.exact`, condition.values.map(termOf))
    case 'exists': {
      const name = nameIn(service, condition.field)
      return { exists: { field: isNumber(condition.field) ? name : `${name}.exact` } }
    }
    case 'range':
      return compileRange(nameIn(service, condition.field), condition)
    case 'match':
      return compileMatch(`${nameIn(service, condition.field)}.words`, condition)
    case 'phrase': {
      const path = condition.followedBy === undefined ? `${nameIn(service, condition.field)}.words` : FULL_NAME_WORDS
      return compilePhrase(path, condition)
    }
    case 'substring':
      return compileSubstring(nameIn(service, condition.field), condition)
    case 'phone':
      return compilePhone(nameIn(service, condition.field), condition)
  }
}

/**
 * Lucene's limit for the clauses of one `bool` is 1,024, unless the cluster has a higher one (cluster/clause-limit.ts). Longer ones
 * are nested.
 */
const MOST_CLAUSES = 1_000

/** All of `required` hold, and none of `excluded`. */
export function allOf(required: readonly Json[], excluded: readonly Json[] = []): Json {
  if (excluded.length === 0 && required.length === 1) return required[0]!
  if (required.length + excluded.length <= MOST_CLAUSES)
    return {
      bool: { ...(required.length > 0 && { filter: required }), ...(excluded.length > 0 && { must_not: excluded }) },
    }
  return allOf([...portions(required).map(part => allOf(part)), ...portions(excluded).map(part => allOf([], part))])
}

function anyOf(clauses: readonly Json[]): Json {
  if (clauses.length === 1) return clauses[0]!
  if (clauses.length > MOST_CLAUSES) return anyOf(portions(clauses).map(anyOf))
  return { bool: { should: clauses, minimum_should_match: 1 } }
}

function portions(clauses: readonly Json[]): (readonly Json[])[] {
  const count = Math.ceil(clauses.length / MOST_CLAUSES)
  return Array.from({ length: count }, (_, index) => clauses.slice(index * MOST_CLAUSES, (index + 1) * MOST_CLAUSES))
}

/** The limit of `terms` is 65,536, more than a query has. */
function termsIn(path: string, terms: readonly (string | number)[]): Json {
  return terms.length === 1 ? { term: { [path]: terms[0] } } : { terms: { [path]: terms } }
}

/** Numbers beyond this are not stored, and OpenSearch refuses those that are no `long`. */
const LARGEST = 2 ** 53

function compileRange(name: string, { ranges }: RangeLeaf): Json {
  const possible = ranges.filter(({ from, to }) => from <= LARGEST && to >= -LARGEST)
  if (possible.length === 0) return { match_none: {} }
  const numbers = possible.flatMap(({ from, to }) => (from === to ? [from] : []))
  const wider = possible.filter(({ from, to }) => from !== to)
  return anyOf([
    ...(numbers.length > 0 ? [termsIn(name, numbers)] : []),
    ...wider.map(({ from, to }) => ({
      range: { [name]: { gte: Math.max(from, -LARGEST), lte: Math.min(to, LARGEST) } },
    })),
  ])
}

function compileMatch(path: string, { words, operator, fuzzy }: MatchLeaf): Json {
  if (!fuzzy && operator === 'or') return termsIn(path, words)
  const found = words.map(word => {
    const fuzziness = fuzzy ? allowedEdits(word) : 0
    // The default rewrite matches the 50 nearest terms only.
    return fuzziness === 0
      ? { term: { [path]: word } }
      : { fuzzy: { [path]: { value: word, fuzziness, transpositions: true, rewrite: 'constant_score' } } }
  })
  return operator === 'and' ? allOf(found) : anyOf(found)
}

/**
 * `match_phrase` with slop also finds words in another order. Intervals do not, and `max_gaps` counts all words in between.
 * Without slop, `match_phrase_prefix` takes any number of words for the prefix, intervals do not.
 */
function compilePhrase(path: string, { words, slop, prefix }: PhraseLeaf): Json {
  const last = words.at(-1)!
  if (words.length === 1) return prefix ? { prefix: { [path]: { value: last } } } : { term: { [path]: last } }
  if (prefix && slop === 0)
    return { match_phrase_prefix: { [path]: { query: words.join(' '), max_expansions: ALL_EXPANSIONS } } }
  const intervals = words.map((word, index) =>
    prefix && index === words.length - 1 ? beginningWith(word) : { match: { query: word } },
  )
  return { intervals: { [path]: { all_of: { mode: 'ordered', max_gaps: slop, intervals } } } }
}

const ALL_EXPANSIONS = 2 ** 31 - 1
/** Words of a segment of a shard. More than the limit for clauses (cluster/clause-limit.ts) are not allowed. */
const MOST_EXPANSIONS = 32_768

/** The interval of any word that begins with `prefix`. Words contain neither `*` nor `?`. */
function beginningWith(prefix: string): Json {
  return { wildcard: { pattern: `${prefix}*`, max_expansions: MOST_EXPANSIONS } }
}

/** In a text, each part is within a word. In other fields the only part is anywhere in the value, or in an item. */
function compileSubstring(name: string, { field, parts }: SubstringLeaf): Json {
  const path = field.kind === 'text' ? `${name}.words` : `${name}.exact`
  return allOf(parts.map(part => containing(path, part)))
}

function compilePhone(name: string, { whole, national, starts, inside }: PhoneLeaf): Json {
  return anyOf([
    ...(whole.length > 0 ? [termsIn(`${name}.digits`, whole)] : []),
    ...(national.length > 0 ? [termsIn(`${name}.national`, national)] : []),
    ...starts.map(value => ({ prefix: { [`${name}.national`]: { value } } })),
    ...inside.map(digits => containing(`${name}.digits`, digits)),
  ])
}

export function containing(path: string, part: string): Json {
  return { wildcard: { [path]: { value: `*${part.replace(/[\\*?]/g, '\\$&')}*` } } }
}
