/**
 * From the ordinals of a column to slots: those of one value, of several values, of a range of values, or of any value at
 * all. Results that are expensive to compute and often needed (the slots of a frequent word, the slots that have a value)
 * are cached as bitsets on first use.
 */
import { numberAt } from '../segment/ascending.ts'
import {
  countOfAll,
  countOfKey,
  denseBitsAt,
  findDense,
  listOf,
  membersOf,
  type Postings,
} from '../segment/postings.ts'
import type { Column, Words } from '../segment/segment.ts'
import { type Bits, hasBit, listBits, orInto, setBit, wordsFor } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import type { Scratch } from '../sets/scratch.ts'
import { allSlots, dense, lowerBoundIn, NO_SLOTS, type Slots, sparse } from '../sets/slots.ts'

/** Sorting a list of n slots costs about as much as one pass over a bitset of 512 n slots. */
const SORT_SHARE = 512

const cache = new WeakMap<Column, Map<string, Bits>>()

/** The most bitsets kept for a column. A prefix may have hundreds of frequent words, and each takes 125 kB at 1,000,000 records. */
const KEPT = 64

/** A bitset cached with the column. `make` fills it on the first call with this `name`. */
export function cacheBits(column: Column, name: string, make: (bits: Bits) => void): Bits {
  let named = cache.get(column)
  if (named === undefined) {
    named = new Map()
    cache.set(column, named)
  }
  let bits = named.get(name)
  if (bits === undefined) {
    bits = new Int32Array(wordsFor(column.size))
    make(bits)
    if (named.size >= KEPT) named.delete(named.keys().next().value!)
    named.set(name, bits)
  }
  return bits
}

/** The slots that have the value of `ordinal`. */
export function slotsOf(column: Column, ordinal: number): Slots {
  return membersOf(column.postings, ordinal)
}

/** The slots that have any of the values. */
export function slotsOfAny(column: Column, ordinals: ArrayLike<number>, scratch: Scratch): Slots {
  if (ordinals.length === 0) return NO_SLOTS
  if (ordinals.length === 1) return slotsOf(column, ordinals[0])
  const total = countAll(column, ordinals)
  if (total * SORT_SHARE < column.size) return sortedUnion(column, ordinals, total)
  if (total > column.size >>> 1 && column.itemOffsets === null) {
    return slotsByColumn(column, itemBits(column, ordinals, scratch), scratch)
  }
  const bits = scratch.zeroed(column.size)
  uniteInto(bits, column, ordinals)
  return dense(bits)
}

/** The same for a column with a single value per record. `wanted` is of `itemBits`, and its values have `total` slots. */
export function slotsOfItems(column: Column, wanted: Bits, total: number, scratch: Scratch): Slots {
  if (total > column.size >>> 1) return slotsByColumn(column, wanted, scratch)
  if (total * SORT_SHARE < column.size) {
    const ordinals = listBits(wanted).map(item => item - 1)
    return sortedUnion(column, ordinals, total)
  }
  const bits = scratch.zeroed(column.size)
  eachSlot(dense(wanted), item => addSlots(bits, column.postings, item - 1))
  return dense(bits)
}

/**
 * The total number of slots of the values, or of values of the words. In a list field, a slot counts once for each of the values that
 * it has.
 */
export function countAll({ postings }: Column | Words, ordinals: ArrayLike<number>): number {
  let total = 0
  for (let index = 0; index < ordinals.length; index++) total += countOfKey(postings, ordinals[index])
  return total
}

export function uniteInto(bits: Bits, { postings }: Column, ordinals: ArrayLike<number>): void {
  for (let index = 0; index < ordinals.length; index++) addSlots(bits, postings, ordinals[index])
}

function addSlots(bits: Bits, postings: Postings, ordinal: number): void {
  const { list, offsets, denseKeys } = postings
  const from = numberAt(offsets, ordinal)
  const to = numberAt(offsets, ordinal + 1)
  if (from < to) {
    for (let place = from; place < to; place++) setBit(bits, list[place])
  } else if (denseKeys.length > 0) {
    const place = findDense(postings, ordinal)
    if (place >= 0) orInto(bits, bits, denseBitsAt(postings, place))
  }
}

/** The slots that have any of the values `from` to `to` (exclusive): a contiguous part of the postings, plus its bitsets. */
export function slotsOfRange(column: Column, from: number, to: number, scratch: Scratch): Slots {
  if (from >= to) return NO_SLOTS
  if (to - from === 1) return slotsOf(column, from)
  const { postings, size } = column
  const { list, offsets, denseKeys } = postings
  const listed = list.subarray(numberAt(offsets, from), numberAt(offsets, to))
  if (lowerBoundIn(denseKeys, from) === lowerBoundIn(denseKeys, to) && listed.length * SORT_SHARE < size)
    return sparse(distinct(listed.slice().sort()))
  const bits = scratch.zeroed(size)
  if (listed.length > size >>> 1 && column.itemOffsets === null) {
    // When most slots match, reading the column in order is faster than setting bits in random order.
    const { items } = column
    for (let slot = 0; slot < items.length; slot++) if (items[slot] > from && items[slot] <= to) setBit(bits, slot)
  } else {
    uniteRangeInto(bits, column, from, to)
  }
  return dense(bits)
}

/** Adds the slots that have any of the values `from` to `to` (exclusive). */
export function uniteRangeInto(bits: Bits, { postings }: Column, from: number, to: number): void {
  const { list, offsets, denseKeys } = postings
  const end = numberAt(offsets, to)
  for (let place = numberAt(offsets, from); place < end; place++) setBit(bits, list[place])
  const lastDense = lowerBoundIn(denseKeys, to)
  for (let place = lowerBoundIn(denseKeys, from); place < lastDense; place++) {
    orInto(bits, bits, denseBitsAt(postings, place))
  }
}

/** The slots that have any value. */
export function presentSlots(column: Column, scratch: Scratch): Slots {
  const { items, itemOffsets, size } = column
  if (itemOffsets === null && countOfAll(column.postings) === size) return allSlots(size, scratch)
  return dense(
    cacheBits(column, 'present', bits => {
      for (let slot = 0; slot < size; slot++) {
        const present =
          itemOffsets === null ? items[slot] !== 0 : numberAt(itemOffsets, slot + 1) > numberAt(itemOffsets, slot)
        if (present) setBit(bits, slot)
      }
    }),
  )
}

/** Filters the sorted `slots`: keeps those that have an item whose bit is set in `wanted` (of `itemBits`). */
export function keepByItems(column: Column, slots: Uint32Array, wanted: Bits): Uint32Array {
  const { items, itemOffsets } = column
  if (itemOffsets !== null) return keepByValue(column, slots, ordinal => hasBit(wanted, ordinal + 1))
  const list = new Uint32Array(slots.length)
  let count = 0
  // Without a branch, which would be mispredicted for every other slot.
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]
    const item = items[slot]
    list[count] = slot
    count += (wanted[item >>> 5] >>> (item & 31)) & 1
  }
  return list.subarray(0, count)
}

/** Filters the sorted `slots`: keeps those that have a value for which `test` returns true. */
export function keepByValue(column: Column, slots: Uint32Array, test: (ordinal: number) => boolean): Uint32Array {
  const { items, itemOffsets } = column
  const list = new Uint32Array(slots.length)
  let count = 0
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]
    let holds = false
    if (itemOffsets === null) {
      holds = items[slot] !== 0 && test(items[slot] - 1)
    } else {
      const end = numberAt(itemOffsets, slot + 1)
      for (let place = numberAt(itemOffsets, slot); place < end && !holds; place++) holds = test(items[place] - 1)
    }
    if (holds) list[count++] = slot
  }
  return list.subarray(0, count)
}

/** A set of items: one bit for each ordinal + 1, as a column stores them. Bit 0, no value, is never set. */
export function itemBits(column: Column, ordinals: ArrayLike<number>, scratch: Scratch): Bits {
  const bits = noItems(column, scratch)
  for (let index = 0; index < ordinals.length; index++) setBit(bits, ordinals[index] + 1)
  return bits
}

export function noItems(column: Column, scratch: Scratch): Bits {
  return scratch.zeroed(column.values.size + 1)
}

/**
 * Finds the slots whose item has its bit set in `wanted` by reading the whole column. There is one loop per width, because V8
 * generates slower code for a loop that sees several array types. Each loop makes whole words without a branch: it takes a
 * fifth of the time of one that tests each slot.
 */
function slotsByColumn(column: Column, wanted: Bits, scratch: Scratch): Slots {
  const bits = scratch.raw(column.size)
  const { items } = column
  if (items instanceof Uint8Array) {
    for (let word = 0; word < bits.length; word++) {
      let found = 0
      const end = Math.min(32, items.length - (word << 5))
      for (let bit = 0; bit < end; bit++) {
        const item = items[(word << 5) + bit]
        found |= ((wanted[item >>> 5] >>> (item & 31)) & 1) << bit
      }
      bits[word] = found
    }
  } else if (items instanceof Uint16Array) {
    for (let word = 0; word < bits.length; word++) {
      let found = 0
      const end = Math.min(32, items.length - (word << 5))
      for (let bit = 0; bit < end; bit++) {
        const item = items[(word << 5) + bit]
        found |= ((wanted[item >>> 5] >>> (item & 31)) & 1) << bit
      }
      bits[word] = found
    }
  } else {
    for (let word = 0; word < bits.length; word++) {
      let found = 0
      const end = Math.min(32, items.length - (word << 5))
      for (let bit = 0; bit < end; bit++) {
        const item = items[(word << 5) + bit]
        found |= ((wanted[item >>> 5] >>> (item & 31)) & 1) << bit
      }
      bits[word] = found
    }
  }
  return dense(bits)
}

/** Only for rare values, whose total number of slots is so small that none of them can have a bitset. */
function sortedUnion(column: Column, ordinals: ArrayLike<number>, total: number): Slots {
  const list = new Uint32Array(total)
  let end = 0
  for (let index = 0; index < ordinals.length; index++) {
    const own = listOf(column.postings, ordinals[index])
    list.set(own, end)
    end += own.length
  }
  return sparse(distinct(list.sort()))
}

/** Removes duplicates from a sorted list, in place. In a list field, a slot may have several of the values. */
function distinct(list: Uint32Array): Uint32Array {
  let count = 0
  for (let place = 0; place < list.length; place++) {
    if (place === 0 || list[place] !== list[place - 1]) list[count++] = list[place]
  }
  return list.subarray(0, count)
}
