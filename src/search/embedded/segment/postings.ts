/**
 * Postings: for each key (a value of a column, or a word of its values), the ascending set of members (slots, or values)
 * that have it. The sets are stored one after another in a single list. A key that more than 1/32 of the members have is
 * stored as a bitset instead. It takes no more memory than a list would, and can be intersected 32 members at a time.
 */

import { type Bits, wordsFor } from '../sets/bitset.ts'
import { dense, lowerBoundIn, type Slots, sparse } from '../sets/slots.ts'
import { type Ascending, numberAt, packAscending } from './ascending.ts'

export interface Postings {
  /** The number of members, including those without a key. */
  readonly members: number
  /** Where the set of each key starts in `list` (empty for a dense key), and where the last one ends. */
  readonly offsets: Ascending
  readonly list: Uint32Array
  /** The keys that have a bitset, ascending; the number of members of each; and their bitsets, one after another. */
  readonly denseKeys: Uint32Array
  readonly denseCounts: Uint32Array
  readonly denseBits: Bits
}

export function isFrequent(count: number, members: number): boolean {
  return count > members >>> 5
}

/** The number of members of `key`. */
export function countOfKey(postings: Postings, key: number): number {
  const { offsets, denseKeys, denseCounts } = postings
  const count = numberAt(offsets, key + 1) - numberAt(offsets, key)
  if (count > 0 || denseKeys.length === 0) return count
  const place = findDense(postings, key)
  return place < 0 ? 0 : denseCounts[place]
}

/** The total number of members of the keys `from` to `to` (exclusive). */
export function countOfKeys({ offsets, denseKeys, denseCounts }: Postings, from: number, to: number): number {
  let count = numberAt(offsets, to) - numberAt(offsets, from)
  for (let place = lowerBoundIn(denseKeys, from); place < denseKeys.length && denseKeys[place] < to; place++) {
    count += denseCounts[place]
  }
  return count
}

/** The total number of members of all keys. A member that has several keys is counted several times. */
export function countOfAll(postings: Postings): number {
  return countOfKeys(postings, 0, postings.offsets.steps.length - 1)
}

export function membersOf(postings: Postings, key: number): Slots {
  const place = postings.denseKeys.length === 0 ? -1 : findDense(postings, key)
  return place < 0 ? sparse(listOf(postings, key)) : dense(denseBitsAt(postings, place))
}

/** The set of a key as a part of the list; empty for a dense key. */
export function listOf({ offsets, list }: Postings, key: number): Uint32Array {
  return list.subarray(numberAt(offsets, key), numberAt(offsets, key + 1))
}

/** The index of `key` among the dense keys, or -1. */
export function findDense({ denseKeys }: Postings, key: number): number {
  const place = lowerBoundIn(denseKeys, key)
  return place < denseKeys.length && denseKeys[place] === key ? place : -1
}

export function denseBitsAt({ denseBits, members }: Postings, place: number): Bits {
  const words = wordsFor(members)
  return denseBits.subarray(place * words, (place + 1) * words)
}

/** The input of `invert`: a key for each member or, with `itemOffsets`, a list of keys, which may repeat. */
export interface Items {
  /** Each key is stored plus `base`. A number below `base` means no key. */
  readonly items: Uint32Array
  readonly itemOffsets: Uint32Array | null
  readonly base: 0 | 1
  readonly members: number
}

/** Counts, then distributes. Members are visited in order, so the set of every key comes out ascending. */
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
  // For a dense key, the index of its bitset, counted from the end of the list.
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
  /** For each key, the last member + 1 that has it. */
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
