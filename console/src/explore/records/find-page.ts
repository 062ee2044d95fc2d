/** Finds the cursor of a page that is far from the beginning: from the end of the list, or page by page. */
import type { Order, Query, RecordRow, Where } from '../../api/records.ts'
import { type Cursor, MAX_BY_NUMBER, PAGE_SIZE, type PageCursors, type PageRequest } from './page-cursors.ts'

export interface List {
  readonly where: Where
  readonly order: readonly Order[]
  readonly search: (query: Query) => Promise<readonly RecordRow[]>
  readonly count: (where: Where) => Promise<number>
}

/** Pages between the page and the nearest known one that are read on the way. At 4 ms each, a second for 25,000 rows. */
export const MAX_STEPS = 1000
const STEPS_PER_REPORT = 25

/** The page is too far from both ends and from all that was seen of the list. */
export class TooFarError extends Error {
  constructor() {
    super('These rows are too far from both ends of the list. Filter the list, or sort it by another column.')
    this.name = 'TooFarError'
  }
}

export interface FindOptions {
  readonly signal: AbortSignal
  /** Is called with the row that was reached. */
  readonly onProgress: (row: number) => void
}

/** Returns how to request the page, or null if the list ends before it. Throws TooFarError. */
export async function findPage(
  index: number,
  list: List,
  cursors: PageCursors,
  options: FindOptions,
): Promise<PageRequest | null> {
  return cursors.request(index) ?? (await cursors.inTurn(() => searchPage(index, list, cursors, options)))
}

async function searchPage(index: number, list: List, cursors: PageCursors, options: FindOptions) {
  options.signal.throwIfAborted()
  if (index - cursors.nearest(index) > 1) {
    const cursor = await findFromEnd(index, list)
    if (cursor) cursors.remember(index, cursor)
  }
  return await walk(index, list, cursors, options)
}

async function walk(index: number, { where, order, search }: List, cursors: PageCursors, options: FindOptions) {
  const start = cursors.nearest(index)
  if (index - start > MAX_STEPS) throw new TooFarError()
  for (let at = start; at < index; at++) {
    options.signal.throwIfAborted()
    if (at > start && (at - start) % STEPS_PER_REPORT === 0) options.onProgress(at * PAGE_SIZE)
    const query = { where, order_by: order, select_columns: ['uuid'], limit: PAGE_SIZE }
    const rows = await search({ ...query, ...cursors.request(at)! })
    if (rows.length < PAGE_SIZE) return null
    cursors.remember(at + 1, rows.at(-1)!.cursor!)
  }
  return cursors.request(index)
}

/**
 * The cursor of the row before the page, found in the inverted list. Null if that is too far from the end, too, or if the list
 * cannot be inverted: missing values are last in both directions, so they must not be among the values of several fields.
 */
async function findFromEnd(index: number, list: List): Promise<Cursor | null> {
  const { where, order, count } = list
  const total = await count(where)
  /** How many rows follow the row before the page. */
  const following = total - index * PAGE_SIZE
  if (following < 0) return null
  const fields = order.flatMap(({ order_by }) => (order_by === 'full_name' ? ['last_name', 'first_name'] : [order_by]))
  const stored = fields.filter(field => !ALWAYS.includes(field))
  const missing = stored.length === 0 ? 0 : await count(both(where, lacksAny(stored)))
  if (missing === 0) return await readInverted(list, where, order, following)
  const [field, ...others] = stored
  if (others.length > 0 || order.length > 1) return null
  // The rows without a value are a list of their own, at the end.
  if (following >= missing)
    return await readInverted(list, both(where, { exists: { must: [field!] } }), order, following - missing)
  const cursor = await readInverted(list, both(where, lacksAny([field!])), [], following)
  return cursor && ['', ...cursor]
}

/** Fields that every record has. */
const ALWAYS = ['uuid', 'id', 'created_at', 'updated_at']
const OPPOSITE = { asc: 'desc', desc: 'asc' } as const

/** The cursor, in the order of the list, of the row that so many rows follow. Null if it is too far from the end. */
async function readInverted(
  { search }: List,
  where: Where,
  order: readonly Order[],
  following: number,
): Promise<Cursor | null> {
  if (following >= MAX_BY_NUMBER) return null
  const inverted = order.map(
    ({ order_by, order_direction }): Order => ({ order_by, order_direction: OPPOSITE[order_direction] }),
  )
  const hasUuid = order.some(({ order_by }) => order_by === 'uuid')
  // Rows that are equal otherwise are sorted by their uuid, always upwards.
  if (!hasUuid) inverted.push({ order_by: 'uuid', order_direction: 'desc' })
  const [row] = await search({ where, order_by: inverted, select_columns: ['uuid'], limit: 1, page: following + 1 })
  if (!row) return null
  const values = row.cursor!.slice(0, order.length)
  return [...values, row.uuid]
}

function lacksAny(fields: readonly string[]): Where {
  const conditions = fields.map((field): Where => ({ exists: { must_not: [field] } }))
  return conditions.length === 1 ? conditions[0]! : { or: conditions }
}

function both(one: Where, other: Where): Where {
  return { and: [one, other] }
}
