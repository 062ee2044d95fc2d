/** The rows of the list, page by page, and their exact number. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { RecordRow } from '../../api/records.ts'
import { type Column, selectFor } from '../columns/columns.ts'
import { useExplore } from '../explore-context.ts'
import { countQuery } from './count-query.ts'
import { TooFarError } from './find-page.ts'
import { PAGE_SIZE, pageOf } from './page-cursors.ts'
import type { Page } from './patch-records.ts'
import { type PageRange, usePages } from './use-pages.ts'

/** Rows that are shown as loading while nothing is known of the list. */
const ROWS_AT_FIRST = 40
/** While the scroll bar is dragged, pages that fly past are not requested. Milliseconds. */
const PAUSE = 60

export interface Records {
  /** Changes when other records are listed, or in another order. */
  readonly list: string
  /** Exact; undefined until it is known. */
  readonly total: number | undefined
  /** The number of rows that the table has: `total`, or some while that is not known. */
  readonly rowCount: number
  readonly rowAt: (index: number) => RecordRow | undefined
  /** The row of a record that is in sight; -1 if it is not. */
  readonly findRow: (uuid: string) => number
  /** Requests what is needed to show these rows. To be called whenever something was rendered. */
  readonly show: (top: number, bottom: number) => void
  /** Returns the uuids of rows, also of those that are no longer in memory. */
  readonly listUuids: (from: number, to: number) => Promise<readonly string[]>
  /** The rows are those of the view before. */
  readonly isStale: boolean
  readonly isEmpty: boolean
  /** Why the rows in sight are not there: they cannot be reached, or are being looked for and this row was reached. */
  readonly distance: 'too far' | { readonly reached: number } | null
  readonly error: Error | null
  /** Whether there are rows in spite of the error. */
  readonly hasRows: boolean
  /** Asks for everything again that could not be loaded. */
  readonly retry: () => void
}

type LoadedPages = ReadonlyMap<number, Page>

export function useRecords(columns: readonly Column[]): Records {
  const client = useQueryClient()
  const { view, where } = useExplore()
  const { service, order } = view
  const list = JSON.stringify([service, where, order])
  const selected = selectFor(service, columns)
  const [range, setRange] = usePageRange(list)
  const pages = usePages({ key: list, service, where, order, selected }, range)
  const count = useQuery({ ...countQuery(service, where), placeholderData: keepPreviousData })

  const loaded = new Map(
    pages.results.flatMap(({ data }, place): [number, Page][] => (data ? [[range.first + place, data]] : [])),
  )
  const { shown, isStale } = useLastShown(list, loaded)
  const errors = pages.results.flatMap(({ error }) => error ?? [])
  const failure = errors.find(error => !(error instanceof TooFarError)) ?? null
  // The two requests are answered at different moments. The end of the list is the end, whatever was counted.
  const total = count.data === undefined ? undefined : Math.min(count.data, endOf(loaded))
  const lastPage = total === undefined ? 0 : pageOf(Math.max(0, total - 1))

  return {
    list,
    total,
    rowCount: total ?? ROWS_AT_FIRST,
    rowAt: index => shown.get(pageOf(index))?.[index % PAGE_SIZE],
    findRow(uuid) {
      for (const [index, page] of shown) {
        const place = page.findIndex(row => row.uuid === uuid)
        if (place >= 0) return index * PAGE_SIZE + place
      }
      return -1
    },
    show(top, bottom) {
      const first = Math.min(pageOf(top), lastPage)
      const last = Math.min(pageOf(bottom), lastPage)
      let isComplete = true
      for (let page = first; page <= last; page++) if (!loaded.has(page)) isComplete = false
      // The pages beside those in sight come when these are there.
      const ahead = isComplete ? 1 : 0
      setRange({ first: Math.max(0, first - ahead), last: Math.min(lastPage, last + ahead) })
    },
    async listUuids(from, to) {
      const uuids: string[] = []
      for (let page = pageOf(from); page <= pageOf(to); page++) {
        const rows = await pages.read(page)
        const offset = page * PAGE_SIZE
        uuids.push(...rows.slice(Math.max(0, from - offset), to - offset + 1).map(row => row.uuid))
      }
      return uuids
    },
    isStale,
    isEmpty: loaded.get(0)?.length === 0,
    distance:
      errors.length > 0 && failure === null ? 'too far' : pages.progress === null ? null : { reached: pages.progress },
    error: failure ?? count.error,
    hasRows: shown.size > 0,
    // What failed beside the rows, such as the values of filters, mostly failed for the same reason.
    retry: () => void client.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' }),
  }
}

/** Another list begins with its first page. */
function usePageRange(list: string): readonly [PageRange, (range: PageRange) => void] {
  const [wanted, setWanted] = useState<PageRange & { readonly list: string }>({ list, first: 0, last: 0 })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const isCurrent = wanted.list === list
  const range = { first: isCurrent ? wanted.first : 0, last: isCurrent ? wanted.last : 0 }

  function change({ first, last }: PageRange): void {
    clearTimeout(timer.current)
    if (first === range.first && last === range.last) return
    const isNear = first <= range.last + 1 && last >= range.first - 1
    const next = { list, first, last }
    if (isNear) setWanted(next)
    else timer.current = setTimeout(() => setWanted(next), PAUSE)
  }
  return [range, change]
}

/** The pages to show: those of the view before until the first one of this view is there, so that nothing flickers. */
function useLastShown(list: string, loaded: LoadedPages): { readonly shown: LoadedPages; readonly isStale: boolean } {
  const last = useRef<{ readonly list: string; readonly pages: LoadedPages }>({ list, pages: loaded })
  const before = last.current
  // With other columns, the rows are the same.
  const kept = before.list === list || loaded.size === 0 ? before.pages : new Map<number, Page>()
  const shown = new Map([...kept, ...loaded])
  useEffect(() => {
    if (loaded.size > 0) last.current = { list, pages: loaded }
  })
  return { shown, isStale: loaded.size === 0 && before.list !== list }
}

/** The number of rows of the list, if its last page is loaded; else infinity. */
function endOf(pages: LoadedPages): number {
  const ends = [...pages].flatMap(([index, page]) => (page.length < PAGE_SIZE ? [index * PAGE_SIZE + page.length] : []))
  return Math.min(...ends, Number.POSITIVE_INFINITY)
}
