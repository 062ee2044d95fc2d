/**
 * One key of an order, as one segment knows it. A key can say how given slots rank (to sort a few), and it can
 * walk all slots in its order group by group, a group being the slots of one value (to read a page of many).
 */
import { compareUtf8 } from '../../../text/order.ts'
import type { Order } from '../../../vql/query.ts'
import { presentSlots, slotsOf } from '../query/column-slots.ts'
import { everySlot, type Part } from '../query/reader.ts'
import { findValue } from '../query/value-matchers.ts'
import { firstNotBelow, numberAt } from '../segment/ascending.ts'
import { lowerBound } from '../segment/find-term.ts'
import { countOfAll } from '../segment/postings.ts'
import type { Values } from '../segment/segment.ts'
import { termAt } from '../segment/terms.ts'
import { lowerBoundUuid, uuidAt, uuidBytes } from '../segment/uuids.ts'
import { lowerBoundIn, type Slots, sparse, subtract } from '../sets/slots.ts'

/** A folded text, a uuid or a number; null for a missing value, which comes last in both directions. */
export type KeyValue = string | number | null

/** The rank of a missing value. */
export const LAST_RANK = 0xffffffff

/** Nanoseconds, about: to pass a slot. */
const WALK_SLOT = 4

export interface Group {
  readonly slots: Slots
  /** Is this the group of the value that the walk was to start from? */
  readonly isFrom: boolean
}

export interface Key {
  readonly descending: boolean
  /** Nanoseconds, about, to come across `need` of `count` matches by walking the groups. */
  walkCost(need: number, count: number): number
  value(slot: number): KeyValue
  /** The slots in lists, each of which can be ranked without looking at the values; they stay ascending. */
  split(slots: Uint32Array): readonly Uint32Array[]
  /** Numbers that order `slots` among themselves, the direction and missing values included. */
  ranks(slots: Uint32Array): Uint32Array
  /** All groups in order, from the one of `from` on (undefined: from the first), the missing values last. */
  groups(from: KeyValue | undefined): Generator<Group>
  /**
   * The same with the rare values between two frequent ones in one group, whose list goes through them in order (so it is not one
   * of ascending slots): for a walk that asks for nothing but (value, uuid). The group of `from` stands alone. Only where postings
   * lie that way, ascending.
   */
  runs?(from: KeyValue | undefined): Generator<Group>
}

/** Compares two values of one key in its direction. */
export function compareValues(a: KeyValue, b: KeyValue, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = typeof a === 'number' ? a - (b as number) : compareUtf8(a, b as string)
  return descending ? -order : order
}

export function ownKey(part: Part, { field, descending }: Order): Key {
  const column = part.segment.column(field)
  const { items, values } = column
  const decode = lastDecoded(values)
  return {
    descending,
    walkCost: (need, count) => WALK_SLOT * Math.min(1, need / count) * column.size,
    value: slot => (items[slot] === 0 ? null : decode(items[slot] - 1)),
    split: slots => [slots],
    ranks: slots => slots.map(slot => rankOf(items[slot], values.size, descending)),
    *groups(from) {
      const start = from === undefined || from === null ? -1 : findValue(values, from)
      for (const ordinal of ordinalsInOrder(values, from, descending)) {
        yield { slots: slotsOf(column, ordinal), isFrom: ordinal === start }
      }
      yield* missing(from)
    },
    ...(!descending && { runs }),
  }

  function* missing(from: KeyValue | undefined): Generator<Group> {
    const { scratch } = part.reader
    if (countOfAll(column.postings) === column.size) return
    yield {
      slots: subtract(everySlot(part), presentSlots(column, scratch), column.size, scratch),
      isFrom: from === null,
    }
  }

  function* runs(from: KeyValue | undefined): Generator<Group> {
    const { offsets, list, denseKeys } = column.postings
    let ordinal = from === undefined ? 0 : from === null ? values.size : firstFrom(values, from)
    if (typeof from === 'string' || typeof from === 'number') {
      if (findValue(values, from) === ordinal) yield { slots: slotsOf(column, ordinal++), isFrom: true }
    }
    for (let place = lowerBoundIn(denseKeys, ordinal); ordinal < values.size; place++) {
      const end = place < denseKeys.length ? denseKeys[place] : values.size
      if (ordinal < end) {
        yield { slots: sparse(list.subarray(numberAt(offsets, ordinal), numberAt(offsets, end))), isFrom: false }
      }
      if (end < values.size) yield { slots: slotsOf(column, end), isFrom: false }
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

/** Ordinals from the first that is not before `from` in the direction. */
export function* ordinalsInOrder(values: Values, from: KeyValue | undefined, descending: boolean): Generator<number> {
  if (from === null) return
  if (descending) {
    for (let ordinal = from === undefined ? values.size - 1 : lastUpTo(values, from); ordinal >= 0; ordinal--) {
      yield ordinal
    }
  } else {
    for (let ordinal = from === undefined ? 0 : firstFrom(values, from); ordinal < values.size; ordinal++) yield ordinal
  }
}

/** The first ordinal whose value is not below `value`. */
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

/** The last ordinal whose value is not above `value`, or -1. */
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

/** `valueAt` that remembers its last answer: in an order neighbours often have the same value. */
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
