/** The questions that are put to an index, and the comparison of its answers with those of the reference. */
import { isDeepStrictEqual } from 'node:util'
import { resolveField, type Service } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { extent } from '../../src/search/embedded/answer/extent.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { scan, search } from '../../src/search/embedded/answer/search.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { Query } from '../../src/vql/query.ts'
import * as reference from '../engines/reference.ts'
import type { Moment } from './history.ts'

type Json = Readonly<Record<string, unknown>>

/** One query, with everything that can be asked about it. Plain JSON, because it is printed when answers differ. */
export interface Question {
  readonly service: Service
  readonly query: Json
  /** The number of uuids per portion of a scan. */
  readonly portion: number
  /** Where a walk along cursors starts, as a share of the rows, from 0 to 1. */
  readonly place: number
  /** A cursor that may not belong to any row. */
  readonly foreign: readonly string[]
  readonly facet: {
    readonly key: string
    readonly contains: string
    readonly offset: number
    readonly limit: number
  }
  readonly extent: string
}

/** Answers that differ. The message shows them. */
export class Difference extends Error {
  override readonly name = 'Difference'
}

const EVERY = 1_000_000
/** The number of pages in a walk along cursors. */
const WALKED = 12
/** The number of characters of a question or an answer that are printed. */
const SHOWN = 3000

/** The number of queries, in total and by kind. */
export interface Asked {
  queries: number
  readonly kinds: Record<string, number>
}

/** Asks everything. Throws a Difference at the first answer that differs from the reference. */
export function ask({ state, records }: Moment, question: Question, asked: Asked): void {
  const { service } = question
  const query = parseQuery(service, question.query)
  const { where, limit } = query
  const same = (what: string, found: unknown, expected: unknown) => {
    asked.queries++
    if (!isDeepStrictEqual(found, expected)) throw new Difference(describe(what, question, found, expected))
  }
  const every: Query = { ...query, page: 1, limit: EVERY }
  const expected = reference.search(records, every)
  const uuids = expected.map(hit => hit.uuid)
  note(asked, query, expected.length, records[service].length)

  // A scan stays open while other queries run.
  const scanning = scan(state, every, question.portion)
  const scanned = [...(scanning.next().value ?? [])]

  const start = (query.page - 1) * limit
  same('the page', search(state, query), expected.slice(start, start + limit))
  same('the count', count(state, service, where), expected.length)

  const begin = Math.floor(question.place * expected.length)
  let place = begin
  for (let page = 0; page < WALKED; page++) {
    const cursor = place === 0 ? {} : { cursor: expected[place - 1].cursor }
    const hits = search(state, parseQuery(service, { ...question.query, ...cursor, page: 1 }))
    same(`the page after row ${place}`, hits, expected.slice(place, place + limit))
    place += limit
    if (hits.length < limit) break
  }
  const foreign = parseQuery(service, { ...question.query, cursor: question.foreign, page: 1 })
  same('the page after the cursor "foreign"', search(state, foreign), reference.search(records, foreign))

  // The reference computes facets and extents over the matching records only.
  const found = new Set(uuids)
  const matching = { ...records, [service]: records[service].filter(record => found.has(record.uuid)) }
  const among = service === 'company' ? matching : { ...matching, company: records.company }
  const request = { ...question.facet, service, field: resolveField(service, question.facet.key)! }
  same('the facet', facet(state, { ...request, where }), reference.facet(among, { ...request, where: ALL }))
  const number = resolveField(service, question.extent)!
  same('the extent', extent(state, service, number, where), reference.extent(among, service, number, ALL))

  for (const portion of scanning) scanned.push(...portion)
  same('the scan', scanned, uuids)
  const few = { ...every, limit: 1 + begin }
  same('the scan with a limit', [...scan(state, few, question.portion)].flat(), uuids.slice(0, 1 + begin))
}

const ALL = { type: 'all' } as const

function note({ kinds }: Asked, { where, orderBy, page, limit, service }: Query, found: number, of: number): void {
  const add = (kind: string) => {
    kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  const visit = (condition: Query['where']): void => {
    if ('field' in condition) {
      const fuzzy = condition.type === 'match' && condition.fuzzy ? ' fuzzy' : ''
      const slop =
        condition.type === 'phrase'
          ? `${condition.slop > 0 ? ' slop' : ''}${condition.prefix ? ' prefix' : ''}${condition.followedBy ? ' of two' : ''}`
          : ''
      add(`${condition.type}${fuzzy}${slop}${condition.field.service === service ? '' : ' of the company'}`)
    } else if (condition.type === 'and' || condition.type === 'or') {
      condition.of.forEach(visit)
    } else if (condition.type === 'not') {
      add('not')
      visit(condition.of)
    }
  }
  visit(where)
  add(`${orderBy.length} keys`)
  for (const { field, descending } of orderBy) {
    add(`key ${field.kind} ${descending ? 'desc' : 'asc'}${field.service === service ? '' : ' of the company'}`)
  }
  if (found > 0 && (page - 1) * limit >= found) add('page beyond the end')
  add(found === 0 ? 'found none' : found === of ? 'found all' : found > of / 32 ? 'found many' : 'found few')
}

function describe(what: string, question: Question, found: unknown, expected: unknown): string {
  const [index, other] = aroundDifference(found, expected)
  return [
    `${what} differs`,
    `question:  ${cut(JSON.stringify(question))}`,
    `index:     ${cut(index)}`,
    `reference: ${cut(other)}`,
  ].join('\n')
}

/** For long answers, the first rows that differ. */
function aroundDifference(found: unknown, expected: unknown): readonly [string, string] {
  if (!Array.isArray(found) || !Array.isArray(expected)) return [JSON.stringify(found), JSON.stringify(expected)]
  const longest = Math.max(found.length, expected.length)
  let row = 0
  while (row < longest && isDeepStrictEqual(found[row], expected[row])) row++
  const rows = (answer: readonly unknown[]) =>
    `from row ${row} of ${answer.length}: ${JSON.stringify(answer.slice(row, row + 3))}`
  return [rows(found), rows(expected)]
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text
}
