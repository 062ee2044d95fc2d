/** Draws the requests of a class and sends them to the engine. */
import { type Field, resolveField, type Service } from '../../src/fields.ts'
import type { FacetRequest, SearchEngine } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import type { Condition, Query } from '../../src/vql/query.ts'
import type { Random } from '../data/random.ts'
import type { CursorFinder } from './cursors.ts'
import type { FacetDraw, QueryClass } from './query-class.ts'

export type MeasuredEngine = Pick<SearchEngine, 'search' | 'count' | 'scan' | 'facet' | 'extent'>

export type Request =
  | { readonly kind: 'search' | 'count'; readonly query: Query }
  | { readonly kind: 'facet'; readonly facet: FacetRequest }
  | { readonly kind: 'extent'; readonly service: Service; readonly field: Field; readonly where: Condition }

/** Draws a request and parses it. Parsing is measured by `bench http`. */
export async function drawRequest(queryClass: QueryClass, random: Random, findCursor: CursorFinder): Promise<Request> {
  if (queryClass.kind === 'facet') return { kind: 'facet', facet: parseFacet(queryClass.draw(random)) }
  if (queryClass.kind === 'extent') {
    const { service, key, query } = queryClass.draw(random)
    return { kind: 'extent', service, field: resolveField(service, key)!, where: parseWhere(service, query.where) }
  }
  for (;;) {
    const draw = queryClass.draw(random)
    if (draw.depth === undefined) return { kind: queryClass.kind, query: parseQuery(draw.service, draw.query) }
    const cursor = await findCursor(draw, random)
    // Too few rows, or a missing value: the comparison with PostgreSQL does not support such cursors.
    if (cursor === null || cursor.includes('')) continue
    return { kind: queryClass.kind, query: parseQuery(draw.service, { ...draw.query, cursor }) }
  }
}

/** Draws requests before they are measured, so that neither the time nor the garbage of drawing counts. */
export async function drawRequests(
  queryClass: QueryClass,
  random: Random,
  findCursor: CursorFinder,
  count: number,
): Promise<Request[]> {
  const requests: Request[] = []
  while (requests.length < count) requests.push(await drawRequest(queryClass, random, findCursor))
  return requests
}

function parseFacet({ service, key, where, searchText }: FacetDraw): FacetRequest {
  return {
    service,
    field: resolveField(service, key)!,
    where: parseWhere(service, where),
    contains: fold(searchText),
    offset: 0,
    limit: 25,
  }
}

export async function askEngine(engine: MeasuredEngine, request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'facet':
      return await engine.facet(request.facet)
    case 'extent':
      return await engine.extent(request.service, request.field, request.where)
    case 'count':
      return await engine.count(request.query.service, request.query.where)
    case 'search':
      return await engine.search(request.query)
  }
}

/** Limits of one run of a class, whichever is reached first. */
export interface Bounds {
  readonly requests: number
  readonly ms: number
}

/** Returns the milliseconds of each request, one after another. */
export async function timeRequests(
  bounds: Bounds,
  requests: readonly Request[],
  ask: (request: Request) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  let total = 0
  for (const request of requests.slice(0, bounds.requests)) {
    const started = performance.now()
    await ask(request)
    const taken = performance.now() - started
    times.push(taken)
    total += taken
    if (total > bounds.ms) break
  }
  return times
}
