/**
 * Before a server is ready, it answers typical queries about its own records. V8 compiles what they use, PostgreSQL prepares
 * statements, and the index computes what queries share. Otherwise the first clients would wait for all of this: with 300,000
 * contacts, the slowest of the first 50 requests of a class took 11 to 38 ms, and takes 5 to 22 with it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from './database/pool.ts'
import { companyFieldAlias, FIELDS, type Field, filterType, SERVICES, type Service } from './fields.ts'
import { openPage, type PageRows } from './records/read/page.ts'
import { within } from './runtime/within.ts'
import type { SearchEngine } from './search/engine.ts'
import { parseQuery } from './vql/parse-query.ts'
import type { Query } from './vql/query.ts'

/** How long it takes at most, in milliseconds. Longer ones make hardly any difference. */
const DURATION = 300
/** With fewer records in total, a first query is fast enough, and the start is not delayed. */
const ENOUGH = 10_000
/** The records that queries are made of. */
const SAMPLE = { limit: 25, company_config: { populate: true } }

/** The same engine, whose status is `starting` until the rehearsal is over. It answers all queries meanwhile. */
export function withRehearsal(
  engine: SearchEngine,
  database: Database,
  { enough = ENOUGH, duration = DURATION } = {},
): SearchEngine {
  let isOver = false
  const ready = engine.ready().then(async () => {
    const signal = AbortSignal.timeout(duration)
    // If it fails, the first clients learn why. If the database hangs, nothing waits for it here.
    const rehearsed = rehearse({ engine, database, signal }, enough).catch(() => {})
    await within(duration, rehearsed, () => {})
    isOver = true
  })
  ready.catch(() => {})
  return {
    ...engine,
    state() {
      const state = engine.state()
      return isOver || state.status !== 'ok' ? state : { ...state, status: 'starting' }
    },
    ready: () => ready,
  }
}

interface Stage {
  readonly engine: SearchEngine
  readonly database: Database
  /** Aborts at the end. */
  readonly signal: AbortSignal
}

async function rehearse(stage: Stage, enough: number): Promise<void> {
  const { engine, signal } = stage
  const counts = await Promise.all(SERVICES.map(service => engine.count(service, { type: 'all' })))
  if (counts.reduce((sum, count) => sum + count) < enough) return
  const samples = await Promise.all(
    SERVICES.map(async service => {
      const rows = await readPage(stage, parseQuery(service, SAMPLE))
      return { service, rows: rows.flatMap(row => (row === null ? [] : [JSON.parse(row) as Json])) }
    }),
  )
  for (let turn = 0; turn < SAMPLE.limit; turn++) {
    for (const { service, rows } of samples) {
      if (rows[turn] === undefined) continue
      for (const query of typicalQueries(service, rows[turn], turn)) {
        await answer(stage, service, query)
        // Requests come first.
        await nextTurn(undefined, { signal })
      }
    }
  }
}

export type Json = Readonly<Record<string, unknown>>

/** A query in VQL, and optionally the field whose values are counted. */
interface TypicalQuery {
  readonly json: Json
  readonly counted?: Field
}

async function answer(stage: Stage, service: Service, { json, counted }: TypicalQuery): Promise<void> {
  const { engine, signal } = stage
  const query = parsed(service, json)
  if (query === null) return
  const { where } = query
  await engine.count(service, where, signal)
  if (counted === undefined) await readPage(stage, query)
  else if (filterType(counted) === 'range') await engine.extent(service, counted, where, signal)
  else await engine.facet({ service, field: counted, where, contains: '', offset: 0, limit: 25 }, signal)
}

/** Null if a value of the record makes a query that exceeds the limits, such as a title of hundreds of words. */
function parsed(service: Service, json: Json): Query | null {
  try {
    return parseQuery(service, json)
  } catch {
    return null
  }
}

async function readPage({ engine, database, signal }: Stage, query: Query): Promise<PageRows> {
  const hits = await engine.search(query, signal)
  const uuids = hits.map(hit => hit.uuid)
  return (await openPage(database, query, uuids)).rows ?? []
}

/** A field by the name that it has in queries, with the value that a record has. */
interface Known {
  readonly name: string
  readonly field: Field
  readonly value: unknown
}

/** Each kind of condition, alone and combined, with values of `row`. The fields depend on `turn`. */
export function* typicalQueries(service: Service, row: Json, turn: number): Generator<TypicalQuery> {
  const company = (row.company ?? {}) as Json
  const own = FIELDS[service].map(field => ({ name: field.name, field, value: row[field.name] }))
  const joined = FIELDS.company.map(field => ({ name: companyFieldAlias(field), field, value: company[field.name] }))
  const known = [...own, ...joined].filter(
    (one): one is Known => one.name !== null && one.value != null && one.field.kind !== 'uuid',
  )
  const keywords: Json[] = []
  for (const group of Object.values(Object.groupBy(known, ({ field }) => `${field.service} ${filterType(field)}`))) {
    const chosen = group![turn % group!.length]!
    const order = { order_by: [{ order_by: chosen.name, order_direction: 'desc' }] }
    for (const where of conditions(chosen)) {
      yield { json: { where } }
      yield { json: { where, ...SAMPLE, ...(chosen.field.kind === 'list' ? {} : order) } }
      yield { json: { where }, counted: chosen.field }
      if (filterType(chosen.field) === 'keyword') keywords.push(where)
    }
  }
  const values = keywords.map(where => (where.keyword_match as { must: Json }).must)
  yield { json: { where: { keyword_match: { must: Object.assign({}, ...values) } } } }
  yield { json: { where: { keyword_match: { must: values[0], must_not: values.at(-1) } } } }
}

/** The conditions for a field in the forms that people use, all of which the value satisfies. */
function* conditions({ name, field, value }: Known): Generator<Json> {
  const first = String(Array.isArray(value) ? value[0] : value)
  const type = filterType(field)
  if (type === 'range') yield { range_query: { must: { [name]: { gte: value } } } }
  if (type === 'keyword') yield { keyword_match: { must: { [name]: first } } }
  if (type !== 'text') return
  const [word = first, ...others] = first.split(' ')
  const text = (text_value: string, how: Json) => ({
    text_matches: { must: [{ filter_key: name, text_value, ...how }] },
  })
  yield text([word, ...others.slice(0, 1)].join(' '), { search_type: 'match_phrase' })
  yield text(word, { search_type: 'match', fuzzy: true })
  yield text(word.slice(0, 5), { search_type: 'substring' })
}
