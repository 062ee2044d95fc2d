/** The most frequent values of a field. */
import { useQuery } from '@tanstack/react-query'
import { type FilterValue, listFilterValues } from '../api/records.ts'
import { linkToList } from '../explore/view-params.ts'
import { type Bar, BarList, BarListSkeleton } from '../ui/data/charts.tsx'
import { formatNumber } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'
import { being, type TopList } from './conditions.ts'
import styles from './overview.module.css'

const SHOWN = 6

export function TopValues({ service, field, title }: TopList) {
  const values = useQuery({
    queryKey: ['overview', 'values', service, field],
    queryFn: async ({ signal }) => (await listFilterValues(service, { filter_key: field, limit: SHOWN }, signal)).data,
  })
  const highest = values.data?.[0]?.count ?? 1
  const barOf = ({ value, display_value, count }: FilterValue): Bar => ({
    label: display_value,
    value: count / highest,
    text: formatNumber(count),
    href: linkToList(service, being(field, value)),
  })
  return (
    <Card title={title}>
      <div className={styles.values}>
        {values.isPending && <BarListSkeleton length={SHOWN} />}
        {values.error && <Notice tone="bad">{values.error.message}</Notice>}
        {values.data?.length === 0 && <p className="muted">No record has a value yet.</p>}
        {values.data && values.data.length > 0 && <BarList label={title} bars={values.data.map(barOf)} />}
      </div>
    </Card>
  )
}
