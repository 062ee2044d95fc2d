/**
 * Facets: the distinct values of a field among the matching records, the most frequent first. Each segment counts by
 * ordinal; the counts of all segments are then added up in the largest dictionary, where the values of the others are looked up.
 */
import type { Facet, FacetRequest } from '../engine.ts'
import { numberAt } from './ascending.ts'
import { hasBit } from './bitset.ts'
import { ordinalBits } from './column-slots.ts'
import { type CompanyCounts, countByCompany } from './company-counts.ts'
import { eachSlot } from './each-slot.ts'
import type { IndexState } from './index-state.ts'
import { compareValues, valueAt } from './order-keys.ts'
import { NOWHERE, placesIn } from './places.ts'
import { countOfKey, membersOf } from './postings.ts'
import { everySlot, isJoined, type Matched, matchAll, type Reader, withReader } from './reader.ts'
import type { Column, Values } from './segment.ts'
import { countSlots, firstCommon, subtract, toList } from './slots.ts'
import { containing } from './substring.ts'
import { compareUuids, uuidAt } from './uuids.ts'
import { findValue } from './value-matchers.ts'

/** A row of an array of uuids. */
interface UuidRow {
  readonly rows: Uint8Array
  readonly index: number
}

/** What one segment contributes. */
interface Source {
  readonly values: Values
  /** Matching records per ordinal; 0 too for values that are not asked for. */
  readonly counts: Uint32Array
  /** The smallest uuid of the matching records that have the value; `counts` of it is not 0. */
  first(ordinal: number): UuidRow
}

interface Counted {
  readonly folded: string
  readonly count: number
}

export function facet(state: IndexState, request: FacetRequest): readonly Facet[] {
  return withReader(state, reader => {
    const matched = matchAll(reader, request.service, request.where)
    if (request.field.name === 'uuid') return facetUuids(matched, request)
    const sources = isJoined(request.service, request.field)
      ? countByCompany(reader, matched).map(one => companySource(reader, one, matched, request))
      : matched.map(one => ownSource(reader, one, request))
    const wanted = request.offset + request.limit
    return mostFrequent(sources, wanted)
      .slice(request.offset, wanted)
      .map(counted => ({ ...counted, uuid: firstUuid(sources, counted.folded) }))
  })
}

function ownSource(reader: Reader, { part, slots }: Matched, request: FacetRequest): Source {
  const column = part.segment.column(request.field)
  const { items, itemOffsets, values, postings, size } = column
  const counts = new Uint32Array(values.size)
  const most = countSlots(slots) > size >>> 1
  if (most) {
    for (let ordinal = 0; ordinal < counts.length; ordinal++) counts[ordinal] = countOfKey(postings, ordinal)
  }
  // Of most records the others are taken off: of all records, the few that are dead.
  const step = most ? -1 : 1
  eachSlot(most ? subtract(everySlot(part), slots, size, reader.scratch) : slots, slot => {
    if (itemOffsets === null) {
      if (items[slot] !== 0) counts[items[slot] - 1] += step
    } else {
      const end = numberAt(itemOffsets, slot + 1)
      for (let place = numberAt(itemOffsets, slot); place < end; place++) counts[items[place] - 1] += step
    }
  })
  keepContaining(reader, column, counts, request.contains)
  return {
    values,
    counts,
    // Slots are in the order of uuids.
    first: ordinal => ({ rows: part.segment.uuids, index: firstCommon(membersOf(postings, ordinal), slots) }),
  }
}

/** Every matching contact counts for the values of its company. */
function companySource(
  reader: Reader,
  { part, counts: contacts, firstPart, firstSlot }: CompanyCounts,
  matched: readonly Matched[],
  request: FacetRequest,
): Source {
  const column = part.segment.column(request.field)
  const { items, itemOffsets, values, postings } = column
  const counts = new Uint32Array(values.size)
  for (let slot = 0; slot < contacts.length; slot++) {
    if (contacts[slot] === 0) continue
    if (itemOffsets === null) {
      if (items[slot] !== 0) counts[items[slot] - 1] += contacts[slot]
    } else {
      const end = numberAt(itemOffsets, slot + 1)
      for (let place = numberAt(itemOffsets, slot); place < end; place++) counts[items[place] - 1] += contacts[slot]
    }
  }
  keepContaining(reader, column, counts, request.contains)
  return {
    values,
    counts,
    first(ordinal) {
      let first: UuidRow | null = null
      eachSlot(membersOf(postings, ordinal), company => {
        if (contacts[company] === 0) return
        const row = { rows: matched[firstPart[company]].part.segment.uuids, index: firstSlot[company] }
        first = first === null ? row : smaller(first, row)
      })
      return first!
    },
  }
}

function keepContaining(reader: Reader, column: Column, counts: Uint32Array, part: string): void {
  const { values } = column
  if (part === '') return
  if (values.kind === 'terms') {
    const kept = ordinalBits(column, containing(values.terms, values.signatures, part), reader.scratch)
    for (let ordinal = 0; ordinal < counts.length; ordinal++) if (!hasBit(kept, ordinal)) counts[ordinal] = 0
  } else {
    for (let ordinal = 0; ordinal < counts.length; ordinal++) {
      if (counts[ordinal] > 0 && !String(valueAt(values, ordinal)).includes(part)) counts[ordinal] = 0
    }
  }
}

/** The `wanted` most frequent values over all sources, ties by value. */
function mostFrequent(sources: readonly Source[], wanted: number): readonly Counted[] {
  if (sources.length === 0) return []
  const base = sources.reduce((largest, source) => (source.values.size > largest.values.size ? source : largest))
  const counts = sources.length === 1 ? base.counts : base.counts.slice()
  const missing = new Map<string, number>()
  for (const source of sources) {
    if (source === base) continue
    const places = placesIn(base.values, source.values)
    for (let ordinal = 0; ordinal < source.counts.length; ordinal++) {
      if (source.counts[ordinal] === 0) continue
      if (places[ordinal] !== NOWHERE) {
        counts[places[ordinal]] += source.counts[ordinal]
      } else {
        const value = valueAt(source.values, ordinal) as string
        missing.set(value, (missing.get(value) ?? 0) + source.counts[ordinal])
      }
    }
  }
  const known = topOrdinals(counts, wanted).map(ordinal => ({
    folded: valueAt(base.values, ordinal) as string,
    count: counts[ordinal],
  }))
  const others = Array.from(missing, ([folded, count]) => ({ folded, count }))
  return others.length === 0 ? known : [...known, ...others].sort(byCountThenValue)
}

function byCountThenValue(a: Counted, b: Counted): number {
  return b.count - a.count || compareValues(a.folded, b.folded, false)
}

/**
 * The ordinals of the `wanted` largest counts (above 0), ties by ordinal. Count and ordinal make one number; candidates are
 * gathered, and cut back to the best whenever there are four times too many.
 */
function topOrdinals(counts: Uint32Array, wanted: number): number[] {
  // 53 bits for both: beside 2,000,000 values there is room for counts up to 2^32.
  const unit = 2 ** (32 - Math.clz32(counts.length))
  const most = 2 ** 53 / unit - 1
  const room = Math.max(1024, 4 * wanted)
  const keys = new Float64Array(room)
  let end = 0
  let bar = Number.POSITIVE_INFINITY
  for (let ordinal = 0; ordinal < counts.length; ordinal++) {
    if (counts[ordinal] === 0) continue
    const key = (most - counts[ordinal]) * unit + ordinal
    if (key >= bar) continue
    if (end === room) {
      keys.sort()
      end = Math.min(end, wanted)
      bar = end === 0 ? Number.NEGATIVE_INFINITY : keys[end - 1]
      if (key >= bar) continue
    }
    keys[end++] = key
  }
  const best = keys.subarray(0, end).sort().subarray(0, wanted)
  return Array.from(best, key => key - Math.floor(key / unit) * unit)
}

function firstUuid(sources: readonly Source[], folded: string): string {
  let first: UuidRow | null = null
  for (const source of sources) {
    const ordinal = findValue(source.values, folded)
    if (ordinal < 0 || source.counts[ordinal] === 0) continue
    const row = source.first(ordinal)
    first = first === null ? row : smaller(first, row)
  }
  return uuidAt(first!.rows, first!.index)
}

function smaller(a: UuidRow, b: UuidRow): UuidRow {
  return compareUuids(a.rows, a.index, b.rows, b.index) < 0 ? a : b
}

/** Every uuid is there once. */
function facetUuids(matched: readonly Matched[], { contains, offset, limit }: FacetRequest): readonly Facet[] {
  const uuids = matched.flatMap(({ part, slots }) =>
    Array.from(toList(slots), slot => uuidAt(part.segment.uuids, slot)).filter(uuid => uuid.includes(contains)),
  )
  return uuids
    .sort()
    .slice(offset, offset + limit)
    .map(uuid => ({ folded: uuid, count: 1, uuid }))
}
