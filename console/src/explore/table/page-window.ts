/**
 * Which pages of a long list are in memory, and how each of them is requested. A page is requested by the cursor of the row
 * before it, which is known once the page before was seen. Within the first 10,000 rows a page can also be requested by its
 * number, so that the scroll bar reaches it at once.
 */

export type Cursor = readonly string[]

export const PAGE_SIZE = 100
/** Pages in memory. */
export const MAX_PAGES = 20
const MAX_BY_NUMBER = 10_000
/** Pages beyond the known ones that the scroll bar already covers, so that scrolling on does not stop at every page. */
const PAGES_AHEAD = 10
/** Farther than this from the pages in memory, a page is requested alone instead of everything between. */
const MAX_STEPS = 5

/** `index` starts at 0. */
export type PageRequest =
  | { readonly index: number; readonly cursor: Cursor }
  | { readonly index: number; readonly page: number }

/** The cursors of one list, by the page that follows them. */
export class PageCursors {
  readonly #cursors = new Map<number, Cursor>()
  /** The highest page whose cursor is known. */
  deepest = 0

  /** `index`: of the page after the row with this cursor. */
  remember(index: number, cursor: Cursor): void {
    this.#cursors.set(index, cursor)
    this.deepest = Math.max(this.deepest, index)
  }

  /** Null if the page cannot be reached yet. */
  request(index: number): PageRequest | null {
    const cursor = this.#cursors.get(index)
    if (cursor) return { index, cursor }
    return index >= 0 && (index + 1) * PAGE_SIZE <= MAX_BY_NUMBER ? { index, page: index + 1 } : null
  }

  /** The number of rows that the scroll bar covers. */
  countReachable(total: number): number {
    return Math.min(total, Math.max(MAX_BY_NUMBER, (this.deepest + 1 + PAGES_AHEAD) * PAGE_SIZE))
  }
}

const MAX_LISTS = 10
const lists = new Map<string, PageCursors>()

/** The cursors of a list, also after the view was left. Kept for the lists that were used last. */
export function cursorsOf(list: string): PageCursors {
  const cursors = lists.get(list) ?? new PageCursors()
  lists.delete(list)
  lists.set(list, cursors)
  if (lists.size > MAX_LISTS) lists.delete(lists.keys().next().value!)
  return cursors
}

export interface Loaded {
  /** The first page in memory. */
  readonly first: number
  /** How many pages are in memory, one after the other. */
  readonly count: number
  readonly hasNext: boolean
}

/** What to request next for the rows from `top` to `bottom`: the page after or before those in memory, another page, or nothing. */
export function planPages(
  loaded: Loaded,
  visible: { readonly top: number; readonly bottom: number },
  cursors: PageCursors,
): 'next' | 'previous' | { readonly jump: number } | null {
  const end = loaded.first + loaded.count
  const top = pageOf(visible.top)
  const bottom = pageOf(visible.bottom)
  const isFar = bottom < loaded.first - MAX_STEPS || top >= end + MAX_STEPS
  if (isFar && (top < end || loaded.hasNext) && cursors.request(top)) return { jump: top }
  // One page ahead of what is visible, in both directions.
  if (bottom + 1 >= end && loaded.hasNext) return 'next'
  if (top - 1 < loaded.first && loaded.first > 0)
    return cursors.request(loaded.first - 1) ? 'previous' : { jump: pageOf(MAX_BY_NUMBER) - 1 }
  return null
}

export function pageOf(row: number): number {
  return Math.floor(row / PAGE_SIZE)
}

export interface PageData<Row> {
  readonly pages: readonly (readonly Row[])[]
  readonly pageParams: readonly PageRequest[]
}

/** The row with this number, if it is in memory. */
export function rowAt<Row>(data: PageData<Row> | undefined, index: number): Row | undefined {
  if (!data || data.pages.length === 0) return undefined
  return data.pages[pageOf(index) - data.pageParams[0]!.index]?.[index % PAGE_SIZE]
}
