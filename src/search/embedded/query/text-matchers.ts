/**
 * Matchers for words, phrases and substrings. They work on distinct values: the postings of a word are values, and a phrase
 * is verified against the words of each value that has its rarest word. Only the resulting values are turned into slots.
 */
import { allowedEdits } from '../../../text/distance.ts'
import type { MatchLeaf, PhraseLeaf, SubstringLeaf } from '../../../vql/query.ts'
import { findTerm } from '../segment/find-term.ts'
import { countOfAll, countOfKeys, membersOf } from '../segment/postings.ts'
import { type Column, weightOf } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { openCursor, type Terms } from '../segment/terms.ts'
import { hasBit } from '../sets/bitset.ts'
import { countSlots } from '../sets/slots.ts'
import { countAll, itemBits, keepByItems, keepByValue, slotsOfAny } from './column-slots.ts'
import { nearTerms } from './fuzzy.ts'
import { and, LOOK_AT_BIT, lookAtEach, type Matcher, NEVER, or } from './matcher.ts'
import { findPhrase, ordinalsOf, type Step, stepsIn } from './phrase.ts'
import type { Part } from './reader.ts'
import { contains, searchPart } from './substring.ts'
import { ordinalsMatcher } from './value-matchers.ts'
import { anyWord, valuesOf, wordsMatcher } from './word-matcher.ts'

export function matchMatcher(part: Part, leaf: MatchLeaf): Matcher {
  const { segment, reader } = part
  const column = segment.column(leaf.field)
  const { words } = column
  if (words === null) return NEVER
  // Several words are combined as slots, not as values: in a list they may occur in different items.
  const matchers = leaf.words.map(word => {
    const ordinals = leaf.fuzzy
      ? nearTerms(words.terms, word, allowedEdits(word), reader.meter)
      : ordinalOf(words.terms, word)
    return wordsMatcher(column, words, ordinals, reader.scratch)
  })
  return (leaf.operator === 'and' ? and : or)(matchers, segment.size, reader.scratch)
}

function ordinalOf(terms: Terms, word: string): readonly number[] {
  const ordinal = findTerm(terms, word)
  return ordinal < 0 ? [] : [ordinal]
}

export function phraseMatcher(part: Part, leaf: PhraseLeaf): Matcher {
  const { segment, reader } = part
  const { scratch } = reader
  const column = segment.column(leaf.field)
  const { words } = column
  if (words === null) return NEVER
  const steps = stepsIn(words.terms, leaf)
  if (steps.some(({ from, to }) => from === to)) return NEVER
  if (steps.length === 1) {
    // A short prefix covers many words.
    reader.meter.spend(steps[0].to - steps[0].from)
    return wordsMatcher(column, words, ordinalsOf(steps[0]), scratch)
  }

  // A prefix may cover many words; their values are added up.
  const valuesOfStep = ({ from, to }: Step) => countOfKeys(words.postings, from, to)
  const rarest = steps.reduce((best, step) => (valuesOfStep(step) < valuesOfStep(best) ? step : best))
  const candidates = valuesOfStep(rarest)
  // For a prefix of many words, the average number of slots per value is good enough.
  const weight =
    rarest.to - rarest.from === 1
      ? weightOf(column, rarest.from)
      : Math.ceil((candidates * countOfAll(column.postings)) / column.values.size)
  /** The other steps that are a single frequent word. Its bitset rules out most values before their words are read. */
  const others = steps
    .filter(step => step !== rarest && step.to - step.from === 1)
    .map(step => membersOf(words.postings, step.from))
    .filter(values => values.kind === 'dense')
  const buffer: WordBuffer = { words: new Uint32Array(16) }
  const holds = (value: number) => {
    for (const { bits } of others) if (!hasBit(bits, value)) return false
    const count = readSequence(words.sequences, value, buffer)
    return findPhrase(buffer.words, count, steps, leaf.slop)
  }
  let found: Uint32Array | null = null
  const values = () => {
    found ??= valuesOf(words, ordinalsOf(rarest), column, scratch).filter(holds)
    return found
  }
  return {
    estimate: Math.min(weight, segment.size),
    exact: false,
    cost: 8 * candidates + weight + segment.size / 32,
    all: () => slotsOfAny(column, values(), scratch),
    withinCost: lookAtEach,
    within: list =>
      list.length < candidates && found === null
        ? keepByValue(column, list, holds)
        : keepByItems(column, list, itemBits(column, values(), scratch)),
    ...(column.itemOffsets === null && { count: () => countAll(column, values()) }),
  }
}

export function substringMatcher(part: Part, leaf: SubstringLeaf): Matcher {
  const { segment, reader } = part
  const { scratch, meter } = reader
  const column = segment.column(leaf.field)
  const { words, values } = column
  if (words === null || values.kind !== 'terms') return NEVER
  const { terms, signatures } = values
  const matchers = leaf.parts.map(wanted => {
    const bytes = Buffer.from(wanted)
    const cursor = openCursor(leaf.field.kind === 'text' ? words.terms : terms)
    if (leaf.field.kind !== 'text') {
      const search = searchPart(terms, signatures, wanted, meter)
      return lazyMatcher(column, {
        cost: search.cost,
        resolve: () => ordinalsMatcher(column, search.find(), scratch),
        test: value => contains(cursor, value, bytes),
      })
    }
    const search = searchPart(words.terms, words.signatures, wanted, meter)
    return lazyMatcher(column, {
      cost: search.cost,
      resolve: () => wordsMatcher(column, words, search.find(), scratch),
      test: anyWord(words, word => contains(cursor, word, bytes)),
    })
  })
  return and(matchers, segment.size, scratch)
}

/** The cost of testing a value of a lazy matcher, which has to be read from a dictionary. */
const TEST = 200

export interface LazyTest {
  /** The cost of `resolve`. */
  readonly cost: number
  /** Searches the dictionary. */
  resolve(): Matcher
  /** Whether the value of an ordinal matches. */
  test(value: number): boolean
}

/**
 * A matcher that avoids searching a whole dictionary, which is expensive. It does so only when needed; if just a few slots have
 * to be checked, their values are tested instead.
 */
export function lazyMatcher(column: Column, { cost, resolve, test }: LazyTest): Matcher {
  let matcher: Matcher | null = null
  const resolved = () => {
    matcher ??= resolve()
    return matcher
  }
  return {
    // A guess, high enough to sort it after conditions that are known to be rare.
    estimate: Math.max(1, column.size / 16),
    exact: false,
    cost: cost + column.size / 8,
    count: () => resolved().count?.() ?? (resolved().exact ? resolved().estimate : countSlots(resolved().all())),
    all: () => resolved().all(),
    withinCost: count => Math.min(count * TEST, cost + count * LOOK_AT_BIT),
    within: list =>
      matcher === null && list.length * TEST < cost ? keepByValue(column, list, test) : resolved().within(list),
  }
}
