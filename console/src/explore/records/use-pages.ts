/** Pages of a list: those that are asked for are requested and kept for a while. */
import { type QueryClient, type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Order, type RecordRow, type Service, searchRecords, type Where } from '../../api/records.ts'
import type { Selected } from '../columns/columns.ts'
import { countQuery } from './count-query.ts'
import type { List } from './find-from-end.ts'
import { type FindOptions, findPage } from './find-page.ts'
import { cursorsOf, PAGE_SIZE } from './page-cursors.ts'
import type { Page } from './patch-records.ts'
import { withEdits } from './pending-edits.ts'

/** Pages that nobody sees are dropped soon. Milliseconds. */
const KEPT_FOR = 30_000

interface PageList {
  /** Changes when other records are listed, or in another order. */
  readonly key: string
  readonly service: Service
  readonly where: Where
  readonly order: readonly Order[]
  readonly selected: Selected
}

/** Indexes of pages, both inclusive. */
export interface PageRange {
  readonly first: number
  readonly last: number
}

export interface Pages {
  /** In the order of the range. */
  readonly results: readonly PageResult[]
  /** The row that was reached on the way to a page that is far away; null if there is none. */
  readonly progress: number | null
  /** Returns the rows of a page with at least their uuids, also of one that is not in memory. */
  readonly read: (index: number) => Promise<Page>
}

type PageResult = Pick<UseQueryResult<Page>, 'data' | 'error'>

export function usePages(list: PageList, { first, last }: PageRange): Pages {
  const client = useQueryClient()
  const [progress, setProgress] = useState<number | null>(null)
  const { service, where, order, selected } = list
  const keyOf = (index: number) => ['pages', service, { where, order, selected }, index] as const
  const results = useQueries({
    queries: Array.from({ length: last - first + 1 }, (_, place) => ({
      queryKey: keyOf(first + place),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        readPage(client, list, first + place, selected, { signal, onProgress: setProgress }).finally(() =>
          setProgress(null),
        ),
      gcTime: KEPT_FOR,
    })),
    combine,
  })
  async function read(index: number): Promise<Page> {
    const loaded = client.getQueryData<Page>(keyOf(index))
    const { signal } = new AbortController()
    return loaded ?? (await readPage(client, list, index, { select_columns: ['uuid'] }, { signal, onProgress() {} }))
  }
  return { results, progress, read }
}

const combine = (results: readonly UseQueryResult<Page>[]): readonly PageResult[] =>
  results.map(({ data, error }) => ({ data, error }))

async function readPage(
  client: QueryClient,
  { key, service, where, order }: PageList,
  index: number,
  selected: Selected,
  { signal, onProgress }: FindOptions,
): Promise<Page> {
  const cursors = cursorsOf(key)
  const search: List['search'] = query => searchRecords(service, query, signal)
  const count: List['count'] = matching => client.fetchQuery(countQuery(service, matching))
  const request = await findPage(index, { where, order, search, count }, cursors, { signal, onProgress })
  if (request === null) return []
  const askedAt = performance.now()
  const rows = await search({ where, order_by: order, ...selected, ...request, limit: PAGE_SIZE })
  if (rows.length === PAGE_SIZE) cursors.remember(index + 1, rows.at(-1)!.cursor!)
  return rows.map((row): RecordRow => withEdits(service, row, askedAt))
}
