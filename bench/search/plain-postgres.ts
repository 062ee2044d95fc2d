/** The comparison of `bench search`: PostgreSQL alone answers the same requests from the tables of plain-tables.ts. */
import type { Connection } from '../../src/database/pool.ts'
import type { Field, Service } from '../../src/fields.ts'
import type { FacetRequest } from '../../src/search/engine.ts'
import type { Condition, Cursor, Order, Query } from '../../src/vql/query.ts'
import type { Request } from '../queries/ask.ts'
import { compile, createStatement, likePattern, run, type Statement } from './plain-conditions.ts'
import { isNumber, TABLE } from './plain-tables.ts'

/** Returns the answer in the form of `comparable`. */
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

/** The part of the engine's answer that is compared: the uuids of hits, and facets as folded values with their counts. */
export function comparable(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer
  return answer.map(row => ('folded' in row ? { folded: row.folded, count: row.count } : row.uuid))
}

/** Returns the uuids of the query's page. */
async function plainSearch(connection: Connection, query: Query): Promise<string[]> {
  const statement = createStatement()
  const where = await compile(connection, query.service, query.where, statement)
  const keys = query.orderBy.map(order => sortKey(query.service, order))
  const from = fromClause(
    query.service,
    query.orderBy.map(order => order.field),
  )
  const byUuid = keys.some(key => key.column === 't.uuid')
  const order = [...keys.map(key => `${key.column} ${direction(key)}`), ...(byUuid ? [] : ['t.uuid'])].join(', ')
  const limit = statement.bind(query.limit, 'bigint')
  const page: PageSql = condition =>
    `SELECT t.uuid${keys.map((key, place) => `, ${key.column} AS k${place}`).join('')} FROM ${from} WHERE ${where} AND ${condition} ORDER BY ${order} LIMIT ${limit}`
  const text =
    query.cursor === null
      ? `${page('true')} OFFSET ${statement.bind((query.page - 1) * query.limit, 'bigint')}`
      : pageAfter(query.cursor, keys, { page, statement, limit })
  return (await run<{ uuid: string }>(connection, text, statement.values)).map(row => row.uuid)
}

interface SortKey {
  readonly column: string
  readonly descending: boolean
  readonly type: string
}

/** The statement of a page of the rows that meet a further condition. */
type PageSql = (condition: string) => string

function sortKey(service: Service, { field, descending }: Order): SortKey {
  const type = isNumber(field) ? 'bigint' : field.kind === 'uuid' ? 'uuid' : 'text'
  return { column: `${aliasOf(service, field)}.${field.name}`, descending, type }
}

/** The statement of the page after a cursor. Throws if the order has several keys or the cursor has no value. */
function pageAfter(
  cursor: Cursor,
  keys: readonly SortKey[],
  { page, statement, limit }: { readonly page: PageSql; readonly statement: Statement; readonly limit: string },
): string {
  const after = statement.bind(cursor.uuid, 'uuid')
  const key = keys[0]
  if (key === undefined) return page(`t.uuid > ${after}`)
  if (keys.length > 1 || cursor.values[0] === null)
    throw new Error('the comparison supports cursors only by uuid or by one field with a value')
  const value = statement.bind(cursor.values[0], key.type)
  // One branch for each way to follow the cursor, because a condition with OR would not use the index.
  const branches = key.descending
    ? [`${key.column} = ${value} AND t.uuid > ${after}`, `${key.column} < ${value}`, `${key.column} IS NULL`]
    : [`(${key.column}, t.uuid) > (${value}, ${after})`, `${key.column} IS NULL`]
  return `SELECT uuid FROM (${branches.map(branch => `(${page(branch)})`).join(' UNION ALL ')}) AS pages
    ORDER BY k0 ${direction(key)}, uuid LIMIT ${limit}`
}

/** The primary key has no NULL, and its index was created without an order of NULLs. */
function direction({ column, descending }: SortKey): string {
  return `${descending ? 'DESC' : 'ASC'}${column === 't.uuid' ? '' : ' NULLS LAST'}`
}

const aliasOf = (service: Service, field: Field) => (field.service === service ? 't' : 'c')

/** The table of `service` as t. If a field belongs to companies, the company of each contact is joined as c. */
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
