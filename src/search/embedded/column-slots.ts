/**
 * From ordinals of a column to slots: the slots of one value, of many, of a stretch of them, of none. What more than 1/32 of
 * the slots have is kept as a bitset once it was asked for: it takes no more than its postings, and a conjunction of
 * such values is then 32 slots a step.
 */
import { type Bits, hasBit, setBit, wordsFor } from './bitset.ts'
import type { Scratch } from './scratch.ts'
import type { Column } from './segment.ts'
import { allSlots, dense, NO_SLOTS, type Slots, sparse } from './slots.ts'

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

export function isFrequent(slots: number, size: number): boolean {
  return slots > size >>> 5
}

/** How many slots the values `from` to `to` (exclusive) have; those of a list count once for each value. */
export function countOf(column: Column, from: number, to = from + 1): number {
  return column.postingOffsets[to] - column.postingOffsets[from]
}

/** The slots that have the value of `ordinal`. */
export function slotsOf(column: Column, ordinal: number): Slots {
  const list = column.postings.subarray(column.postingOffsets[ordinal], column.postingOffsets[ordinal + 1])
  if (!isFrequent(list.length, column.size)) return sparse(list)
  return dense(keepBits(column, `value ${ordinal}`, bits => setAll(bits, list)))
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

export function countAll(column: Column, ordinals: ArrayLike<number>): number {
  let total = 0
  for (let index = 0; index < ordinals.length; index++) total += countOf(column, ordinals[index])
  return total
}

export function uniteInto(bits: Bits, column: Column, ordinals: ArrayLike<number>): void {
  const { postings, postingOffsets } = column
  for (let index = 0; index < ordinals.length; index++) {
    const end = postingOffsets[ordinals[index] + 1]
    for (let place = postingOffsets[ordinals[index]]; place < end; place++) setBit(bits, postings[place])
  }
}

/** The slots that have any of the values `from` to `to` (exclusive): one stretch of the postings. */
export function slotsOfRange(column: Column, from: number, to: number, scratch: Scratch): Slots {
  if (from >= to) return NO_SLOTS
  if (to - from === 1) return slotsOf(column, from)
  const stretch = column.postings.subarray(column.postingOffsets[from], column.postingOffsets[to])
  if (stretch.length * SORT_SHARE < column.size) return sparse(distinct(stretch.slice().sort()))
  const bits = scratch.zeroed(column.size)
  if (stretch.length > column.size >>> 1 && column.itemOffsets === null) {
    // Most of them: going through the column in order is faster than jumping about in the bitset.
    const { items } = column
    for (let slot = 0; slot < items.length; slot++) if (items[slot] > from && items[slot] <= to) setBit(bits, slot)
  } else {
    setAll(bits, stretch)
  }
  return dense(bits)
}

/** The slots that have a value at all. */
export function presentSlots(column: Column, scratch: Scratch): Slots {
  const { items, itemOffsets, size, postings } = column
  if (itemOffsets === null && postings.length === size) return allSlots(size, scratch)
  return dense(
    keepBits(column, 'present', bits => {
      for (let slot = 0; slot < size; slot++) {
        const present = itemOffsets === null ? items[slot] !== 0 : itemOffsets[slot + 1] > itemOffsets[slot]
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
      for (let place = itemOffsets[slot]; place < itemOffsets[slot + 1] && !holds; place++)
        holds = test(items[place] - 1)
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

function sortedUnion(column: Column, ordinals: ArrayLike<number>, total: number): Slots {
  const list = new Uint32Array(total)
  let end = 0
  for (let index = 0; index < ordinals.length; index++) {
    const from = column.postingOffsets[ordinals[index]]
    const to = column.postingOffsets[ordinals[index] + 1]
    for (let place = from; place < to; place++) list[end++] = column.postings[place]
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

function setAll(bits: Bits, list: Uint32Array): void {
  for (let place = 0; place < list.length; place++) setBit(bits, list[place])
}
