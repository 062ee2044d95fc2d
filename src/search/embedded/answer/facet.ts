/**
 * Facets: the distinct values of a field among the matching records, the most frequent first. Each segment is counted by
 * ordinal (count-values.ts, or company-counts.ts for a company field in a query of contacts). most-frequent.ts then adds up
 * the counts of all segments. Finally the smallest uuid of each value on the page is looked up.
 */
import type { Field } from '../../../fields.ts'
import type { Facet, FacetRequest } from '../../engine.ts'
import type { IndexState } from '../index-state.ts'
import { type Matched, matchAll } from '../query/match-all.ts'
import { UNLIMITED } from '../query/meter.ts'
import { isJoined, type Part, partsOf, type Reader, spelledSlots, withReader } from '../query/reader.ts'
import { findValue } from '../query/value-matchers.ts'
import { numberAt } from '../segment/ascending.ts'
import { countOfAll, membersOf } from '../segment/postings.ts'
import { smaller, type UuidRow, uuidAt, uuidTest } from '../segment/uuids.ts'
import { firstSlot } from '../sets/each-slot.ts'
import { countSlots, firstCommon } from '../sets/slots.ts'
import { countByCompany } from './company-counts.ts'
import { firstContacts } from './company-firsts.ts'
import { countValues } from './count-values.ts'
import { type CountedValues, mostFrequent } from './most-frequent.ts'

/** What one segment contributes. */
interface Source extends CountedValues {
  /**
   * The smallest uuid of the matching records that have each value, undefined if there is none. With `spelled`, only those
   * with a spelling in both cases count. Only for values whose count is above 0.
   */
  firsts(ordinals: readonly number[], spelled: boolean): readonly (UuidRow | undefined)[]
}

/** The cost of counting a match, and of adding the contacts of a company to one of its values. */
const COUNT = 4
const ADD = 8
/** The approximate cost of searching a value for a substring. */
const SEARCH = 10

export function facet(state: IndexState, request: FacetRequest, meter = UNLIMITED): readonly Facet[] {
  return withReader(state, meter, reader => {
    const joined = isJoined(request.service, request.field)
    spendOnSearch(reader, joined ? reader.companies : partsOf(reader, request.service), request)
    const matched = matchAll(reader, request.service, request.where)
    meter.spend(COUNT * matched.reduce((sum, { slots }) => sum + countSlots(slots), 0))
    if (request.field.name === 'uuid') return facetUuids(matched, request)
    const sources = joined
      ? companySources(reader, matched, request.field)
      : matched.map(one => ownSource(one, request.field))
    const wanted = request.offset + request.limit
    const page = mostFrequent(sources, wanted, request.contains, meter).slice(request.offset, wanted)
    const values = page.map(({ folded }) => folded)
    const uuids = firstUuids(sources, values, false)
    const spelled = request.field.answered === 'lower' ? firstUuids(sources, values, true) : []
    return page.map((counted, index) => ({ ...counted, uuid: uuids[index]!, spelled: spelled[index] ?? null }))
  })
}

/** At the beginning: what will cost too much in this thread should not cost anything here. */
function spendOnSearch({ meter }: Reader, parts: readonly Part[], { field, contains }: FacetRequest): void {
  if (contains === '' || field.name === 'uuid') return
  for (const { segment } of parts) meter.spend(segment.column(field).values.size * SEARCH)
}

function ownSource(matched: Matched, field: Field): Source {
  const { part, slots } = matched
  const column = part.segment.column(field)
  const { values, postings } = column
  const counts = countValues(matched, column)
  return {
    values,
    counts,
    firsts(ordinals, spelled) {
      const wanted = spelled ? spelledSlots(column, slots, part.reader) : slots
      return ordinals.map(ordinal => {
        // Slots are in the order of uuid, so the first one has the smallest.
        const index = firstCommon(membersOf(postings, ordinal), wanted)
        return index < 0 ? undefined : { rows: part.segment.uuids, index }
      })
    },
  }
}

/** Each matching contact counts towards the values of its company. */
function companySources(reader: Reader, matched: readonly Matched[], field: Field): readonly Source[] {
  const columns = reader.companies.map(company => company.segment.column(field))
  reader.meter.spend(columns.reduce((sum, { postings }) => sum + countOfAll(postings) * ADD, 0))
  const counts = columns.map(column => reader.scratch.numbers(column.values.size))
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
    firsts: (ordinals, spelled) => firstContacts(matched, company, columns[index], ordinals, spelled),
  }))
}

/** The smallest uuid of each of the values, null if there is none. See `Source.firsts`. */
function firstUuids(
  sources: readonly Source[],
  values: readonly string[],
  spelled: boolean,
): readonly (string | null)[] {
  const firsts: (UuidRow | undefined)[] = values.map(() => undefined)
  for (const source of sources) {
    const found = values
      .map((value, index) => ({ ordinal: findValue(source.values, value), index }))
      .filter(({ ordinal }) => ordinal >= 0 && source.counts[ordinal] > 0)
    const rows = source.firsts(
      found.map(({ ordinal }) => ordinal),
      spelled,
    )
    found.forEach(({ index }, place) => {
      const [before, row] = [firsts[index], rows[place]]
      firsts[index] = before === undefined || row === undefined ? (before ?? row) : smaller(before, row)
    })
  }
  return firsts.map(row => (row === undefined ? null : uuidAt(row.rows, row.index)))
}

/** A facet over uuids. Each occurs once and slots are in uuid order, so the first ones of each segment are enough. */
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
    .map(uuid => ({ folded: uuid, count: 1, uuid, spelled: null }))
}
