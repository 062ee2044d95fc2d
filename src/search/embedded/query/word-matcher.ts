/** Matches words of a column: the slots whose value contains any of the given words, and the values themselves. */

import { isFrequent, membersOf } from '../segment/postings.ts'
import { type Column, type Words, weightOf } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { hasBit, setBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { createNumberList } from '../sets/number-list.ts'
import type { Scratch } from '../sets/scratch.ts'
import { dense, hasSlot, toList } from '../sets/slots.ts'
import { cacheBits, keepByValue, slotsOfAny, uniteInto } from './column-slots.ts'
import { lookAtEach, type Matcher, NEVER } from './matcher.ts'

/** Matches slots whose value contains any of the words. */
export function wordsMatcher(column: Column, words: Words, ordinals: ArrayLike<number>, scratch: Scratch): Matcher {
  if (ordinals.length === 0) return NEVER
  const weight = weightOfAll(column, ordinals)
  const single = ordinals.length === 1
  const frequent = single && isFrequent(weight, column.size)
  return {
    estimate: Math.min(weight, column.size),
    exact: single && column.itemOffsets === null,
    cost: column.size / 32 + (frequent ? 0 : weight),
    all() {
      if (!frequent) return slotsOfAny(column, valuesOf(words, ordinals, column, scratch), scratch)
      const bits = cacheBits(column, `word ${ordinals[0]}`, empty => {
        uniteInto(empty, column, valuesOf(words, ordinals, column, scratch))
      })
      return dense(bits)
    },
    withinCost: lookAtEach,
    within(list) {
      if (single) {
        const values = membersOf(words.postings, ordinals[0])
        return keepByValue(column, list, value => hasSlot(values, value))
      }
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

function weightOfAll(column: Column, ordinals: ArrayLike<number>): number {
  let weight = 0
  for (let index = 0; index < ordinals.length; index++) weight += weightOf(column, ordinals[index])
  return weight
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
