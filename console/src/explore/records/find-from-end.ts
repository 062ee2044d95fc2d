/**
 * Finds a row near the end of a list by its place. The API pages from the beginning only, so the list is inverted. Missing values
 * are last in both directions, and rows that are equal otherwise are always sorted by their uuid upwards, so the inverted order is
 * put together from lists without missing values.
 */
import type { Order, Query, RecordRow, Where } from '../../api/records.ts'
import { type Cursor, MAX_BY_NUMBER } from './page-cursors.ts'

export interface List {
  readonly where: Where
  readonly order: readonly Order[]
  readonly search: (query: Query) => Promise<readonly RecordRow[]>
  readonly count: (where: Where) => Promise<number>
}

const FULL_NAME = 'full_name'
const FULL_NAME_PARTS = ['last_name', 'first_name']
/** Fields that every record has. */
const ALWAYS = ['uuid', 'id', 'created_at', 'updated_at']
const OPPOSITE = { asc: 'desc', desc: 'asc' } as const

/** The cursor of the row that so many rows follow. Null if that is too far from the end. */
export async function findFromEnd(list: List, following: number): Promise<Cursor | null> {
  const fields = list.order.flatMap(({ order_by, order_direction }) =>
    (order_by === FULL_NAME ? FULL_NAME_PARTS : [order_by]).map(order_by => ({ order_by, order_direction })),
  )
  const found = await findInverted(list, list.where, fields, following)
  return found && writeCursor(list.order, found)
}

interface SortValues {
  /** Of each field; null if it is missing. */
  readonly values: readonly (string | null)[]
  readonly uuid: string
}

/** The row that so many rows follow, in these fields. Rows without a value in the first one are a list of their own, at the end. */
async function findInverted(
  list: List,
  where: Where,
  fields: readonly Order[],
  following: number,
): Promise<SortValues | null> {
  const [first, ...others] = fields
  if (first === undefined || ALWAYS.includes(first.order_by))
    return await findAmongValues(list, where, fields, following)
  const missing = await list.count(both(where, lacksAny([first.order_by])))
  if (following >= missing) {
    const having = missing === 0 ? where : both(where, { exists: { must: [first.order_by] } })
    return await findAmongValues(list, having, fields, following - missing)
  }
  return prepend(null, await findInverted(list, both(where, lacksAny([first.order_by])), others, following))
}

/** The same where all rows have a value in the first field. */
async function findAmongValues(list: List, where: Where, fields: readonly Order[], following: number) {
  if (following >= MAX_BY_NUMBER) return null
  const [, ...others] = fields
  const optional = others.map(({ order_by }) => order_by).filter(field => !ALWAYS.includes(field))
  const missing = optional.length === 0 ? 0 : await list.count(both(where, lacksAny(optional)))
  if (missing === 0) return await rowAt(list, where, fields, following)
  return await findInGroup(list, where, fields, following)
}

/** If some lack a value of the other fields, the row is found among those that have the same first value. */
async function findInGroup(list: List, where: Where, [first, ...others]: readonly Order[], following: number) {
  const valueAt = async (place: number) => (await rowAt(list, where, [first!], place))?.values[0] ?? null
  const value = await valueAt(following)
  if (value === null) return null
  let [start, end] = [0, following]
  while (start < end) {
    const middle = Math.floor((start + end) / 2)
    if ((await valueAt(middle)) === value) end = middle
    else start = middle + 1
  }
  const group = both(where, { keyword_match: { must: { [first!.order_by]: value } } })
  // Whether these are the rows that are equal in the order, too.
  const after = start + (await list.count(group))
  if (after <= following || after >= MAX_BY_NUMBER || (await valueAt(after)) === value) return null
  return prepend(value, await findInverted(list, group, others, following - start))
}

/** The row at a place of the inverted list, all of whose rows have a value in each field. */
async function rowAt(
  { search }: List,
  where: Where,
  fields: readonly Order[],
  place: number,
): Promise<SortValues | null> {
  const order_by = fields.map(
    ({ order_by, order_direction }): Order => ({ order_by, order_direction: OPPOSITE[order_direction] }),
  )
  if (!fields.some(({ order_by }) => order_by === 'uuid')) order_by.push({ order_by: 'uuid', order_direction: 'desc' })
  const [row] = await search({ where, order_by, select_columns: ['uuid'], limit: 1, page: place + 1 })
  return row ? { values: row.cursor!.slice(0, fields.length), uuid: row.uuid } : null
}

function prepend(value: string | null, found: SortValues | null): SortValues | null {
  return found && { ...found, values: [value, ...found.values] }
}

/** As the server writes it: a string per order. That of the full name is a pair. */
function writeCursor(order: readonly Order[], { values, uuid }: SortValues): Cursor {
  let place = 0
  const parts = order.map(({ order_by }) => {
    if (order_by !== FULL_NAME) return values[place++] ?? ''
    const pair = [values[place++] ?? null, values[place++] ?? null]
    return pair.every(value => value === null) ? '' : JSON.stringify(pair)
  })
  return [...parts, uuid]
}

function lacksAny(fields: readonly string[]): Where {
  const conditions = fields.map((field): Where => ({ exists: { must_not: [field] } }))
  return conditions.length === 1 ? conditions[0]! : { or: conditions }
}

function both(one: Where, other: Where): Where {
  return { and: [one, other] }
}
