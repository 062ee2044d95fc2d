/** `text_matches`: words, phrases, prefixes and substrings. */
import { type Field, FULL_NAME, FULL_NAME_PARTS } from '../fields.ts'
import { at, failure, isEmpty, readBoolean, readChoice, readInteger, readList, readObject, show } from '../json/read.ts'
import { fold } from '../text/fold.ts'
import { nearest } from '../text/nearest.ts'
import { wordsOfFolded } from '../text/words.ts'
import { and, NONE, not, or } from './conditions.ts'
import { readGroups } from './groups.ts'
import { spendText } from './limits.ts'
import { containsInFullName, matchesFullName } from './parse-full-name.ts'
import { containsPhone } from './parse-phone.ts'
import type { Condition, Leaf, PhraseLeaf } from './query.ts'
import { readTextField, type Scope } from './read-field.ts'

export const SEARCH_TYPES = ['match', 'match_phrase', 'match_phrase_prefix', 'substring'] as const
export type SearchType = (typeof SEARCH_TYPES)[number]

/** Other names that existing clients send. */
export const SEARCH_TYPE_SYNONYMS = { exact: 'match_phrase', shuffle: 'match' } as const

export const MATCH_OPERATORS = ['and', 'or'] as const
export const MAX_SLOP = 50

const BY_NAME: ReadonlyMap<unknown, SearchType> = new Map<unknown, SearchType>([
  ...SEARCH_TYPES.map(type => [type, type] as const),
  ...Object.entries(SEARCH_TYPE_SYNONYMS),
])
const KEYS = ['text_value', 'filter_key', 'search_type', 'operator', 'fuzzy', 'slop']

interface TextMatch {
  readonly field: Field
  readonly condition: Condition
}

export function parseTextMatches(scope: Scope, json: unknown, path: string): Condition | null {
  const { must, mustNot } = readGroups(json, path)
  const wanted = Map.groupBy(parseList(scope, must, at(path, 'must')), match => match.field)
  const unwanted = parseList(scope, mustNot, at(path, 'must_not'))
  return and([
    // Several matches on the same field are alternatives.
    ...[...wanted.values()].map(matches => or(matches.map(match => match.condition))),
    ...unwanted.map(match => not(match.condition)),
  ])
}

function parseList(scope: Scope, json: unknown, path: string): TextMatch[] {
  return readList(json, path).flatMap((entry, index) => parseTextMatch(scope, entry, at(path, index)) ?? [])
}

function parseTextMatch(scope: Scope, json: unknown, path: string): TextMatch | null {
  const parts = readObject(json, path, KEYS)
  const type = parseSearchType(parts.get('search_type'), at(path, 'search_type'))
  const key = parts.get('filter_key')
  const text = parts.get('text_value')
  if (isEmpty(text) && isEmpty(key)) return null
  const field = readTextField(scope, key, at(path, 'filter_key'))
  if (field.kind !== 'text' && field.kind !== 'keyword' && field.kind !== 'list') {
    const instead = field.kind === 'uuid' ? 'keyword_match' : 'range_query or keyword_match'
    throw failure('ERR_INVALID_VALUE', at(path, 'filter_key'), `${show(key)} is not a text field; use ${instead}`)
  }
  if (isEmpty(text)) return null
  if (typeof text !== 'string') {
    throw failure('ERR_INVALID_VALUE', at(path, 'text_value'), `must be a string, not ${show(text)}`)
  }
  scope.budget.spend('clauses', 1, path)
  spendText(scope.budget, text, at(path, 'text_value'))
  const folded = fold(text)
  const words = wordsOfFolded(folded)
  scope.budget.spend('words', words.length, at(path, 'text_value'))
  const leaf = buildLeaf(field, type, folded, words, parts, path)
  if (leaf.type === 'match' && leaf.fuzzy) scope.budget.spend('fuzzyWords', leaf.words.length, at(path, 'text_value'))
  if (words.length === 0) return { field, condition: NONE }
  return { field, condition: field === FULL_NAME ? inFullName(leaf) : Object.freeze(leaf) }
}

function inFullName(leaf: Leaf): Condition {
  if (leaf.type === 'match') return matchesFullName(leaf)
  if (leaf.type === 'substring') return containsInFullName(leaf.parts)
  const [field, followedBy] = FULL_NAME_PARTS
  return Object.freeze({ ...(leaf as PhraseLeaf), field, followedBy })
}

function parseSearchType(json: unknown, path: string): SearchType {
  if (isEmpty(json)) return 'match'
  const type = BY_NAME.get(json)
  if (type !== undefined) return type
  const meant = typeof json === 'string' ? `; did you mean "${nearest(json, SEARCH_TYPES)}"?` : ''
  throw failure('ERR_INVALID_SEARCH_TYPE', path, `must be one of ${SEARCH_TYPES.join(', ')}, not ${show(json)}${meant}`)
}

/** Reads the options of the search type. Options of other types are ignored. */
function buildLeaf(
  field: Field,
  type: SearchType,
  folded: string,
  words: readonly string[],
  options: ReadonlyMap<string, unknown>,
  path: string,
): Leaf {
  if (type === 'match') {
    const operator = readChoice(options.get('operator'), at(path, 'operator'), MATCH_OPERATORS)
    const fuzzy = readBoolean(options.get('fuzzy'), at(path, 'fuzzy'))
    return { type: 'match', field, words: distinct(words), operator, fuzzy }
  }
  if (type === 'substring') {
    const phone = field.format === 'phone' ? containsPhone(field, folded) : null
    if (phone !== null) return phone
    return { type: 'substring', field, parts: field.kind === 'text' ? distinct(words) : Object.freeze([folded]) }
  }
  const slop = readInteger(options.get('slop'), at(path, 'slop'), 0) ?? 0
  if (slop > MAX_SLOP) throw failure('ERR_INVALID_VALUE', at(path, 'slop'), `must be at most ${MAX_SLOP}, not ${slop}`)
  return { type: 'phrase', field, words: Object.freeze([...words]), slop, prefix: type === 'match_phrase_prefix' }
}

function distinct(words: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(words)])
}
