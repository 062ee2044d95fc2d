/**
 * One key of an order, as one segment knows it. A key can say how given slots rank (to sort a few), and it can
 * walk all slots in its order group by group, a group being the slots of one value (to read a page of many).
 */
import { compareUtf8 } from '../../text/order.ts'
import type { Order } from '../../vql/query.ts'
import { hasBit } from './bitset.ts'
import { presentSlots, slotsOf, slotsOfAny } from './column-slots.ts'
import { companyColumn, concatenate, ordinalsOfBits, ordinalsOfList, type Pairs, pairsOf } from './join.ts'
import { everySlot, isJoined, liveSlots, type Part } from './reader.ts'
import type { Column, Values } from './segment.ts'
import { lowerBoundIn, type Slots, subtract } from './slots.ts'
import { lowerBound, termAt } from './terms.ts'
import { lowerBoundUuid, uuidAt, uuidBytes } from './uuids.ts'
import { findValue } from './value-matchers.ts'

/** A folded text, a uuid or a number; null for a missing value, which comes last in both directions. */
export type KeyValue = string | number | null

/** The rank of a missing value. */
export const LAST_RANK = 0xffffffff

/** Nanoseconds, about: to pass a slot of an own key, and a value of one of the segments of companies. */
const WALK_SLOT = 4
const WALK_COMPANY = 1000

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
  /** Numbers that order `slots` among themselves, the direction and missing values included. */
  ranks(slots: Uint32Array): Uint32Array
  /** All groups in order, from the one of `from` on (undefined: from the first), the missing values last. */
  groups(from: KeyValue | undefined): Generator<Group>
}

export function orderKey(part: Part, order: Order): Key {
  return isJoined(part.segment.service, order.field) ? companyKey(part, order) : ownKey(part, order)
}

/** Compares two values of one key in its direction. */
export function compareValues(a: KeyValue, b: KeyValue, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = typeof a === 'number' ? a - (b as number) : compareUtf8(a, b as string)
  return descending ? -order : order
}

function ownKey(part: Part, { field, descending }: Order): Key {
  const column = part.segment.column(field)
  const { items, values } = column
  const decode = lastDecoded(values)
  return {
    descending,
    walkCost: (need, count) => WALK_SLOT * Math.min(1, need / count) * column.size,
    value: slot => (items[slot] === 0 ? null : decode(items[slot] - 1)),
    ranks: slots => slots.map(slot => rank(items[slot], values.size, descending)),
    *groups(from) {
      const start = from === undefined || from === null ? -1 : findValue(values, from)
      for (const ordinal of ordinalsInOrder(values, from, descending)) {
        yield { slots: slotsOf(column, ordinal), isFrom: ordinal === start }
      }
      const { scratch } = part.reader
      if (column.postings.length === column.size) return
      yield {
        slots: subtract(everySlot(part), presentSlots(column, scratch), column.size, scratch),
        isFrom: from === null,
      }
    },
  }
}

function rank(item: number, count: number, descending: boolean): number {
  if (item === 0) return LAST_RANK
  return descending ? count - item : item - 1
}

/** Ordinals from the first that is not before `from` in the direction. */
function* ordinalsInOrder(values: Values, from: KeyValue | undefined, descending: boolean): Generator<number> {
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
      return lowerBoundIn(values.numbers, value as number)
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
      return values.numbers[ordinal]
  }
}

/** `valueAt` that remembers its last answer: in an order neighbours often have the same value. */
function lastDecoded(values: Values): (ordinal: number) => string | number {
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

/** A field of the contact's company. Values come from several segments of companies: they compare as values, not as ordinals. */
function companyKey(part: Part, { field, descending }: Order): Key {
  const { reader, segment } = part
  const naming = companyColumn(segment)
  const sources = reader.companies.flatMap(company => {
    const pairs = pairsOf(segment, company.segment)
    if (pairs.slots.length === 0) return []
    const column = company.segment.column(field)
    return [{ company, column, pairs, decode: lastDecoded(column.values) }]
  })
  const valueCount = sources.reduce((sum, { column }) => sum + column.values.size, 0)

  /** Where the value of a contact is: the number of the source and the ordinal there; null when it has none. */
  function locate(slot: number): { readonly source: number; readonly ordinal: number } | null {
    const named = naming.items[slot] - 1
    if (named < 0) return null
    for (let source = 0; source < sources.length; source++) {
      const { company, column, pairs } = sources[source]
      const place = lowerBoundIn(pairs.ordinals, named)
      if (place >= pairs.ordinals.length || pairs.ordinals[place] !== named) continue
      if (company.dead !== null && hasBit(company.dead, pairs.slots[place])) continue
      const item = column.items[pairs.slots[place]]
      return item === 0 ? null : { source, ordinal: item - 1 }
    }
    return null
  }

  return {
    descending,
    walkCost: (need, count) => WALK_COMPANY * Math.min(1, need / count) * valueCount,
    value(slot) {
      const place = locate(slot)
      return place === null ? null : sources[place.source].decode(place.ordinal)
    },
    ranks(slots) {
      const places = Array.from(slots, locate)
      const distinct = new Map<KeyValue, number>()
      const values = places.map(place => (place === null ? null : sources[place.source].decode(place.ordinal)))
      for (const value of values) if (value !== null) distinct.set(value, 0)
      const sorted = [...distinct.keys()].sort((a, b) => compareValues(a, b, descending))
      for (const [rank, value] of sorted.entries()) distinct.set(value, rank)
      return Uint32Array.from(values, value => (value === null ? LAST_RANK : distinct.get(value)!))
    },
    *groups(from) {
      const heads = sources.map(({ column, decode }) => {
        const ordinals = ordinalsInOrder(column.values, from, descending)
        return { ordinals, decode, ...advance(ordinals, decode) }
      })
      for (;;) {
        let value: KeyValue = null
        for (const head of heads) if (compareValues(head.value, value, descending) < 0) value = head.value
        if (value === null) break
        const ordinals: Uint32Array[] = []
        for (const [source, head] of heads.entries()) {
          if (head.value !== value) continue
          ordinals.push(ordinalsIn(sources[source], slotsOf(sources[source].column, head.ordinal)))
          Object.assign(head, advance(head.ordinals, head.decode))
        }
        yield { slots: slotsOfAny(naming, concatenate(ordinals), reader.scratch), isFrom: value === from }
      }
      yield { slots: withoutValue(part, sources), isFrom: from === null }
    },
  }
}

function advance(ordinals: Generator<number>, decode: (ordinal: number) => string | number) {
  const next = ordinals.next()
  return next.done ? { ordinal: -1, value: null } : { ordinal: next.value, value: decode(next.value) as KeyValue }
}

/** One segment of companies, as the contacts of another segment see it. */
interface Source {
  readonly company: Part
  readonly column: Column
  readonly pairs: Pairs
}

/** The ordinals of `company_id` that name one of these companies, if it is alive. */
function ordinalsIn({ company, pairs }: Source, slots: Slots): Uint32Array {
  const live = liveSlots(company, slots)
  return live.kind === 'sparse' ? ordinalsOfList(pairs, live.list) : ordinalsOfBits(pairs, live.bits)
}

/** The contacts whose company has no value in the column, is dead or unknown. */
function withoutValue(part: Part, sources: readonly Source[]): Slots {
  const { scratch } = part.reader
  const named = sources.map(source => ordinalsIn(source, presentSlots(source.column, scratch)))
  const having = slotsOfAny(companyColumn(part.segment), concatenate(named), scratch)
  return subtract(everySlot(part), having, part.segment.size, scratch)
}
