/**
 * The key of an order of contacts by a field of their company. Its values come from several segments of companies, whose ordinals
 * don't compare with each other: contacts are ranked within a source, and sources merged by value.
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
  type Key,
  type KeyValue,
  LAST_RANK,
  lastDecoded,
  ordinalsInOrder,
  rankOf,
} from './order-keys.ts'

/** Nanoseconds, about, to pass a value of one source. */
const WALK_COMPANY = 1000

export function companyKey(part: Part, { field, descending }: Order): Key {
  const { reader, segment } = part
  const naming = companyColumn(segment)
  const named = namedCompanies(segment)
  const sources = reader.companies.map(company => {
    const column = company.segment.column(field)
    return { company, column, decode: lastDecoded(column.values) }
  })
  const valueCount = sources.reduce((sum, { column }) => sum + column.values.size, 0)

  /** Per ordinal of `company_id` where its value is: the number of the source + 1 and the item there. Made when many ask. */
  let table: { readonly source: Uint16Array; readonly item: Uint32Array } | null = null
  function makeTable() {
    const source = new Uint16Array(naming.values.size)
    const item = new Uint32Array(naming.values.size)
    sources.forEach(({ company, column }, number) => {
      eachNamed(part, company, (ordinal, slot) => {
        if (column.items[slot] === 0) return
        source[ordinal] = number + 1
        item[ordinal] = column.items[slot]
      })
    })
    return { source, item }
  }

  /** The number of the source that has the value of a contact, and its ordinal there; null when there is none. */
  function locate(slot: number): { readonly source: number; readonly ordinal: number } | null {
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
  }

  return {
    descending,
    walkCost: (need, count) => WALK_COMPANY * Math.min(1, need / count) * valueCount,
    value(slot) {
      const place = locate(slot)
      return place === null ? null : sources[place.source].decode(place.ordinal)
    },
    split(slots) {
      table ??= makeTable()
      const lists = Array.from({ length: sources.length + 1 }, createNumberList)
      for (const slot of slots) {
        const ordinal = naming.items[slot] - 1
        lists[ordinal < 0 ? 0 : table.source[ordinal]].push(slot)
      }
      return lists.filter(list => list.length() > 0).map(list => list.toArray())
    },
    ranks(slots) {
      table ??= makeTable()
      const places = Array.from(slots, locate)
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
          ordinals.push(namedBy(part, sources[source], slotsOf(sources[source].column, head.ordinal)))
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

/** One segment of companies. */
interface Source {
  readonly company: Part
  readonly column: Column
}

function isAlive({ dead }: Part, slot: number): boolean {
  return dead === null || !hasBit(dead, slot)
}

/** The ordinals of `company_id` that name one of these companies, if it is alive. */
function namedBy(part: Part, { company }: Source, slots: Slots): Uint32Array {
  return ordinalsOfSlots(part, company, liveSlots(company, slots))
}

/** The contacts whose company has no value in the column, is dead or unknown. */
function withoutValue(part: Part, sources: readonly Source[]): Slots {
  const { scratch } = part.reader
  const named = sources.map(source => namedBy(part, source, presentSlots(source.column, scratch)))
  const having = slotsOfAny(companyColumn(part.segment), concatenate(named), scratch)
  return subtract(everySlot(part), having, part.segment.size, scratch)
}
