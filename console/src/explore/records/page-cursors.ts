/**
 * How the pages of a long list are requested. Within the first 10,000 rows a page is requested by its number, beyond them by the
 * cursor of the row before it.
 */

export type Cursor = readonly string[]

export const PAGE_SIZE = 100
/** The server takes page numbers for so many rows. */
export const MAX_BY_NUMBER = 10_000
const PAGES_BY_NUMBER = MAX_BY_NUMBER / PAGE_SIZE

/** `page` starts at 1. */
export type PageRequest = { readonly page: number } | { readonly cursor: Cursor }

/** The cursors of one list, by the index of the page that follows them. Indexes start at 0. */
export class PageCursors {
  readonly #cursors = new Map<number, Cursor>()
  #last: Promise<unknown> = Promise.resolve()

  /** `cursor`: of the row before the page. */
  remember(index: number, cursor: Cursor): void {
    if (index >= PAGES_BY_NUMBER) this.#cursors.set(index, cursor)
  }

  /** Null if the cursor is not known yet. */
  request(index: number): PageRequest | null {
    if (index < PAGES_BY_NUMBER) return { page: index + 1 }
    const cursor = this.#cursors.get(index)
    return cursor ? { cursor } : null
  }

  /** The last page at or before this one that can be requested. */
  nearest(index: number): number {
    let nearest = Math.min(index, PAGES_BY_NUMBER - 1)
    for (const known of this.#cursors.keys()) if (known <= index && known > nearest) nearest = known
    return nearest
  }

  /** Runs one search for a cursor after the other: the next one begins where the last one ended. */
  inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run)
    this.#last = result.catch(() => {})
    return result
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

export function pageOf(row: number): number {
  return Math.floor(row / PAGE_SIZE)
}
