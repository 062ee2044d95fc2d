/**
 * Facets: the distinct values of a field among the matching records, the most frequent first. Each segment counts by
 * ordinal; the counts of all segments are then added up in the largest dictionary, where the values of the others are looked up.
 */
import type { Field } from '../../../fields.ts'
import type { Facet, FacetRequest } from '../../engine.ts'
import type { IndexState } from '../index-state.ts'
import { type Matched, matchAll } from '../query/match-all.ts'
import { isJoined, type Reader, withReader } from '../query/reader.ts'
import { containing, contains } from '../query/substring.ts'
import { findValue } from '../query/value-matchers.ts'
import { numberAt } from '../segment/ascending.ts'
import { membersOf } from '../segment/postings.ts'
import type { Values } from '../segment/segment.ts'
import { openCursor } from '../segment/terms.ts'
import { smaller, type UuidRow, uuidAt, uuidTest } from '../segment/uuids.ts'
import { firstSlot } from '../sets/each-slot.ts'
import { firstCommon } from '../sets/slots.ts'
import { countByCompany } from './company-counts.ts'
import { firstContacts } from './company-firsts.ts'
import { countValues } from './count-values.ts'
import { compareValues, valueAt } from './order-keys.ts'
import { NOWHERE, placesIn } from './places.ts'
import { topOrdinals } from './top-ordinals.ts'

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

/** Values of which it is worth to look up each in all sources, instead of finding out where all values of one stand in the others. */
const FEW = 20_000

/**
 * The `wanted` most frequent values over all sources that contain `part`, ties by value. The best of each source have a total; what
 * has as much as the last of them that is wanted has at least its share of it in some source, so only such values are looked up.
 * (The idea is that of threshold algorithms; Fagin, Lotem and Naor 2003.)
 */
function mostFrequent(sources: readonly Source[], wanted: number, part: string): readonly Counted[] {
  const totals = new Map<string, number>()
  const take = ({ values }: Source, ordinal: number) => {
    const folded = valueAt(values, ordinal) as string
    if (!totals.has(folded)) totals.set(folded, totalOf(sources, folded))
  }
  const best = () => Array.from(totals, ([folded, count]) => ({ folded, count })).sort(byCountThenValue)
  for (const source of sources) {
    for (const ordinal of topContaining(source.values, source.counts, wanted, part)) take(source, ordinal)
  }
  if (sources.length === 1 || totals.size < wanted) return best()
  const least = Math.ceil(best()[wanted - 1].count / sources.length)
  const candidates = sources.map(({ counts, values }) => ordinalsFrom(counts, values.size, least))
  if (candidates.some(ordinals => ordinals.length > FEW)) return mostFrequentOfMany(sources, wanted, part)
  sources.forEach((source, index) => {
    for (const ordinal of part === '' ? candidates[index] : candidates[index].filter(holderOf(source.values, part))) {
      take(source, ordinal)
    }
  })
  return best().slice(0, wanted)
}

function totalOf(sources: readonly Source[], folded: string): number {
  return sources.reduce((sum, { values, counts }) => {
    const ordinal = findValue(values, folded)
    return ordinal < 0 ? sum : sum + counts[ordinal]
  }, 0)
}

/** The ordinals whose count is `least` or more; no more than are told from too many. */
function ordinalsFrom(counts: Counts, size: number, least: number): number[] {
  const ordinals: number[] = []
  for (let ordinal = 0; ordinal < size && ordinals.length <= FEW; ordinal++) {
    if (counts[ordinal] >= least) ordinals.push(ordinal)
  }
  return ordinals
}

/**
 * The same when many values are about as frequent as each other. What two sources count is added up in the larger one; then each
 * has the best of what it alone counts, without a string for any other value.
 */
function mostFrequentOfMany(sources: readonly Source[], wanted: number, part: string): readonly Counted[] {
  const bySize = [...sources].sort((a, b) => b.values.size - a.values.size)
  const totals = bySize.map(({ counts }) => counts.slice())
  for (let smaller = 1; smaller < bySize.length; smaller++) {
    for (let larger = 0; larger < smaller; larger++) {
      moveCounts(totals[smaller], totals[larger], placesIn(bySize[larger].values, bySize[smaller].values))
    }
  }
  const best = bySize.flatMap(({ values }, index) =>
    topContaining(values, totals[index], wanted, part).map(ordinal => ({
      folded: valueAt(values, ordinal) as string,
      count: totals[index][ordinal],
    })),
  )
  return best.sort(byCountThenValue).slice(0, wanted)
}

function moveCounts(from: Counts, to: Counts, places: Uint32Array): void {
  for (let ordinal = 0; ordinal < places.length; ordinal++) {
    if (places[ordinal] === NOWHERE || from[ordinal] === 0) continue
    to[places[ordinal]] += from[ordinal]
    from[ordinal] = 0
  }
}

/** Of that many most frequent values it is tried whether enough contain a part, before the whole dictionary is. */
const TRIED = 1024

/** Tells whether the value of an ordinal contains a part. */
function holderOf(values: Values, part: string): (ordinal: number) => boolean {
  if (values.kind === 'uuids') {
    const test = uuidTest(part)
    return ordinal => test(values.rows, ordinal)
  }
  if (values.kind === 'numbers') return ordinal => String(numberAt(values.numbers, ordinal)).includes(part)
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
  const kept = new Uint32Array(values.size)
  if (values.kind === 'terms') {
    for (const ordinal of containing(values.terms, values.signatures, part)) kept[ordinal] = counts[ordinal]
  } else {
    for (let ordinal = 0; ordinal < values.size; ordinal++) {
      if (counts[ordinal] > 0 && holds(ordinal)) kept[ordinal] = counts[ordinal]
    }
  }
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

/** Every uuid is there once, and slots are in their order: of each segment the first ones will do. */
function facetUuids(matched: readonly Matched[], { contains, offset, limit }: FacetRequest): readonly Facet[] {
  const wanted = offset + limit
  const test = uuidTest(contains)
  const uuids = matched.flatMap(({ part, slots }) => {
    const rows = part.segment.uuids
    const found: string[] = []
    firstSlot(slots, slot => {
      if (test(rows, slot)) found.push(uuidAt(rows, slot))
      return found.length === wanted
    })
    return found
  })
  return uuids
    .sort()
    .slice(offset, wanted)
    .map(uuid => ({ folded: uuid, count: 1, uuid }))
}
