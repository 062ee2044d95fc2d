/** The share of records that have a value, by field. */
import { useQuery } from '@tanstack/react-query'
import { type Filter, listFilters, type Service } from '../api/records.ts'
import { TITLES } from '../api/services.ts'
import { linkToList } from '../explore/view-params.ts'
import { type Bar, BarList, BarListSkeleton } from '../ui/data/charts.tsx'
import { formatShare } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'
import { canBeEmpty, FIELDS_EXPECTED, having } from './conditions.ts'
import { countFilter } from './count-filter.ts'

interface Filled {
  readonly filter: Filter
  readonly count: number
}

/** `total`: null while it is loading. */
export function Completeness({ service, total }: { readonly service: Service; readonly total: number | null }) {
  const title = `Completeness of ${TITLES[service].toLowerCase()}`
  const fields = useQuery({
    queryKey: ['overview', 'completeness', service],
    queryFn: ({ signal }) => countFilled(service, signal),
  })
  const barOf = ({ filter, count }: Filled): Bar => ({
    label: filter.display_name,
    // A record that was created between two counts must not make it more than all of them.
    value: total ? Math.min(1, count / total) : 0,
    text: formatShare(total ? Math.min(1, count / total) : 0),
    href: linkToList(service, having(filter.key)),
  })
  return (
    <Card title={title}>
      {fields.error ? (
        <Notice tone="bad">{fields.error.message}</Notice>
      ) : fields.data && total !== null ? (
        <BarList label={`${title}: share of records that have a value, by field`} bars={fields.data.map(barOf)} />
      ) : (
        <BarListSkeleton length={FIELDS_EXPECTED[service]} />
      )}
    </Card>
  )
}

/** The fullest first. */
async function countFilled(service: Service, signal: AbortSignal): Promise<readonly Filled[]> {
  const filters = (await listFilters(service, signal)).filter(({ key, active }) => active && canBeEmpty(service, key))
  const filled = await Promise.all(
    filters.map(async filter => ({ filter, count: await countFilter(service, having(filter.key), signal) })),
  )
  return filled.sort((a, b) => b.count - a.count || a.filter.display_name.localeCompare(b.filter.display_name, 'en'))
}
