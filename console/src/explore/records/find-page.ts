/** Finds the cursor of a page that is far from the beginning: from the end of the list, or page by page. */
import { findFromEnd, type List } from './find-from-end.ts'
import { PAGE_SIZE, type PageCursors, type PageRequest } from './page-cursors.ts'

/** Pages between the page and the nearest known one that are read on the way. At 4 ms each, a second for 25,000 rows. */
export const MAX_STEPS = 1000
const STEPS_PER_REPORT = 25

/** The page is too far from both ends and from all that was seen of the list. */
export class TooFarError extends Error {
  constructor() {
    super('The rows are too far from both ends of the list.')
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
    /** How many rows follow the row before the page. */
    const following = (await list.count(list.where)) - index * PAGE_SIZE
    const cursor = following < 0 ? null : await findFromEnd(list, following)
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
