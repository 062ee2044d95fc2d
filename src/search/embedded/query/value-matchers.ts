/** Matchers for whole values: equal to one of several, within ranges, or any value at all. */
import type { ExistsLeaf, RangeLeaf, TermsLeaf } from '../../../vql/query.ts'
import { firstNotBelow, numberAt } from '../segment/ascending.ts'
import { findTerm } from '../segment/find-term.ts'
import { countOfAll, countOfKeys, isFrequent } from '../segment/postings.ts'
import type { Column, Values } from '../segment/segment.ts'
import { findUuid, uuidBytes } from '../segment/uuids.ts'
import { type Bits, setBit } from '../sets/bitset.ts'
import type { Scratch } from '../sets/scratch.ts'
import { dense, intersect, sparse, toList } from '../sets/slots.ts'
import {
  countAll,
  itemBits,
  keepByItems,
  keepByValue,
  noItems,
  presentSlots,
  slotsOfAny,
  slotsOfItems,
  slotsOfRange,
  uniteRangeInto,
} from './column-slots.ts'
import { always, fixed, LOOK_AT_BIT, lookAtEach, type Matcher, NEVER } from './matcher.ts'
import type { Part } from './reader.ts'

export function termsMatcher(part: Part, leaf: TermsLeaf): Matcher {
  const { segment, reader } = part
  if (leaf.field.name === 'uuid') {
    const slots = leaf.values.map(value => findUuid(segment.uuids, uuidBytes(value), 0)).filter(slot => slot >= 0)
    return fixed(sparse(Uint32Array.from(new Set(slots)).sort()))
  }
  const column = segment.column(leaf.field)
  const ordinals = leaf.values.map(value => findValue(column.values, value)).filter(ordinal => ordinal >= 0)
  return ordinalsMatcher(column, ordinals, reader.scratch)
}

/** The ordinal of a folded text, a uuid or a number, or -1 if no record has it. */
export function findValue(values: Values, value: string | number): number {
  switch (values.kind) {
    case 'terms':
      return findTerm(values.terms, value as string)
    case 'uuids':
      return findUuid(values.rows, uuidBytes(value as string), 0)
    case 'numbers': {
      const place = firstNotBelow(values.numbers, value as number)
      return place < values.size && numberAt(values.numbers, place) === value ? place : -1
    }
  }
}

/** Matches slots that have any of the values with these ordinals (distinct, in any order). */
export function ordinalsMatcher(column: Column, ordinals: ArrayLike<number>, scratch: Scratch): Matcher {
  if (ordinals.length === 0) return NEVER
  const total = countAll(column, ordinals)
  const isDense = ordinals.length === 1 && isFrequent(total, column.size)
  return {
    estimate: Math.min(total, column.size),
    exact: column.itemOffsets === null || ordinals.length === 1,
    cost: isDense ? column.size / 32 : ordinals.length === 1 ? 0 : total + column.size / 32,
    all: () => slotsOfAny(column, ordinals, scratch),
    withinCost: count =>
      ordinals.length === 1 || column.itemOffsets !== null
        ? lookAtEach(count)
        : count * LOOK_AT_BIT + ordinals.length + column.values.size / 32,
    within(list) {
      if (ordinals.length === 1) {
        const [wanted] = [ordinals[0]]
        return keepByValue(column, list, ordinal => ordinal === wanted)
      }
      return keepByItems(column, list, itemBits(column, ordinals, scratch))
    },
  }
}

/** Matches `total` slots of a column with a single value per record: those whose item is in `wanted` (of `itemBits`). */
export function itemsMatcher(column: Column, wanted: Bits, total: number, scratch: Scratch): Matcher {
  if (total === 0) return NEVER
  return {
    estimate: total,
    exact: true,
    cost: Math.min(total, column.size / 2) + column.size / 32,
    all: () => slotsOfItems(column, wanted, total, scratch),
    withinCost: count => count * LOOK_AT_BIT,
    within: list => keepByItems(column, list, wanted),
  }
}

/** From the first to the last ordinal (exclusive). */
export interface OrdinalRange {
  readonly from: number
  readonly to: number
}

/** The ordinals of the numbers from `from` to `to`, both included. */
export function ordinalsWithin(
  values: Extract<Values, { kind: 'numbers' }>,
  { from, to }: { readonly from: number; readonly to: number },
): OrdinalRange {
  const first = firstNotBelow(values.numbers, from)
  const last = firstNotBelow(values.numbers, to)
  const end = last < values.size && numberAt(values.numbers, last) === to ? last + 1 : last
  return { from: first, to: Math.max(first, end) }
}

export function rangeMatcher(part: Part, leaf: RangeLeaf): Matcher {
  const column = part.segment.column(leaf.field)
  const { values } = column
  if (values.kind !== 'numbers') return NEVER
  const ranges = leaf.ranges.map(range => ordinalsWithin(values, range)).filter(({ from, to }) => from < to)
  if (ranges.length === 0) return NEVER
  const { scratch } = part.reader
  if (ranges.length === 1) return ordinalRangeMatcher(column, ranges[0].from, ranges[0].to, scratch)
  return ordinalRangesMatcher(column, ranges, scratch)
}

/** A query may contain thousands of numbers, so they form one set of ordinals instead of an `or` with a set of slots each. */
function ordinalRangesMatcher(column: Column, ranges: readonly OrdinalRange[], scratch: Scratch): Matcher {
  const { size, postings } = column
  const total = ranges.reduce((sum, { from, to }) => sum + countOfKeys(postings, from, to), 0)
  return {
    estimate: total,
    exact: true,
    cost: total + ranges.length + size / 32,
    all() {
      const bits = scratch.zeroed(size)
      for (const { from, to } of ranges) uniteRangeInto(bits, column, from, to)
      return dense(bits)
    },
    withinCost: count => count * LOOK_AT_BIT + ranges.reduce((sum, { from, to }) => sum + to - from, 0),
    within(list) {
      const wanted = noItems(column, scratch)
      for (const { from, to } of ranges) for (let ordinal = from; ordinal < to; ordinal++) setBit(wanted, ordinal + 1)
      return keepByItems(column, list, wanted)
    },
  }
}

function ordinalRangeMatcher(column: Column, from: number, to: number, scratch: Scratch): Matcher {
  const total = countOfKeys(column.postings, from, to)
  return {
    estimate: total,
    exact: true,
    cost: Math.min(total, column.size / 2) + column.size / 32,
    all: () => slotsOfRange(column, from, to, scratch),
    withinCost: lookAtEach,
    within: list => keepByValue(column, list, ordinal => ordinal >= from && ordinal < to),
  }
}

export function existsMatcher(part: Part, leaf: ExistsLeaf): Matcher {
  const { segment, reader } = part
  if (leaf.field.name === 'uuid') return always(segment.size, reader.scratch)
  const column = segment.column(leaf.field)
  return {
    estimate: Math.min(column.size, countOfAll(column.postings)),
    exact: column.itemOffsets === null,
    cost: column.size / 32,
    all: () => presentSlots(column, reader.scratch),
    withinCost: lookAtEach,
    within: list => toList(intersect(sparse(list), presentSlots(column, reader.scratch), reader.scratch)),
  }
}
