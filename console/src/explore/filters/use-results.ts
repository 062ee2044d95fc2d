/** Counts, values and histograms of what the list finds. Requests that are outdated are cancelled. */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Bound, countRecords, listFilterValues, type Service, type Where } from '../../api/records.ts'
import { useExplore } from '../explore-context.ts'
import { countQuery } from '../records/count-query.ts'
import { useStable } from '../use-stable.ts'
import type { Group } from '../view-state.ts'
import { type Bin, dateBins, numberBins } from './bins.ts'
import { withoutKey } from './edit-filter.ts'
import { rememberNames } from './value-names.ts'
import { toWhere } from './where.ts'

export function useCount(where: Where) {
  const { view } = useExplore()
  return useQuery({ ...countQuery(view.service, where), placeholderData: keepPreviousData })
}

/**
 * The query without what the panel's field itself asks for, so that its other values stay in sight. The same object until another
 * field asks for something else.
 */
export function useWhereWithout(key: string): Where {
  const { view } = useExplore()
  const { search, filter } = view
  return useStable(useMemo(() => toWhere(search, withoutKey(filter, key)), [search, filter, key]))
}

export function useValues(key: string, search: string, limit: number) {
  const { view } = useExplore()
  const where = useWhereWithout(key)
  return useQuery({
    queryKey: ['values', view.service, key, where, search, limit],
    queryFn: async ({ signal }) => {
      await letListGoFirst()
      const body = { filter_key: key, where, limit, ...(search !== '' && { search_text: search }) }
      const { data } = await listFilterValues(view.service, body, signal)
      rememberNames(key, data)
      return data
    },
    placeholderData: keepPreviousData,
  })
}

/** The counts of single values, as for those that are selected but not among the most frequent ones. */
export function useValueCounts(key: string, values: readonly string[]): readonly (number | undefined)[] {
  const { view } = useExplore()
  const where = useWhereWithout(key)
  return useQueries({
    queries: values.map(value => ({
      queryKey: ['count', view.service, where, key, value],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        await letListGoFirst()
        return await countRecords(view.service, both(where, { keyword_match: { must: { [key]: value } } }), signal)
      },
    })),
    combine: results => results.map(({ data }) => data),
  })
}

export interface Histogram {
  readonly min: Bound
  readonly max: Bound
  readonly bins: readonly Bin[]
  /** Of each bin. */
  readonly counts: readonly number[]
}

/** Null if none of the records has a value. */
export function useHistogram(key: string) {
  const { view } = useExplore()
  const where = useWhereWithout(key)
  return useQuery({
    queryKey: ['histogram', view.service, key, where],
    queryFn: async ({ signal }) => {
      await letListGoFirst()
      return await readHistogram(view.service, key, where, signal)
    },
    placeholderData: keepPreviousData,
  })
}

async function readHistogram(
  service: Service,
  key: string,
  where: Where,
  signal: AbortSignal,
): Promise<Histogram | null> {
  const { min, max } = await listFilterValues(service, { filter_key: key, where }, signal)
  if (min === undefined || min === null || max === undefined || max === null) return null
  const bins = typeof min === 'number' ? numberBins(min, Number(max)) : dateBins(min, String(max))
  const counts = bins.map(({ from, to }) =>
    countRecords(service, both(where, { range_query: { must: { [key]: { gte: from, lte: to } } } }), signal),
  )
  return { min, max, bins, counts: await Promise.all(counts) }
}

/** The number of records of a filter that is not applied yet. */
export function useDraftCount(search: string, filter: Group) {
  return useCount(useMemo(() => toWhere(search, filter), [search, filter]))
}

function both(one: Where, other: Where): Where {
  return { and: [one, other] }
}

/** The rows and the count are asked for in the same moment as the panel's values. They are what people wait for. */
function letListGoFirst(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve))
}
