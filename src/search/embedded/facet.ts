/**
 * Facets: the distinct values of a field among the matching records, the most frequent first. Each segment counts by
 * ordinal; the counts of all segments are then added up in the largest dictionary, where the values of the others are looked up.
 */
import type { Field } from '../../fields.ts'
import type { Facet, FacetRequest } from '../engine.ts'
import { numberAt } from './ascending.ts'
import { countByCompany } from './company-counts.ts'
import { firstContacts } from './company-firsts.ts'
import { countValues } from './count-values.ts'
import type { IndexState } from './index-state.ts'
import { compareValues, valueAt } from './order-keys.ts'
import { NOWHERE, placesIn } from './places.ts'
import { membersOf } from './postings.ts'
import { isJoined, type Matched, matchAll, type Reader, withReader } from './reader.ts'
import type { Values } from './segment.ts'
import { firstCommon, toList } from './slots.ts'
import { containing, contains } from './substring.ts'
import { openCursor } from './terms.ts'
import { topOrdinals } from './top-ordinals.ts'
import { smaller, type UuidRow, uuidAt } from './uuids.ts'
import { findValue } from './value-matchers.ts'

/** What one segment contributes. */
interface Source {
  readonly values: Values
  /** Matching records per ordinal. */
  readonly counts: Counts
  /** Of each of the values, of which none has the count 0: the smallest uuid of the matching records that have it. */
  firsts(ordinals: readonly number[]): readonly UuidRow[]
}

type Counts = Uint32Array | Int32Array

interface Counted {
  readonly folded: string
  readonly count: number
}

export function facet(state: IndexState, request: FacetRequest): readonly Facet[] {
  return withReader(state, reader => {
    const matched = matchAll(reader, request.service, request.where)
    if (request.field.name === 'uuid') return facetUuids(matched, request)
    const sources = isJoined(request.service, request.field)
      ? companySources(reader, matched, request.field)
      : matched.map(one => ownSource(one, request.field))
    const wanted = request.offset + request.limit
    const page = mostFrequent(sources, wanted, request.contains).slice(request.offset, wanted)
    const uuids = firstUuids(
      sources,
      page.map(({ folded }) => folded),
    )
    return page.map((counted, index) => ({ ...counted, uuid: uuids[index] }))
  })
}

function ownSource(matched: Matched, field: Field): Source {
  const { part, slots } = matched
  const column = part.segment.column(field)
  const { values, postings } = column
  const counts = countValues(matched, column)
  return {
    values,
    counts,
    firsts: ordinals =>
      ordinals.map(ordinal => ({
        rows: part.segment.uuids,
        // Slots are in the order of uuids.
        index: firstCommon(membersOf(postings, ordinal), slots),
      })),
  }
}

/** Every matching contact counts for the values of its company. */
function companySources(reader: Reader, matched: readonly Matched[], field: Field): readonly Source[] {
  const columns = reader.companies.map(company => company.segment.column(field))
  const counts = columns.map(column => reader.scratch.zeroed(32 * column.values.size))
  countByCompany(reader, matched, (company, slot, contacts) => {
    const { items, itemOffsets } = columns[company]
    if (itemOffsets === null) {
      if (items[slot] !== 0) counts[company][items[slot] - 1] += contacts
    } else {
      const end = numberAt(itemOffsets, slot + 1)
      for (let place = numberAt(itemOffsets, slot); place < end; place++) counts[company][items[place] - 1] += contacts
    }
  })
  return reader.companies.map((company, index) => ({
    values: columns[index].values,
    counts: counts[index],
    firsts: ordinals => firstContacts(matched, company, columns[index], ordinals),
  }))
}

/** The `wanted` most frequent values over all sources that contain `part`, ties by value. */
function mostFrequent(sources: readonly Source[], wanted: number, part: string): readonly Counted[] {
  if (sources.length === 0) return []
  const base = sources.reduce((largest, source) => (source.values.size > largest.values.size ? source : largest))
  const counts = sources.length === 1 ? base.counts : base.counts.slice()
  const missing = new Map<string, number>()
  for (const source of sources) {
    if (source === base) continue
    const places = placesIn(base.values, source.values)
    for (let ordinal = 0; ordinal < places.length; ordinal++) {
      if (source.counts[ordinal] === 0) continue
      if (places[ordinal] !== NOWHERE) {
        counts[places[ordinal]] += source.counts[ordinal]
      } else {
        const value = valueAt(source.values, ordinal) as string
        missing.set(value, (missing.get(value) ?? 0) + source.counts[ordinal])
      }
    }
  }
  const toCounted = (ordinal: number) => ({ folded: valueAt(base.values, ordinal) as string, count: counts[ordinal] })
  const found = topContaining(base.values, counts, wanted, part).map(toCounted)
  const others = Array.from(missing, ([folded, count]) => ({ folded, count }))
  const contained = part === '' ? others : others.filter(({ folded }) => folded.includes(part))
  return contained.length === 0 ? found : [...found, ...contained].sort(byCountThenValue)
}

/** Of that many most frequent values it is tried whether enough contain a part, before the whole dictionary is. */
const TRIED = 1024

/** Tells whether the value of an ordinal contains a part. */
function holderOf(values: Values, part: string): (ordinal: number) => boolean {
  if (values.kind !== 'terms') return ordinal => String(valueAt(values, ordinal)).includes(part)
  const cursor = openCursor(values.terms)
  const bytes = Buffer.from(part)
  return ordinal => contains(cursor, ordinal, bytes)
}

/** The ordinals of the `wanted` largest counts among the values that contain `part`, ties by ordinal. */
function topContaining(values: Values, counts: Counts, wanted: number, part: string): number[] {
  if (part === '') return topOrdinals(counts, values.size, wanted)
  const tried = topOrdinals(counts, values.size, Math.max(TRIED, wanted))
  const holds = holderOf(values, part)
  const found = tried.filter(holds)
  if (found.length >= wanted || tried.length < Math.max(TRIED, wanted)) return found.slice(0, wanted)
  if (values.kind !== 'terms') return topOrdinals(counts, values.size, values.size).filter(holds).slice(0, wanted)
  const kept = new Uint32Array(values.size)
  for (const ordinal of containing(values.terms, values.signatures, part)) kept[ordinal] = counts[ordinal]
  return topOrdinals(kept, values.size, wanted)
}

function byCountThenValue(a: Counted, b: Counted): number {
  return b.count - a.count || compareValues(a.folded, b.folded, false)
}

/** The smallest uuid of each of the values. */
function firstUuids(sources: readonly Source[], values: readonly string[]): readonly string[] {
  const firsts: (UuidRow | undefined)[] = values.map(() => undefined)
  for (const source of sources) {
    const found = values
      .map((value, index) => ({ ordinal: findValue(source.values, value), index }))
      .filter(({ ordinal }) => ordinal >= 0 && source.counts[ordinal] > 0)
    const rows = source.firsts(found.map(({ ordinal }) => ordinal))
    found.forEach(({ index }, place) => {
      const before = firsts[index]
      firsts[index] = before === undefined ? rows[place] : smaller(before, rows[place])
    })
  }
  return firsts.map(row => uuidAt(row!.rows, row!.index))
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
