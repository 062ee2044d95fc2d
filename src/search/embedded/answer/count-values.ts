/**
 * Counts the values of a facet within one segment: how many of the matching records have each value of a column. Depending
 * on the number of matches, it reads the matches, the records that do not match, or the postings.
 */

import type { Matched } from '../query/match-all.ts'
import { everySlot } from '../query/reader.ts'
import { numberAt } from '../segment/ascending.ts'
import { countOfKey, denseBitsAt, type Postings } from '../segment/postings.ts'
import type { Column } from '../segment/segment.ts'
import { type Bits, countCommonBits, hasBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { countSlots, subtract } from '../sets/slots.ts'

/** Approximate costs in nanoseconds: reading the value of a record, reading a posting, intersecting a word of two bitsets. */
const RECORD = 4
const POSTING = 2
const WORD = 1

/** The number of matching records per ordinal. The array is scratch memory of the query. */
export function countValues({ part, slots }: Matched, column: Column): Int32Array {
  const { values, postings, size } = column
  const { scratch } = part.reader
  const counts = scratch.numbers(values.size)
  const count = countSlots(slots)
  if (count > size >>> 1) {
    // When most records match, start from the totals and subtract the others (for a query without conditions, the dead).
    for (let ordinal = 0; ordinal < values.size; ordinal++) counts[ordinal] = countOfKey(postings, ordinal)
    eachValue(column, subtract(everySlot(part), slots, size, scratch), ordinal => {
      counts[ordinal]--
    })
  } else if (
    slots.kind === 'dense' &&
    postings.list.length * POSTING + postings.denseKeys.length * slots.bits.length * WORD < count * RECORD
  ) {
    countByPostings(postings, slots.bits, counts)
  } else {
    eachValue(column, slots, ordinal => {
      counts[ordinal]++
    })
  }
  return counts
}

function countByPostings(postings: Postings, bits: Bits, counts: Int32Array): void {
  const { list, offsets, denseKeys } = postings
  for (let place = 0; place < denseKeys.length; place++) {
    counts[denseKeys[place]] = countCommonBits(denseBitsAt(postings, place), bits)
  }
  let place = 0
  for (let ordinal = 0; place < list.length; ordinal++) {
    const end = numberAt(offsets, ordinal + 1)
    for (; place < end; place++) if (hasBit(bits, list[place])) counts[ordinal]++
  }
}

function eachValue(column: Column, slots: Matched['slots'], visit: (ordinal: number) => void): void {
  const { items, itemOffsets } = column
  eachSlot(slots, slot => {
    if (itemOffsets === null) {
      if (items[slot] !== 0) visit(items[slot] - 1)
    } else {
      const end = numberAt(itemOffsets, slot + 1)
      for (let place = numberAt(itemOffsets, slot); place < end; place++) visit(items[place] - 1)
    }
  })
}
