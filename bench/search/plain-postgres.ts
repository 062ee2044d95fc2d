/**
 * The comparison of `bench search`: the same requests answered by PostgreSQL alone, from the tables of plain-tables.ts.
 */
import type { Connection } from '../../src/database/pool.ts'
import type { Field, Service } from '../../src/fields.ts'
import type { FacetRequest } from '../../src/search/engine.ts'
import type { Condition, Query } from '../../src/vql/query.ts'
import type { Request } from '../queries/ask.ts'
import { compile, createStatement, likePattern, run } from './plain-conditions.ts'
import { isNumber, TABLE } from './plain-tables.ts'

/** The answer in the shape of `comparable`. */
export async function plainAnswer(connection: Connection, request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'facet':
      return await plainFacet(connection, request.facet)
    case 'extent':
      return await plainExtent(connection, request.service, request.field, request.where)
    case 'count':
      return await plainCount(connection, request.query.service, request.query.where)
    case 'search':
      return await plainSearch(connection, request.query)
  }
}

/** Of an answer of the engine what is compared: hits as uuids; facets without theirs, which PostgreSQL is not asked for. */
export function comparable(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer
  return answer.map(row => ('folded' in row ? { folded: row.folded, count: row.count } : row.uuid))
}

/** The uuids of the query's page. */
async function plainSearch(connection: Connection, query: Query): Promise<string[]> {
  const statement = createStatement()
  const where = await compile(connection, query.service, query.where, statement)
  const keys = query.orderBy.map(order => ({
    column: `${aliasOf(query.service, order.field)}.${order.field.name}`,
    descending: order.descending,
    type: isNumber(order.field) ? 'bigint' : order.field.kind === 'uuid' ? 'uuid' : 'text',
  }))
  const from = fromClause(
    query.service,
    query.orderBy.map(order => order.field),
  )
  const byUuid = keys.some(key => key.column === 't.uuid')
  const order = [...keys.map(key => `${key.column} ${direction(key)}`), ...(byUuid ? [] : ['t.uuid'])].join(', ')
  const limit = statement.bind(query.limit, 'bigint')
  const page = (condition: string) =>
    `SELECT t.uuid${keys.map((key, place) => `, ${key.column} AS k${place}`).join('')} FROM ${from} WHERE ${where} AND ${condition} ORDER BY ${order} LIMIT ${limit}`
  const cursor = query.cursor
  if (cursor === null) {
    const offset = statement.bind((query.page - 1) * query.limit, 'bigint')
    return uuids(await run<{ uuid: string }>(connection, `${page('true')} OFFSET ${offset}`, statement.values))
  }
  const after = statement.bind(cursor.uuid, 'uuid')
  const key = keys[0]
  if (key === undefined)
    return uuids(await run<{ uuid: string }>(connection, page(`t.uuid > ${after}`), statement.values))
  if (keys.length > 1 || cursor.values[0] === null)
    throw new Error('the comparison pages by the uuid or by one field that has a value')
  const value = statement.bind(cursor.values[0], key.type)
  // A branch for each way to come after the cursor: a condition with OR would not be found in the index.
  const branches = key.descending
    ? [`${key.column} = ${value} AND t.uuid > ${after}`, `${key.column} < ${value}`, `${key.column} IS NULL`]
    : [`(${key.column}, t.uuid) > (${value}, ${after})`, `${key.column} IS NULL`]
  const text = `SELECT uuid FROM (${branches.map(branch => `(${page(branch)})`).join(' UNION ALL ')}) AS pages
    ORDER BY k0 ${direction(key)}, uuid LIMIT ${limit}`
  return uuids(await run<{ uuid: string }>(connection, text, statement.values))
}

/** The primary key has no NULL, and an index of its own without a word on where it would stand. */
function direction({ column, descending }: { readonly column: string; readonly descending: boolean }): string {
  return `${descending ? 'DESC' : 'ASC'}${column === 't.uuid' ? '' : ' NULLS LAST'}`
}

const uuids = (rows: readonly { uuid: string }[]) => rows.map(row => row.uuid)

const aliasOf = (service: Service, field: Field) => (field.service === service ? 't' : 'c')

/** The table of `service` as t, with the company of each contact as c when a field is one of companies. */
function fromClause(service: Service, fields: readonly Field[]): string {
  const joined = fields.some(field => field.service !== service)
  return `${TABLE[service]} AS t${joined ? ` LEFT JOIN ${TABLE.company} AS c ON c.uuid = t.company_id` : ''}`
}

async function plainCount(connection: Connection, service: Service, condition: Condition): Promise<number> {
  const statement = createStatement()
  const where = await compile(connection, service, condition, statement)
  const text = `SELECT count(*) AS count FROM ${TABLE[service]} AS t WHERE ${where}`
  return (await run<{ count: number }>(connection, text, statement.values))[0]!.count
}

interface PlainFacet {
  readonly folded: string
  readonly count: number
}

async function plainFacet(connection: Connection, request: FacetRequest): Promise<PlainFacet[]> {
  const { service, field, contains, limit, offset } = request
  const statement = createStatement()
  const where = await compile(connection, service, request.where, statement)
  const column = `${aliasOf(service, field)}.${field.name}`
  const lists = field.kind === 'list' ? `, unnest(${column}) AS item` : ''
  const value = field.kind === 'list' ? 'item' : column
  const containing = contains === '' ? 'true' : `${value} LIKE ${statement.bind(likePattern(contains), 'text')}`
  const text = `SELECT ${value} COLLATE "C" AS folded, count(*) AS count FROM ${fromClause(service, [field])}${lists}
    WHERE ${where} AND ${value} IS NOT NULL AND ${containing} GROUP BY 1 ORDER BY 2 DESC, 1
    LIMIT ${statement.bind(limit, 'bigint')} OFFSET ${statement.bind(offset, 'bigint')}`
  return await run<PlainFacet>(connection, text, statement.values)
}

async function plainExtent(connection: Connection, service: Service, field: Field, condition: Condition) {
  const statement = createStatement()
  const where = await compile(connection, service, condition, statement)
  const column = `${aliasOf(service, field)}.${field.name}`
  const text = `SELECT min(${column}) AS min, max(${column}) AS max FROM ${fromClause(service, [field])} WHERE ${where}`
  const rows = await run<{ min: number | null; max: number }>(connection, text, statement.values)
  return rows[0]!.min === null ? null : rows[0]
}
