/**
 * One key of an order, within one segment. A key can rank given slots, which is used to sort a few. It can also walk all
 * slots in order, group by group, which is used to read a page of many. A group holds the slots of one value.
 */
import { compareUtf8 } from '../../../text/order.ts'
import type { Order } from '../../../vql/query.ts'
import { presentSlots, slotsOf } from '../query/column-slots.ts'
import { everySlot, type Part } from '../query/reader.ts'
import { findValue, type OrdinalRange } from '../query/value-matchers.ts'
import { firstNotBelow, numberAt } from '../segment/ascending.ts'
import { lowerBound } from '../segment/find-term.ts'
import { countOfAll, countOfKeys } from '../segment/postings.ts'
import type { Values } from '../segment/segment.ts'
import { termAt } from '../segment/terms.ts'
import { lowerBoundUuid, uuidAt, uuidBytes } from '../segment/uuids.ts'
import { lowerBoundIn, type Slots, sparse, subtract } from '../sets/slots.ts'
import { type Range, walkedOrdinals } from './required-range.ts'

/** A folded text, a uuid or a number; null for a missing value, which comes last in both directions. */
export type KeyValue = string | number | null

/** The rank of a missing value. */
export const LAST_RANK = 0xffffffff

/** The approximate cost of passing a slot, in nanoseconds. */
const WALK_SLOT = 4

export interface Group {
  readonly slots: Slots
  /** Whether this is the group of the value at which the walk starts. */
  readonly isFrom: boolean
}

export interface Key {
  readonly descending: boolean
  /** The approximate time, in nanoseconds, to find `need` of `count` matches by walking the groups. */
  walkCost(need: number, count: number): number
  value(slot: number): KeyValue
  /** Splits the slots into lists, each of which can be ranked without decoding values. The lists stay ascending. */
  split(slots: Uint32Array): readonly Uint32Array[]
  /** Numbers that order `slots` among themselves. They take the direction and missing values into account. */
  ranks(slots: Uint32Array): Uint32Array
  /**
   * All groups in order, starting with that of `from` (undefined: the first). The group of missing values comes last. With a range, only
   * the groups of its values.
   */
  groups(from: KeyValue | undefined): Generator<Group>
  /**
   * Like `groups`, but all rare values between two frequent ones form a single group. Its list is in the order (value, uuid),
   * so its slots are not ascending. For a walk ordered by nothing but value and uuid. The group of `from` is still separate.
   * Only ascending keys have it, because postings are stored in this order.
   */
  runs?(from: KeyValue | undefined): Generator<Group>
}

/** Compares two values of one key in its direction. */
export function compareValues(a: KeyValue, b: KeyValue, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = typeof a === 'number' ? a - (b as number) : compareUtf8(a, b as string)
  return descending ? -order : order
}

/** `range`: that of all records to be ordered, see required-range.ts. */
export function ownKey(part: Part, { field, descending }: Order, range: Range | null): Key {
  const column = part.segment.column(field)
  const { items, values } = column
  const within = walkedOrdinals(values, range)
  const walked = range === null ? column.size : countOfKeys(column.postings, within.from, within.to)
  const decode = lastDecoded(values)
  return {
    descending,
    walkCost: (need, count) => WALK_SLOT * Math.min(1, need / count) * walked,
    value: slot => (items[slot] === 0 ? null : decode(items[slot] - 1)),
    split: slots => [slots],
    ranks: slots => slots.map(slot => rankOf(items[slot], values.size, descending)),
    *groups(from) {
      const start = from === undefined || from === null ? -1 : findValue(values, from)
      for (const ordinal of ordinalsInOrder(values, within, from, descending)) {
        yield { slots: slotsOf(column, ordinal), isFrom: ordinal === start }
      }
      yield* missing(from)
    },
    ...(!descending && { runs }),
  }

  function* missing(from: KeyValue | undefined): Generator<Group> {
    const { scratch } = part.reader
    if (range !== null || countOfAll(column.postings) === column.size) return
    yield {
      slots: subtract(everySlot(part), presentSlots(column, scratch), column.size, scratch),
      isFrom: from === null,
    }
  }

  function* runs(from: KeyValue | undefined): Generator<Group> {
    const { offsets, list, denseKeys } = column.postings
    let ordinal = firstWithin(values, within, from)
    if (typeof from === 'string' || typeof from === 'number') {
      if (ordinal < within.to && findValue(values, from) === ordinal)
        yield { slots: slotsOf(column, ordinal++), isFrom: true }
    }
    for (let place = lowerBoundIn(denseKeys, ordinal); ordinal < within.to; place++) {
      const end = place < denseKeys.length ? Math.min(denseKeys[place], within.to) : within.to
      if (ordinal < end) {
        yield { slots: sparse(list.subarray(numberAt(offsets, ordinal), numberAt(offsets, end))), isFrom: false }
      }
      if (end < within.to) yield { slots: slotsOf(column, end), isFrom: false }
      ordinal = end + 1
    }
    yield* missing(from)
  }
}

/** The rank of an item (ordinal + 1, or 0). */
export function rankOf(item: number, count: number, descending: boolean): number {
  if (item === 0) return LAST_RANK
  return descending ? count - item : item - 1
}

/** The ordinals of `within` in order, starting with the first that is not before `from`. */
export function* ordinalsInOrder(
  values: Values,
  within: OrdinalRange,
  from: KeyValue | undefined,
  descending: boolean,
): Generator<number> {
  if (from === null) return
  if (descending) {
    const last = from === undefined ? within.to - 1 : Math.min(within.to - 1, lastUpTo(values, from))
    for (let ordinal = last; ordinal >= within.from; ordinal--) yield ordinal
  } else {
    for (let ordinal = firstWithin(values, within, from); ordinal < within.to; ordinal++) yield ordinal
  }
}

/** The first ordinal of `within` that is not before `from`. */
function firstWithin(values: Values, within: OrdinalRange, from: KeyValue | undefined): number {
  if (from === null) return within.to
  return from === undefined ? within.from : Math.max(within.from, firstFrom(values, from))
}

/** The first ordinal whose value is not less than `value`. */
function firstFrom(values: Values, value: string | number): number {
  switch (values.kind) {
    case 'terms':
      return lowerBound(values.terms, Buffer.from(value as string))
    case 'uuids':
      return lowerBoundUuid(values.rows, uuidBytes(value as string), 0)
    case 'numbers':
      return firstNotBelow(values.numbers, value as number)
  }
}

/** The last ordinal whose value is not greater than `value`, or -1. */
function lastUpTo(values: Values, value: string | number): number {
  const exact = findValue(values, value)
  return exact >= 0 ? exact : firstFrom(values, value) - 1
}

export function valueAt(values: Values, ordinal: number): string | number {
  switch (values.kind) {
    case 'terms':
      return termAt(values.terms, ordinal)
    case 'uuids':
      return uuidAt(values.rows, ordinal)
    case 'numbers':
      return numberAt(values.numbers, ordinal)
  }
}

/** `valueAt` with its last result cached: neighbours in an order often have the same value. */
export function lastDecoded(values: Values): (ordinal: number) => string | number {
  let last = -1
  let value: string | number = ''
  return ordinal => {
    if (ordinal !== last) {
      value = valueAt(values, ordinal)
      last = ordinal
    }
    return value
  }
}
