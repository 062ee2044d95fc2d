/**
 * The key for ordering contacts by a field of their company. The values come from several segments of companies, whose
 * ordinals are not comparable. Contacts are therefore ranked within each segment of companies (a source), and the sources
 * are merged by value.
 */
import type { Order } from '../../../vql/query.ts'
import { presentSlots, slotsOf, slotsOfAny } from '../query/column-slots.ts'
import { companyColumn, eachNamed, namedCompanies, ordinalsOfSlots } from '../query/company-pairs.ts'
import { everySlot, liveSlots, type Part } from '../query/reader.ts'
import type { Column } from '../segment/segment.ts'
import { findUuid } from '../segment/uuids.ts'
import { hasBit } from '../sets/bitset.ts'
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

/** The approximate cost, in nanoseconds, of passing one value of a source. */
const WALK_COMPANY = 1000

/** The cost of noting where the value of a company is. */
const LOCATE = 10

/** One segment of companies. */
interface Source {
  readonly company: Part
  readonly column: Column
  readonly decode: (ordinal: number) => string | number
}

/** Where the value of a contact is: the index of its source, and the ordinal in that source. */
interface Place {
  readonly source: number
  readonly ordinal: number
}

export function companyKey(part: Part, { field, descending }: Order): Key {
  const sources = part.reader.companies.map((company): Source => {
    const column = company.segment.column(field)
    return { company, column, decode: lastDecoded(column.values) }
  })
  const valueCount = sources.reduce((sum, { column }) => sum + column.values.size, 0)
  const locator = createLocator(part, sources)
  return {
    descending,
    walkCost: (need, count) => WALK_COMPANY * Math.min(1, need / count) * valueCount,
    value(slot) {
      const place = locator.locate(slot)
      return place === null ? null : sources[place.source].decode(place.ordinal)
    },
    split: slots => splitBySource(part, slots, locator.table(), sources.length),
    ranks(slots) {
      locator.table()
      return rankPlaces(Array.from(slots, locator.locate), sources, descending)
    },
    groups: from => groupsByValue(part, sources, from, descending),
  }
}

/** For each ordinal of `company_id`, the index of the source + 1 that has its value (0 for none), and the item there. */
interface LocationTable {
  readonly source: Uint16Array
  readonly item: Uint32Array
}

interface Locator {
  /** Null if the contact has no value. */
  locate(slot: number): Place | null
  /** Builds the table on the first call. From then on `locate` reads it instead of searching each source. */
  table(): LocationTable
}

function createLocator(part: Part, sources: readonly Source[]): Locator {
  const naming = companyColumn(part.segment)
  const named = namedCompanies(part.segment)
  let table: LocationTable | null = null
  return {
    locate(slot) {
      const ordinal = naming.items[slot] - 1
      if (ordinal < 0) return null
      if (table !== null) {
        const source = table.source[ordinal] - 1
        return source < 0 ? null : { source, ordinal: table.item[ordinal] - 1 }
      }
      for (let source = 0; source < sources.length; source++) {
        const { company, column } = sources[source]
        const found = findUuid(company.segment.uuids, named, ordinal)
        if (found < 0 || !isAlive(company, found)) continue
        const item = column.items[found]
        return item === 0 ? null : { source, ordinal: item - 1 }
      }
      return null
    },
    table() {
      table ??= buildTable(part, sources)
      return table
    },
  }
}

function buildTable(part: Part, sources: readonly Source[]): LocationTable {
  const { size } = companyColumn(part.segment).values
  part.reader.meter.spend(size * LOCATE)
  const source = new Uint16Array(size)
  const item = new Uint32Array(size)
  sources.forEach(({ company, column }, number) => {
    eachNamed(part, company, (ordinal, slot) => {
      if (column.items[slot] === 0) return
      source[ordinal] = number + 1
      item[ordinal] = column.items[slot]
    })
  })
  return { source, item }
}

/** Splits the contacts by the source of their value. Those without a value form a list too. Empty lists are left out. */
function splitBySource(part: Part, slots: Uint32Array, table: LocationTable, sources: number): readonly Uint32Array[] {
  const naming = companyColumn(part.segment)
  const lists = Array.from({ length: sources + 1 }, createNumberList)
  for (const slot of slots) {
    const ordinal = naming.items[slot] - 1
    lists[ordinal < 0 ? 0 : table.source[ordinal]].push(slot)
  }
  return lists.filter(list => list.length() > 0).map(list => list.toArray())
}

/** Ranks by ordinal if all values are in one source. Otherwise the values are decoded and sorted. */
function rankPlaces(places: readonly (Place | null)[], sources: readonly Source[], descending: boolean): Uint32Array {
  const source = places[0]?.source
  if (places.every(place => place?.source === source)) {
    const count = source === undefined ? 0 : sources[source].column.values.size
    return Uint32Array.from(places, place => rankOf(place === null ? 0 : place.ordinal + 1, count, descending))
  }
  const values = places.map(place => (place === null ? null : sources[place.source].decode(place.ordinal)))
  const distinct = [...new Set(values)].filter(value => value !== null)
  distinct.sort((a, b) => compareValues(a, b, descending))
  const ranks = new Map(distinct.map((value, rank) => [value, rank]))
  return Uint32Array.from(values, value => (value === null ? LAST_RANK : ranks.get(value)!))
}

/** The contacts of each value, in order: merges the ordered values of all sources. */
function* groupsByValue(
  part: Part,
  sources: readonly Source[],
  from: KeyValue | undefined,
  descending: boolean,
): Generator<Group> {
  const naming = companyColumn(part.segment)
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
      ordinals.push(namedBy(part, sources[source], slotsOf(sources[source].column, head.ordinal)))
      Object.assign(head, advance(head.ordinals, head.decode))
    }
    yield { slots: slotsOfAny(naming, concatenate(ordinals), part.reader.scratch), isFrom: value === from }
  }
  yield { slots: withoutValue(part, sources), isFrom: from === null }
}

function advance(ordinals: Generator<number>, decode: (ordinal: number) => string | number) {
  const next = ordinals.next()
  return next.done ? { ordinal: -1, value: null } : { ordinal: next.value, value: decode(next.value) as KeyValue }
}

function isAlive({ dead }: Part, slot: number): boolean {
  return dead === null || !hasBit(dead, slot)
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
