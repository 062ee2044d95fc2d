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
 * cannot be inverted.
 */
async function findFromEnd(index: number, list: List): Promise<Cursor | null> {
  const { where, order, count } = list
  /** How many rows follow the row before the page. */
  const following = (await count(where)) - index * PAGE_SIZE
  const fields = order.flatMap(({ order_by, order_direction }) =>
    (order_by === FULL_NAME ? FULL_NAME_PARTS : [order_by]).map(order_by => ({ order_by, order_direction })),
  )
  const found = following < 0 ? null : await readInverted(list, where, fields, following)
  return found && writeCursor(order, found)
}

const FULL_NAME = 'full_name'
const FULL_NAME_PARTS = ['last_name', 'first_name']
/** Fields that every record has. */
const ALWAYS = ['uuid', 'id', 'created_at', 'updated_at']
const OPPOSITE = { asc: 'desc', desc: 'asc' } as const

interface SortValues {
  /** Of each field; null if it is missing. */
  readonly values: readonly (string | null)[]
  readonly uuid: string
}

/**
 * The row that so many rows follow. Missing values are last in both directions: the rows without a value in the first field are a
 * list of their own, at the end. Among the others, no value of the other fields may be missing.
 */
async function readInverted(
  list: List,
  where: Where,
  fields: readonly Order[],
  following: number,
): Promise<SortValues | null> {
  const [first, ...others] = fields.map(({ order_by }) => order_by)
  if (first !== undefined && !ALWAYS.includes(first)) {
    const missing = await list.count(both(where, lacksAny([first])))
    if (following < missing) {
      const found = await readInverted(list, both(where, lacksAny([first])), fields.slice(1), following)
      return found && { ...found, values: [null, ...found.values] }
    }
    const rest = missing === 0 ? where : both(where, { exists: { must: [first] } })
    return await readAmongOthers(list, rest, fields, following - missing, others)
  }
  return await readAmongOthers(list, where, fields, following, others)
}

async function readAmongOthers(
  { search, count }: List,
  where: Where,
  fields: readonly Order[],
  following: number,
  others: readonly string[],
): Promise<SortValues | null> {
  if (following >= MAX_BY_NUMBER) return null
  const optional = others.filter(field => !ALWAYS.includes(field))
  if (optional.length > 0 && (await count(both(where, lacksAny(optional)))) > 0) return null
  const order_by = fields.map(
    ({ order_by, order_direction }): Order => ({ order_by, order_direction: OPPOSITE[order_direction] }),
  )
  // Rows that are equal otherwise are sorted by their uuid, always upwards.
  if (!fields.some(({ order_by }) => order_by === 'uuid')) order_by.push({ order_by: 'uuid', order_direction: 'desc' })
  const [row] = await search({ where, order_by, select_columns: ['uuid'], limit: 1, page: following + 1 })
  return row ? { values: row.cursor!.slice(0, fields.length), uuid: row.uuid } : null
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
