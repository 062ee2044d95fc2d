/** The rows of the list, page by page, and their exact number. */
import { type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { countRecords, type Query, type RecordRow, type Service, searchRecords, type Where } from '../../api/records.ts'
import { useExplore } from '../explore-context.ts'
import { type Column, selectFor } from './columns.ts'
import {
  cursorsOf,
  MAX_PAGES,
  PAGE_SIZE,
  type PageCursors,
  type PageRequest,
  pageOf,
  planPages,
  rowAt,
} from './page-window.ts'

/** Rows that are shown as loading while nothing is known of the list. */
const ROWS_AT_FIRST = 40
/** Pages that nobody sees are dropped soon. Milliseconds. */
const KEPT_FOR = 60_000

export interface Records {
  /** Changes when other records are listed, or in another order. */
  readonly list: string
  /** Exact; undefined until it is known. */
  readonly total: number | undefined
  /** The number of rows that can be scrolled to: `total`, or fewer of a long list until it is scrolled. */
  readonly reach: number
  readonly rowAt: (index: number) => RecordRow | undefined
  /** Requests what is needed to show these rows. To be called whenever something was rendered. */
  readonly show: (top: number, bottom: number) => void
  /** Returns the uuids of rows, also of those that are no longer in memory. */
  readonly listUuids: (from: number, to: number) => Promise<readonly string[]>
  /** The rows are those of the view before. */
  readonly isStale: boolean
  readonly isEmpty: boolean
  readonly error: Error | null
  /** Whether there are rows in spite of the error. */
  readonly hasRows: boolean
  readonly retry: () => void
}

type Page = readonly RecordRow[]

interface Start {
  readonly list: string
  readonly select: string
  /** The page that the pages in memory began with. */
  readonly page: number
}

export function useRecords(columns: readonly Column[]): Records {
  const { view, where } = useExplore()
  const { service, order } = view
  const list = JSON.stringify([service, where, order])
  const cursors = cursorsOf(list)
  const selected = selectFor(service, columns)
  const select = JSON.stringify(selected)
  const visibleTop = useRef(0)
  const [start, setStart] = useStart(list, select, cursors, visibleTop)

  const firstRequest: PageRequest = cursors.request(start.page) ?? { index: 0, page: 1 }

  const search = (request: PageRequest, query: Query, signal?: AbortSignal) =>
    searchPage(service, { where, order_by: order, ...query }, request, cursors, signal)
  const count = useQuery({
    queryKey: countKey(service, where),
    queryFn: ({ signal }) => countRecords(service, where, signal),
    placeholderData: keepPreviousData,
  })
  const pages = useInfiniteQuery<Page, Error, InfiniteData<Page, PageRequest>, QueryKey, PageRequest>({
    queryKey: ['pages', service, { where, order, selected, start: start.page }],
    queryFn: ({ pageParam, signal }) => search(pageParam, selected, signal),
    initialPageParam: firstRequest,
    getNextPageParam: (last, _, request): PageRequest | undefined => {
      if (last.length < PAGE_SIZE) return undefined
      return { index: request.index + 1, cursor: last.at(-1)!.cursor! }
    },
    getPreviousPageParam: (_first, _, request): PageRequest | undefined =>
      cursors.request(request.index - 1) ?? undefined,
    maxPages: MAX_PAGES,
    gcTime: KEPT_FOR,
    placeholderData: keepPreviousData,
  })

  const { data } = pages
  const first = data?.pageParams[0]?.index ?? 0
  const isCurrent = data !== undefined && !pages.isPlaceholderData
  const end = isCurrent && !pages.hasNextPage ? countUpToEnd(first, data.pages) : Number.POSITIVE_INFINITY
  // The two requests are answered at different moments. The end of the list is the end, whatever was counted.
  const total = count.data === undefined ? undefined : Math.min(count.data, end)
  const isSettled = isCurrent && !pages.isFetching && !pages.isError

  return {
    list,
    total,
    reach: total === undefined ? ROWS_AT_FIRST : cursors.countReachable(total),
    rowAt: index => rowAt(data, index),
    show(top, bottom) {
      visibleTop.current = top
      // One request at a time. What the next one is for is decided when this one is answered.
      if (!data || !isSettled) return
      const plan = planPages({ first, count: data.pages.length, hasNext: pages.hasNextPage }, { top, bottom }, cursors)
      if (plan === 'next') void pages.fetchNextPage()
      else if (plan === 'previous') void pages.fetchPreviousPage()
      else if (plan) setStart({ list, select, page: plan.jump })
    },
    async listUuids(from, to) {
      const uuids: string[] = []
      for (let page = pageOf(from); page <= pageOf(to); page++) {
        const request = cursors.request(page)
        const rows =
          data?.pages[page - first] ?? (request && (await search(request, { select_columns: ['uuid'] }))) ?? []
        const offset = page * PAGE_SIZE
        uuids.push(...rows.slice(Math.max(0, from - offset), to - offset + 1).map(row => row.uuid))
      }
      return uuids
    },
    isStale: pages.isPlaceholderData,
    isEmpty: isCurrent && first === 0 && data.pages[0]!.length === 0,
    error: pages.error ?? count.error,
    hasRows: data !== undefined,
    retry: () => {
      void count.refetch()
      void (pages.isFetchNextPageError ? pages.fetchNextPage() : pages.refetch())
    },
  }
}

export function countKey(service: Service, where: Where) {
  return ['count', service, where] as const
}

/**
 * Another list begins with its first page. The same list with other columns begins with the page that is visible, so that
 * nobody has to look for the place again.
 */
function useStart(list: string, select: string, cursors: PageCursors, visibleTop: { readonly current: number }) {
  const [start, setStart] = useState<Start>({ list, select, page: 0 })
  if (start.list === list && start.select === select) return [start, setStart] as const
  const page = start.list === list ? pageOf(visibleTop.current) : 0
  const next = { list, select, page: cursors.request(page) ? page : 0 }
  setStart(next)
  return [next, setStart] as const
}

async function searchPage(
  service: Service,
  query: Query,
  request: PageRequest,
  cursors: PageCursors,
  signal?: AbortSignal,
) {
  const { index, ...place } = request
  const rows = await searchRecords(service, { ...query, ...place, limit: PAGE_SIZE }, signal)
  if (rows.length === PAGE_SIZE) cursors.remember(index + 1, rows.at(-1)!.cursor!)
  return rows
}

function countUpToEnd(first: number, pages: readonly (readonly RecordRow[])[]): number {
  return (first + pages.length - 1) * PAGE_SIZE + (pages.at(-1)?.length ?? 0)
}
