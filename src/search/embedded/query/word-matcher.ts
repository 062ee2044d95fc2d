/** Matches words of a column: the slots whose value contains any of the given words, and the values themselves. */

import { isFrequent, membersOf } from '../segment/postings.ts'
import { type Column, type Words, weightOf } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { type Bits, hasBit, orInto, setBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { createNumberList } from '../sets/number-list.ts'
import type { Scratch } from '../sets/scratch.ts'
import { dense, hasSlot, toList } from '../sets/slots.ts'
import { cacheBits, countAll, keepByItems, keepByValue, noItems, slotsOfAny, uniteInto } from './column-slots.ts'
import { LOOK_AT_BIT, lookAtEach, type Matcher, NEVER } from './matcher.ts'

/** The cost of reading the words of a value. */
const READ_WORDS = 24
/** The cost of marking a value of a word. */
const MARK = 3

/** Matches slots whose value contains any of the words. */
export function wordsMatcher(column: Column, words: Words, ordinals: ArrayLike<number>, scratch: Scratch): Matcher {
  if (ordinals.length === 0) return NEVER
  const single = ordinals.length === 1
  const frequent: number[] = []
  const rare: number[] = []
  let weight = 0
  let rareWeight = 0
  for (let index = 0; index < ordinals.length; index++) {
    const own = weightOf(column, ordinals[index])
    weight += own
    if (isFrequent(own, column.size)) frequent.push(ordinals[index])
    else {
      rare.push(ordinals[index])
      rareWeight += own
    }
  }
  /** The values of all words. */
  const valueCount = single ? 0 : countAll(words, ordinals)
  const markCost = (count: number) => valueCount * MARK + column.values.size / 32 + count * LOOK_AT_BIT
  return {
    estimate: Math.min(weight, column.size),
    exact: single && column.itemOffsets === null,
    cost: ((frequent.length + (single ? 0 : 1)) * column.size) / 32 + rareWeight,
    all() {
      if (frequent.length === 0) return slotsOfAny(column, valuesOf(words, rare, column, scratch), scratch)
      if (single) return dense(slotsOfWord(column, words, frequent[0], scratch))
      const bits = scratch.zeroed(column.size)
      for (const word of frequent) orInto(bits, bits, slotsOfWord(column, words, word, scratch))
      uniteInto(bits, column, valuesOf(words, rare, column, scratch))
      return dense(bits)
    },
    withinCost: count => (single ? lookAtEach(count) : Math.min(count * READ_WORDS, markCost(count))),
    within(list) {
      if (single) {
        const values = membersOf(words.postings, ordinals[0])
        return keepByValue(column, list, value => hasSlot(values, value))
      }
      if (markCost(list.length) < list.length * READ_WORDS)
        return keepByItems(column, list, itemsWith(words, ordinals, column, scratch))
      const wanted = scratch.zeroed(words.terms.size)
      for (let index = 0; index < ordinals.length; index++) setBit(wanted, ordinals[index])
      return keepByValue(
        column,
        list,
        anyWord(words, word => hasBit(wanted, word)),
      )
    },
  }
}

/** The items (see `itemBits`) whose value contains any of the words. */
function itemsWith({ postings }: Words, ordinals: ArrayLike<number>, column: Column, scratch: Scratch): Bits {
  const bits = noItems(column, scratch)
  const mark = (value: number) => setBit(bits, value + 1)
  for (let index = 0; index < ordinals.length; index++) eachSlot(membersOf(postings, ordinals[index]), mark)
  return bits
}

/** The slots of a frequent word. They are kept, because finding them takes milliseconds. */
function slotsOfWord(column: Column, words: Words, word: number, scratch: Scratch): Bits {
  return cacheBits(column, `word ${word}`, bits => {
    uniteInto(bits, column, valuesOf(words, [word], column, scratch))
  })
}

/** Returns a test for values: whether a value contains any word for which `test` returns true. */
export function anyWord({ sequences }: Words, test: (word: number) => boolean): (value: number) => boolean {
  const buffer: WordBuffer = { words: new Uint32Array(16) }
  return value => {
    const count = readSequence(sequences, value, buffer)
    for (let place = 0; place < count; place++) if (test(buffer.words[place])) return true
    return false
  }
}

/** The distinct values that contain any of the words. */
export function valuesOf(words: Words, ordinals: ArrayLike<number>, column: Column, scratch: Scratch): Uint32Array {
  if (ordinals.length === 1) return toList(membersOf(words.postings, ordinals[0]))
  const values = createNumberList()
  const seen = scratch.zeroed(column.values.size)
  for (let index = 0; index < ordinals.length; index++) {
    eachSlot(membersOf(words.postings, ordinals[index]), value => {
      if (hasBit(seen, value)) return
      setBit(seen, value)
      values.push(value)
    })
  }
  return values.toArray()
}
