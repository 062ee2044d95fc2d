/** Matches phones by the digits of their number, which are the last word of each value (text/phone-digits.ts). */
import { CALLING_CODES } from '../../../text/phone-digits.ts'
import type { PhoneLeaf } from '../../../vql/query.ts'
import { findTerm, prefixRange } from '../segment/find-term.ts'
import type { Column, Words } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { openCursor, type Terms } from '../segment/terms.ts'
import { hasBit, setBit } from '../sets/bitset.ts'
import type { Scratch } from '../sets/scratch.ts'
import { type Matcher, NEVER } from './matcher.ts'
import type { Meter } from './meter.ts'
import type { Part } from './reader.ts'
import { contains, searchPart } from './substring.ts'
import { lazyMatcher } from './text-matchers.ts'
import { ordinalsMatcher } from './value-matchers.ts'
import { valuesOf } from './word-matcher.ts'

/** The cost of looking up a term. */
const LOOKUP = 1000

export function phoneMatcher(part: Part, leaf: PhoneLeaf): Matcher {
  const { segment, reader } = part
  const column = segment.column(leaf.field)
  const { words } = column
  if (words === null) return NEVER
  const { terms } = words
  const known = knownNumbers(terms, leaf, reader.meter)
  if (leaf.inside.length === 0) return numbersMatcher(column, words, known, reader.scratch)
  const searches = leaf.inside.map(digits => searchPart(terms, words.signatures, digits, reader.meter))
  const resolve = () => {
    const found = searches.flatMap(search => [...search.find()])
    return numbersMatcher(column, words, new Set([...known, ...found]), reader.scratch)
  }
  const pieces = leaf.inside.map(digits => Buffer.from(digits))
  const cursor = openCursor(terms)
  return lazyMatcher(column, {
    cost: searches.reduce((sum, search) => sum + search.cost, 0),
    resolve,
    test: isLastWord(words, word => known.has(word) || pieces.some(piece => contains(cursor, word, piece))),
  })
}

/** The ordinals of the words that are one of the numbers, or begin with one. */
function knownNumbers(terms: Terms, { whole, national, starts }: PhoneLeaf, meter: Meter): Set<number> {
  meter.spend((whole.length + (national.length + starts.length) * CALLING_CODES.length) * LOOKUP)
  const known = new Set<number>()
  const add = (digits: string) => {
    const ordinal = findTerm(terms, digits)
    if (ordinal >= 0) known.add(ordinal)
  }
  whole.forEach(add)
  for (const number of national) {
    add(number)
    for (const code of CALLING_CODES) add(code + number)
  }
  for (const number of starts) {
    for (const code of ['', ...CALLING_CODES]) {
      const [from, to] = prefixRange(terms, code + number)
      meter.spend(to - from)
      for (let ordinal = from; ordinal < to; ordinal++) known.add(ordinal)
    }
  }
  return known
}

function numbersMatcher(column: Column, words: Words, numbers: ReadonlySet<number>, scratch: Scratch): Matcher {
  if (numbers.size === 0) return NEVER
  const wanted = scratch.zeroed(words.terms.size)
  for (const ordinal of numbers) setBit(wanted, ordinal)
  const test = isLastWord(words, word => hasBit(wanted, word))
  return ordinalsMatcher(column, valuesOf(words, [...numbers], column, scratch).filter(test), scratch)
}

/** Returns a test for values: whether `test` returns true for the last word. */
function isLastWord({ sequences }: Words, test: (word: number) => boolean): (value: number) => boolean {
  const buffer: WordBuffer = { words: new Uint32Array(16) }
  return value => {
    const count = readSequence(sequences, value, buffer)
    return count > 0 && test(buffer.words[count - 1])
  }
}
