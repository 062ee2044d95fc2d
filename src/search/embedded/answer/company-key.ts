/**
 * The key for ordering contacts by a field of their company. The values come from several segments of companies, whose
 * ordinals are not comparable. Contacts are therefore ranked within each segment of companies (a source), and the sources
 * are merged by value.
 */
import type { Order } from '../../../vql/query.ts'
import { companyColumn } from '../joins/pairs.ts'
import { presentSlots, slotsOf, slotsOfAny } from '../query/column-slots.ts'
import { companyFinder, ordinalsOfSlots, PLACES, segmentOf } from '../query/company-pairs.ts'
import { everySlot, liveSlots, type Part } from '../query/reader.ts'
import type { OrdinalRange } from '../query/value-matchers.ts'
import type { Column } from '../segment/segment.ts'
import { createNumberList } from '../sets/number-list.ts'
import { concatenate, type Slots, subtract } from '../sets/slots.ts'
import {
  compareValues,
  type Group,
  type Key,
  type KeyValue,
  LAST_RANK,
  lastDecoded,
  ordinalsInOrder,
  rankOf,
} from './order-keys.ts'
import { type Range, walkedOrdinals } from './required-range.ts'

/** The approximate cost, in nanoseconds, of passing one value of a source. */
const WALK_COMPANY = 1000

/** One segment of companies. */
interface Source {
  readonly company: Part
  readonly column: Column
  readonly within: OrdinalRange
  readonly decode: (ordinal: number) => string | number
}

/** `range`: that of the companies of all contacts to be ordered, see required-range.ts. */
export function companyKey(part: Part, { field, descending }: Order, range: Range | null): Key {
  const sources = part.reader.companies.map((company): Source => {
    const column = company.segment.column(field)
    const { values } = column
    return { company, column, within: walkedOrdinals(values, range), decode: lastDecoded(values) }
  })
  const valueCount = sources.reduce((sum, { within }) => sum + within.to - within.from, 0)
  const locate = createLocator(part, sources)
  return {
    descending,
    walkCost: (need, count) => WALK_COMPANY * Math.min(1, need / count) * valueCount,
    value(slot) {
      const place = locate(slot)
      return place < 0 ? null : decodeAt(sources, place)
    },
    split: slots => splitBySource(slots, locate, sources.length),
    ranks: slots => rankPlaces(Float64Array.from(slots, locate), sources, descending),
    groups: from => groupsByValue(part, sources, { descending, from, isComplete: range === null }),
  }
}

/** Returns a function from a slot of `part` to the place of the contact's value: like that of a company, with an ordinal. -1 if none. */
function createLocator(part: Part, sources: readonly Source[]): (slot: number) => number {
  const find = companyFinder(part)
  return slot => {
    const company = find(slot)
    if (company < 0) return -1
    const source = segmentOf(company)
    const item = sources[source].column.items[company - source * PLACES]
    return item === 0 ? -1 : source * PLACES + item - 1
  }
}

function decodeAt(sources: readonly Source[], place: number): string | number {
  const source = segmentOf(place)
  return sources[source].decode(place - source * PLACES)
}

/** Splits the contacts by the source of their value. Those without a value form a list too. Empty lists are left out. */
function splitBySource(slots: Uint32Array, locate: (slot: number) => number, sources: number): readonly Uint32Array[] {
  const lists = Array.from({ length: sources + 1 }, createNumberList)
  for (const slot of slots) lists[segmentOf(locate(slot)) + 1].push(slot)
  return lists.filter(list => list.length() > 0).map(list => list.toArray())
}

/** Ranks by ordinal if all values are in one source. Otherwise the values are decoded and sorted. */
function rankPlaces(places: Float64Array, sources: readonly Source[], descending: boolean): Uint32Array {
  const source = segmentOf(places[0])
  if (places.every(place => segmentOf(place) === source)) {
    const count = source < 0 ? 0 : sources[source].column.values.size
    const first = source * PLACES
    return Uint32Array.from(places, place => rankOf(source < 0 ? 0 : place - first + 1, count, descending))
  }
  const values = Array.from(places, place => (place < 0 ? null : decodeAt(sources, place)))
  const distinct = [...new Set(values)].filter(value => value !== null)
  distinct.sort((a, b) => compareValues(a, b, descending))
  const ranks = new Map(distinct.map((value, rank) => [value, rank]))
  return Uint32Array.from(values, value => (value === null ? LAST_RANK : ranks.get(value)!))
}

interface Walk {
  readonly descending: boolean
  readonly from: KeyValue | undefined
  /** Whether to include the contacts without a value. */
  readonly isComplete: boolean
}

/** The contacts of each value, in order: merges the ordered values of all sources. */
function* groupsByValue(
  part: Part,
  sources: readonly Source[],
  { descending, from, isComplete }: Walk,
): Generator<Group> {
  const naming = companyColumn(part.segment)
  const heads = sources.map(({ column, within, decode }) => {
    const ordinals = ordinalsInOrder(column.values, within, from, descending)
    return { ordinals, decode, ...advance(ordinals, decode) }
  })
  for (;;) {
    let value: KeyValue = null
    for (const head of heads) if (compareValues(head.value, value, descending) < 0) value = head.value
    if (value === null) break
    const ordinals: Uint32Array[] = []
    for (const [source, head] of heads.entries()) {
      if (head.value !== value) continue
      ordinals.push(namedBy(part, sources[source], slotsOf(sources[source].column, head.ordinal)))
      Object.assign(head, advance(head.ordinals, head.decode))
    }
    yield { slots: slotsOfAny(naming, concatenate(ordinals), part.reader.scratch), isFrom: value === from }
  }
  if (isComplete) yield { slots: withoutValue(part, sources), isFrom: from === null }
}

function advance(ordinals: Generator<number>, decode: (ordinal: number) => string | number) {
  const next = ordinals.next()
  return next.done ? { ordinal: -1, value: null } : { ordinal: next.value, value: decode(next.value) as KeyValue }
}

/** The ordinals of `company_id` that refer to one of these companies, dead ones excluded. */
function namedBy(part: Part, { company }: Source, slots: Slots): Uint32Array {
  return ordinalsOfSlots(part, company, liveSlots(company, slots))
}

/** The contacts whose company has no value in the column, is dead or is unknown. */
function withoutValue(part: Part, sources: readonly Source[]): Slots {
  const { scratch } = part.reader
  const named = sources.map(source => namedBy(part, source, presentSlots(source.column, scratch)))
  const having = slotsOfAny(companyColumn(part.segment), concatenate(named), scratch)
  return subtract(everySlot(part), having, part.segment.size, scratch)
}
