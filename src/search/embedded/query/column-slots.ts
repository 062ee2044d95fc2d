/**
 * From ordinals of a column to slots: the slots of one value, of many, of a stretch of them, of none. What is asked for often and has
 * to be worked out (the slots of a frequent word, those that have a value at all) is kept as a bitset once it was asked for.
 */
import { numberAt } from '../segment/ascending.ts'
import { countOfAll, countOfKey, denseBitsAt, findDense, listOf, membersOf } from '../segment/postings.ts'
import type { Column } from '../segment/segment.ts'
import { type Bits, hasBit, orInto, setBit, wordsFor } from '../sets/bitset.ts'
import type { Scratch } from '../sets/scratch.ts'
import { allSlots, dense, lowerBoundIn, NO_SLOTS, type Slots, sparse } from '../sets/slots.ts'

/** Sorting a list of n costs about as much as going once over a bitset of 512 n slots. */
const SORT_SHARE = 512

const kept = new WeakMap<Column, Map<string, Bits>>()

/** A bitset that stays with the column: made by `make` at the first call with this `name`. */
export function keepBits(column: Column, name: string, make: (bits: Bits) => void): Bits {
  let named = kept.get(column)
  if (named === undefined) {
    named = new Map()
    kept.set(column, named)
  }
  let bits = named.get(name)
  if (bits === undefined) {
    bits = new Int32Array(wordsFor(column.size))
    make(bits)
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
    return slotsByColumn(column, ordinalBits(column, ordinals, scratch), scratch)
  }
  const bits = scratch.zeroed(column.size)
  uniteInto(bits, column, ordinals)
  return dense(bits)
}

/** How many slots the values have; a slot of a list counts once for each value. */
export function countAll(column: Column, ordinals: ArrayLike<number>): number {
  let total = 0
  for (let index = 0; index < ordinals.length; index++) total += countOfKey(column.postings, ordinals[index])
  return total
}

export function uniteInto(bits: Bits, column: Column, ordinals: ArrayLike<number>): void {
  const { postings } = column
  const { list, offsets, denseKeys } = postings
  for (let index = 0; index < ordinals.length; index++) {
    const from = numberAt(offsets, ordinals[index])
    const to = numberAt(offsets, ordinals[index] + 1)
    if (from < to) {
      for (let place = from; place < to; place++) setBit(bits, list[place])
    } else if (denseKeys.length > 0) {
      const place = findDense(postings, ordinals[index])
      if (place >= 0) orInto(bits, bits, denseBitsAt(postings, place))
    }
  }
}

/** The slots that have any of the values `from` to `to` (exclusive): one stretch of the postings, and the bitsets within it. */
export function slotsOfRange(column: Column, from: number, to: number, scratch: Scratch): Slots {
  if (from >= to) return NO_SLOTS
  if (to - from === 1) return slotsOf(column, from)
  const { postings, size } = column
  const { list, offsets, denseKeys } = postings
  const stretch = list.subarray(numberAt(offsets, from), numberAt(offsets, to))
  if (lowerBoundIn(denseKeys, from) === lowerBoundIn(denseKeys, to) && stretch.length * SORT_SHARE < size)
    return sparse(distinct(stretch.slice().sort()))
  const bits = scratch.zeroed(size)
  if (stretch.length > size >>> 1 && column.itemOffsets === null) {
    // Most of them: going through the column in order is faster than jumping about in the bitset.
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

/** The slots that have a value at all. */
export function presentSlots(column: Column, scratch: Scratch): Slots {
  const { items, itemOffsets, size } = column
  if (itemOffsets === null && countOfAll(column.postings) === size) return allSlots(size, scratch)
  return dense(
    keepBits(column, 'present', bits => {
      for (let slot = 0; slot < size; slot++) {
        const present =
          itemOffsets === null ? items[slot] !== 0 : numberAt(itemOffsets, slot + 1) > numberAt(itemOffsets, slot)
        if (present) setBit(bits, slot)
      }
    }),
  )
}

/** Those of the sorted `slots` that have a value whose bit is set in `ordinals`. */
export function keepByOrdinals(column: Column, slots: Uint32Array, ordinals: Bits): Uint32Array {
  return keepByValue(column, slots, ordinal => hasBit(ordinals, ordinal))
}

/** Those of the sorted `slots` that have a value for which `test` holds. */
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

export function ordinalBits(column: Column, ordinals: ArrayLike<number>, scratch: Scratch): Bits {
  const bits = scratch.zeroed(column.values.size)
  for (let index = 0; index < ordinals.length; index++) setBit(bits, ordinals[index])
  return bits
}

/** The slots whose value's bit is set, by reading the column through: one loop per width, since V8 makes slower code of a loop that sees several. */
function slotsByColumn(column: Column, ordinals: Bits, scratch: Scratch): Slots {
  const bits = scratch.zeroed(column.size)
  const { items } = column
  if (items instanceof Uint8Array) {
    for (let slot = 0; slot < items.length; slot++) {
      if (items[slot] !== 0 && hasBit(ordinals, items[slot] - 1)) setBit(bits, slot)
    }
  } else if (items instanceof Uint16Array) {
    for (let slot = 0; slot < items.length; slot++) {
      if (items[slot] !== 0 && hasBit(ordinals, items[slot] - 1)) setBit(bits, slot)
    }
  } else {
    for (let slot = 0; slot < items.length; slot++) {
      if (items[slot] !== 0 && hasBit(ordinals, items[slot] - 1)) setBit(bits, slot)
    }
  }
  return dense(bits)
}

/** Of rare values only: together they have so few slots that none of them is dense in a segment of any size. */
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

/** A sorted list without repeats (a slot of a list field may have several of the values). */
function distinct(list: Uint32Array): Uint32Array {
  let count = 0
  for (let place = 0; place < list.length; place++) {
    if (place === 0 || list[place] !== list[place - 1]) list[count++] = list[place]
  }
  return list.subarray(0, count)
}
