/** Compiles queries into the bodies of searches, and reads their hits. */
import type { Field, Service } from '../../../fields.ts'
import { formatCursor } from '../../../vql/cursor.ts'
import type { Condition, Order, Query } from '../../../vql/query.ts'
import type { Hit } from '../../engine.ts'
import { isNumber, nameIn, termOf } from '../fields.ts'
import { compileCondition, type Json } from './condition.ts'

/** Numbers in the place of a missing one, far outside those that are stored. They are exact as a JSON number and as a long. */
const GREATEST = 9e18
const LEAST = -9e18

/** A page of a query. `cursor` and `page` say where it begins; there is at most one of them. */
export function compileSearch(query: Query): Json {
  const from = (query.page - 1) * query.limit
  return {
    ...compileOrdered(query, query.cursor && sortValues(query.orderBy, query.cursor)),
    ...(from > 0 && { from }),
    size: query.limit,
  }
}

/** The rows of a query after the one with these sort values, if any. */
export function compileOrdered({ service, where, orderBy }: Query, after: readonly unknown[] | null): Json {
  return {
    query: compileCondition(service, where),
    sort: [...orderBy.map(order => compileOrder(service, order)), { 'uuid.exact': { order: 'asc' } }],
    ...(after !== null && { search_after: after }),
    track_total_hits: false,
    track_scores: false,
    _source: false,
  }
}

/** Missing values come last in both directions. */
function compileOrder(service: Service, { field, descending }: Order): Json {
  const name = nameIn(service, field)
  const order = descending ? 'desc' : 'asc'
  if (isNumber(field)) return { [name]: { order, missing: missingNumber(descending) } }
  return { [`${name}.exact`]: { order, missing: '_last' } }
}

function missingNumber(descending: boolean): number {
  return descending ? LEAST : GREATEST
}

function sortValues(orderBy: readonly Order[], cursor: NonNullable<Query['cursor']>): unknown[] {
  const values = orderBy.map(({ field, descending }, index) => {
    const value = cursor.values[index] ?? null
    if (value === null) return isNumber(field) ? missingNumber(descending) : null
    return typeof value === 'string' ? termOf(value) : value
  })
  return [...values, cursor.uuid]
}

export interface RawHit {
  readonly sort: readonly (string | number | null)[]
}

export function readHit({ orderBy }: Pick<Query, 'orderBy'>, { sort }: RawHit): Hit {
  const values = orderBy.map(({ field, descending }, index) => {
    const value = sort[index] ?? null
    return isNumber(field) && value === missingNumber(descending) ? null : value
  })
  const uuid = uuidOf({ sort })
  return { uuid, cursor: formatCursor(orderBy, values, uuid) }
}

/** The last sort value is always the uuid. */
export function uuidOf({ sort }: RawHit): string {
  return sort.at(-1) as string
}

export function compileCount(service: Service, where: Condition): Json {
  return { query: compileCondition(service, where), size: 0, track_total_hits: true }
}

export function compileExtent(service: Service, field: Field, where: Condition): Json {
  const name = nameIn(service, field)
  return {
    query: compileCondition(service, where),
    size: 0,
    track_total_hits: false,
    aggs: { min: { min: { field: name } }, max: { max: { field: name } } },
  }
}
