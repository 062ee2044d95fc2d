/**
 * Postings: for each of a number of keys (the values of a column, the words of its values) the ascending set of members
 * (slots, values) that have it. All sets lie in one list one after the other; the few keys that more than 1/32 of the members have
 * are kept as bitsets instead, which take no more room and are met 32 members a step.
 */

import { type Bits, wordsFor } from '../sets/bitset.ts'
import { dense, lowerBoundIn, type Slots, sparse } from '../sets/slots.ts'
import { type Ascending, numberAt, packAscending } from './ascending.ts'

export interface Postings {
  /** How many members there are, those without any key included. */
  readonly members: number
  /** Where the set of a key starts in `list`; that of a dense key is empty there. One more than there are keys. */
  readonly offsets: Ascending
  readonly list: Uint32Array
  /** The keys that have a bitset, ascending; how many members each has; their bitsets one after the other. */
  readonly denseKeys: Uint32Array
  readonly denseCounts: Uint32Array
  readonly denseBits: Bits
}

export function isFrequent(count: number, members: number): boolean {
  return count > members >>> 5
}

/** How many members `key` has. */
export function countOfKey(postings: Postings, key: number): number {
  const { offsets, denseKeys, denseCounts } = postings
  const count = numberAt(offsets, key + 1) - numberAt(offsets, key)
  if (count > 0 || denseKeys.length === 0) return count
  const place = findDense(postings, key)
  return place < 0 ? 0 : denseCounts[place]
}

/** The sum over the keys `from` to `to` (exclusive). */
export function countOfKeys({ offsets, denseKeys, denseCounts }: Postings, from: number, to: number): number {
  let count = numberAt(offsets, to) - numberAt(offsets, from)
  for (let place = lowerBoundIn(denseKeys, from); place < denseKeys.length && denseKeys[place] < to; place++) {
    count += denseCounts[place]
  }
  return count
}

/** Members with a key; one that has several counts several times. */
export function countOfAll(postings: Postings): number {
  return countOfKeys(postings, 0, postings.offsets.steps.length - 1)
}

export function membersOf(postings: Postings, key: number): Slots {
  const place = postings.denseKeys.length === 0 ? -1 : findDense(postings, key)
  return place < 0 ? sparse(listOf(postings, key)) : dense(denseBitsAt(postings, place))
}

/** The part of the list that is the key's set; empty for a dense key. */
export function listOf({ offsets, list }: Postings, key: number): Uint32Array {
  return list.subarray(numberAt(offsets, key), numberAt(offsets, key + 1))
}

/** Where `key` is among the dense ones, or -1. */
export function findDense({ denseKeys }: Postings, key: number): number {
  const place = lowerBoundIn(denseKeys, key)
  return place < denseKeys.length && denseKeys[place] === key ? place : -1
}

export function denseBitsAt({ denseBits, members }: Postings, place: number): Bits {
  const words = wordsFor(members)
  return denseBits.subarray(place * words, (place + 1) * words)
}

/** What is turned around: per member a key or, with `itemOffsets`, the keys of its items, repeats allowed. */
export interface Items {
  /** Keys, each plus `base`; what is below `base` is none. */
  readonly items: Uint32Array
  readonly itemOffsets: Uint32Array | null
  readonly base: 0 | 1
  readonly members: number
}

/** Counts, then distributes: members go by in order, so every key's set comes out ascending. */
export function invert({ items, itemOffsets, base, members }: Items, keys: number): Postings {
  const counts = new Uint32Array(keys)
  if (itemOffsets === null) {
    for (let member = 0; member < members; member++) if (items[member] >= base) counts[items[member] - base]++
  } else {
    eachDistinct(items, itemOffsets, base, keys, key => {
      counts[key]++
    })
  }
  const denseKeys: number[] = []
  const offsets = new Uint32Array(keys + 1)
  for (let key = 0; key < keys; key++) {
    const isDense = isFrequent(counts[key], members)
    if (isDense) denseKeys.push(key)
    offsets[key + 1] = offsets[key] + (isDense ? 0 : counts[key])
  }
  const words = wordsFor(members)
  const list = new Uint32Array(offsets[keys])
  const denseBits = new Int32Array(denseKeys.length * words)
  const next = offsets.slice(0, keys)
  // Of a dense key the place of its bitset, behind all places of the list.
  denseKeys.forEach((key, place) => {
    next[key] = list.length + place
  })
  const take = (key: number, member: number) => {
    const place = next[key]
    if (place < list.length) {
      list[place] = member
      next[key] = place + 1
    } else {
      denseBits[(place - list.length) * words + (member >>> 5)] |= 1 << (member & 31)
    }
  }
  if (itemOffsets === null) {
    for (let member = 0; member < members; member++) if (items[member] >= base) take(items[member] - base, member)
  } else {
    eachDistinct(items, itemOffsets, base, keys, take)
  }
  return {
    members,
    offsets: packAscending(offsets),
    list,
    denseKeys: Uint32Array.from(denseKeys),
    denseCounts: Uint32Array.from(denseKeys, key => counts[key]),
    denseBits,
  }
}

function eachDistinct(
  items: Uint32Array,
  itemOffsets: Uint32Array,
  base: number,
  keys: number,
  visit: (key: number, member: number) => void,
): void {
  /** The last member + 1 that each key was seen with. */
  const last = new Uint32Array(keys)
  for (let member = 0; member < itemOffsets.length - 1; member++) {
    for (let place = itemOffsets[member]; place < itemOffsets[member + 1]; place++) {
      const key = items[place] - base
      if (key < 0 || last[key] === member + 1) continue
      last[key] = member + 1
      visit(key, member)
    }
  }
}
