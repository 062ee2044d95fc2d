/** Matches phrases in two fields whose values are read one after the other, such as first and last name. */
import type { Field } from '../../../fields.ts'
import type { PhraseLeaf } from '../../../vql/query.ts'
import type { Column, Words } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { sparse, toList } from '../sets/slots.ts'
import { and, lookAtEach, type Matcher, NEVER, or } from './matcher.ts'
import { ordinalsOf, type Step, stepsIn } from './phrase.ts'
import type { Part } from './reader.ts'
import { wordsMatcher } from './word-matcher.ts'

/** The cost of reading the words of a slot. */
const READ = 32

/** The candidates have each word in one of the fields. Unless there is only one word, their words are then read in order. */
export function phraseOfTwoMatcher(part: Part, leaf: PhraseLeaf, followedBy: Field): Matcher {
  const { segment, reader } = part
  const { scratch, meter } = reader
  const sides = [leaf.field, followedBy].flatMap((field): Side[] => {
    const column = segment.column(field)
    const { words } = column
    return words === null
      ? []
      : [{ column, words, steps: stepsIn(words.terms, leaf), buffer: { words: new Uint32Array(16) } }]
  })
  const matchers = leaf.words.map((_, index) => {
    const either = sides.map(({ column, words, steps }) => {
      const { from, to } = steps[index]
      meter.spend(to - from)
      return from === to ? NEVER : wordsMatcher(column, words, ordinalsOf(steps[index]), scratch)
    })
    return or(either, segment.size, scratch)
  })
  const candidates = and(matchers, segment.size, scratch)
  if (leaf.words.length === 1) return candidates
  // The words of a phrase often occur together.
  const most = Math.min(...matchers.map(matcher => matcher.estimate))
  const holds = (slot: number) => hasPhrase(sides, slot, leaf.words.length, leaf.slop)
  return {
    estimate: most,
    exact: false,
    cost: candidates.cost + most * READ,
    all: () => sparse(toList(candidates.all()).filter(holds)),
    withinCost: lookAtEach,
    within: list => candidates.within(list).filter(holds),
  }
}

interface Side {
  readonly column: Column
  readonly words: Words
  /** The words of the phrase in the dictionary of this field. */
  readonly steps: readonly Step[]
  readonly buffer: WordBuffer
}

/** As `findPhrase`, for the words of all sides of a slot. */
function hasPhrase(sides: readonly Side[], slot: number, length: number, slop: number): boolean {
  const places: { readonly side: Side; readonly word: number }[] = []
  for (const side of sides) {
    const item = side.column.items[slot]
    if (item === 0) continue
    const count = readSequence(side.words.sequences, item - 1, side.buffer)
    for (let place = 0; place < count; place++) places.push({ side, word: side.buffer.words[place] })
  }
  const fits = (place: number, index: number) => {
    const { side, word } = places[place]
    return word >= side.steps[index].from && word < side.steps[index].to
  }
  for (let start = 0; start + length <= places.length; start++) {
    if (!fits(start, 0)) continue
    let index = 1
    const last = Math.min(places.length, start + length + slop)
    for (let place = start + 1; place < last && index < length; place++) if (fits(place, index)) index++
    if (index === length) return true
  }
  return false
}
