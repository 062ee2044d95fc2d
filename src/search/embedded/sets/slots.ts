/**
 * A set of slots of one segment: a sorted list if there are few, a bitset if there are many. A list of more than 1/32 of
 * the slots would take more memory than a bitset. Operations write into new lists or into scratch memory and never modify
 * their arguments, which may be postings or cached bitsets.
 */
import {
  andInto,
  andNotInto,
  type Bits,
  clearBit,
  countBits,
  fillBits,
  hasBit,
  listBits,
  orInto,
  setBit,
} from './bitset.ts'
import type { Scratch } from './scratch.ts'

export type Slots =
  | { readonly kind: 'sparse'; readonly list: Uint32Array }
  | { readonly kind: 'dense'; readonly bits: Bits }

export const NO_SLOTS: Slots = { kind: 'sparse', list: new Uint32Array(0) }

export function sparse(list: Uint32Array): Slots {
  return { kind: 'sparse', list }
}

export function dense(bits: Bits): Slots {
  return { kind: 'dense', bits }
}

export function allSlots(size: number, scratch: Scratch): Slots {
  const bits = scratch.raw(size)
  fillBits(bits, size)
  return dense(bits)
}

export function countSlots(slots: Slots): number {
  return slots.kind === 'sparse' ? slots.list.length : countBits(slots.bits)
}

export function hasSlot(slots: Slots, slot: number): boolean {
  if (slots.kind === 'dense') return hasBit(slots.bits, slot)
  const place = lowerBoundIn(slots.list, slot)
  return place < slots.list.length && slots.list[place] === slot
}

/** The first slot that is in both sets, or -1. */
export function firstCommon(a: Slots, b: Slots): number {
  if (a.kind === 'dense' && b.kind === 'dense') {
    for (let index = 0; index < a.bits.length; index++) {
      const word = a.bits[index] & b.bits[index]
      if (word !== 0) return (index << 5) + 31 - Math.clz32(word & -word)
    }
    return -1
  }
  if (a.kind === 'dense') return firstCommon(b, a)
  if (b.kind === 'sparse') return firstInBoth(a.list, b.list)
  for (let place = 0; place < a.list.length; place++) if (hasBit(b.bits, a.list[place])) return a.list[place]
  return -1
}

/** Gallops through both lists in turn, so that the cost depends on the shorter list even when the other one is long. */
function firstInBoth(list: Uint32Array, other: Uint32Array): number {
  let place = 0
  let otherPlace = 0
  while (place < list.length) {
    otherPlace = gallopIn(other, list[place], otherPlace)
    if (otherPlace >= other.length) return -1
    if (other[otherPlace] === list[place]) return list[place]
    place = gallopIn(list, other[otherPlace], place)
  }
  return -1
}

export function toList(slots: Slots): Uint32Array {
  return slots.kind === 'sparse' ? slots.list : listBits(slots.bits)
}

export function toBits(slots: Slots, size: number, scratch: Scratch): Bits {
  if (slots.kind === 'dense') return slots.bits
  const bits = scratch.zeroed(size)
  for (let place = 0; place < slots.list.length; place++) setBit(bits, slots.list[place])
  return bits
}

export function intersect(a: Slots, b: Slots, scratch: Scratch): Slots {
  if (a.kind === 'sparse') return sparse(b.kind === 'sparse' ? commonOf(a.list, b.list) : keepIn(a.list, b.bits))
  if (b.kind === 'sparse') return sparse(keepIn(b.list, a.bits))
  const bits = scratch.raw(a.bits.length * 32)
  andInto(bits, a.bits, b.bits)
  return dense(bits)
}

/** The union. Always one bitset, because there may be thousands of sets. */
export function uniteAll(sets: Iterable<Slots>, size: number, scratch: Scratch): Slots {
  const bits = scratch.zeroed(size)
  for (const slots of sets) {
    if (slots.kind === 'dense') orInto(bits, bits, slots.bits)
    else for (let place = 0; place < slots.list.length; place++) setBit(bits, slots.list[place])
  }
  return dense(bits)
}

/** The slots that are in `a` and not in `b`. */
export function subtract(a: Slots, b: Slots, size: number, scratch: Scratch): Slots {
  if (a.kind === 'sparse') {
    return sparse(b.kind === 'sparse' ? withoutList(a.list, b.list) : withoutBits(a.list, b.bits))
  }
  const bits = scratch.raw(size)
  if (b.kind === 'dense') {
    andNotInto(bits, a.bits, b.bits)
  } else {
    bits.set(a.bits)
    for (let place = 0; place < b.list.length; place++) clearBit(bits, b.list[place])
  }
  return dense(bits)
}

/** The intersection of two sorted lists: iterates over the shorter one and searches the longer one. */
function commonOf(list: Uint32Array, other: Uint32Array): Uint32Array {
  if (list.length > other.length) return commonOf(other, list)
  const common = new Uint32Array(list.length)
  let count = 0
  let place = 0
  for (let index = 0; index < list.length && place < other.length; index++) {
    place = gallopIn(other, list[index], place)
    if (place < other.length && other[place] === list[index]) common[count++] = list[index]
  }
  return common.subarray(0, count)
}

/** The same, but calls `take` with the index of each common element in both lists. */
export function eachCommon(
  list: Uint32Array,
  other: Uint32Array,
  take: (index: number, otherIndex: number) => void,
): void {
  if (list.length > other.length) {
    eachCommon(other, list, (otherIndex, index) => take(index, otherIndex))
    return
  }
  let place = 0
  for (let index = 0; index < list.length && place < other.length; index++) {
    place = gallopIn(other, list[index], place)
    if (place < other.length && other[place] === list[index]) take(index, place)
  }
}

export function withoutList(list: Uint32Array, other: Uint32Array): Uint32Array {
  const kept = new Uint32Array(list.length)
  let count = 0
  let place = 0
  for (let index = 0; index < list.length; index++) {
    place = gallopIn(other, list[index], place)
    if (place >= other.length || other[place] !== list[index]) kept[count++] = list[index]
  }
  return kept.subarray(0, count)
}

function keepIn(list: Uint32Array, bits: Bits): Uint32Array {
  const kept = new Uint32Array(list.length)
  let count = 0
  for (let place = 0; place < list.length; place++) if (hasBit(bits, list[place])) kept[count++] = list[place]
  return kept.subarray(0, count)
}

function withoutBits(list: Uint32Array, bits: Bits): Uint32Array {
  const kept = new Uint32Array(list.length)
  let count = 0
  for (let place = 0; place < list.length; place++) if (!hasBit(bits, list[place])) kept[count++] = list[place]
  return kept.subarray(0, count)
}

/** Concatenates the lists. */
export function concatenate(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1) return lists[0]
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let end = 0
  for (const list of lists) {
    all.set(list, end)
    end += list.length
  }
  return all
}

/** The first index of the sorted `list`, at or after `from`, whose element is not less than `value`. */
export function lowerBoundIn(list: ArrayLike<number>, value: number, from = 0, to = list.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The same, for an index that is probably near `from`. */
function gallopIn(list: Uint32Array, value: number, from: number): number {
  let low = from
  let step = 1
  while (low + step <= list.length && list[low + step - 1] < value) {
    low += step
    step *= 2
  }
  return lowerBoundIn(list, value, low, Math.min(list.length, low + step))
}
