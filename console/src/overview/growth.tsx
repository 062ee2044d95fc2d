/** The total of a service, and how many records were created on each of the last 30 days. */
import { useQuery } from '@tanstack/react-query'
import type { Service } from '../api/records.ts'
import { TITLES } from '../api/services.ts'
import { linkToList } from '../explore/view-params.ts'
import { NO_FILTER } from '../explore/view-state.ts'
import { Columns } from '../ui/data/charts.tsx'
import { formatNumber } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Notice, Skeleton } from '../ui/states.tsx'
import { createdBetween } from './conditions.ts'
import { countDays, formatDay, listDays } from './count-days.ts'
import { countFilter } from './count-filter.ts'
import styles from './overview.module.css'

const DAYS = 30

/** `total`: null while it is loading. */
export function Growth({ service, total }: { readonly service: Service; readonly total: number | null }) {
  const growth = useQuery({
    queryKey: ['overview', 'growth', service],
    queryFn: async ({ signal }) => {
      const days = listDays(DAYS)
      const counts = await countDays(days, (first, last) => countFilter(service, createdBetween(first, last), signal))
      return days.map((day, index) => ({ day, count: counts[index]! }))
    },
  })
  const created = growth.data?.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card title={TITLES[service]}>
      <div className={styles.total}>
        {total === null ? (
          <span className={styles.big}>
            <Skeleton />
          </span>
        ) : (
          <a className={styles.big} href={linkToList(service, NO_FILTER)}>
            {formatNumber(total)}
          </a>
        )}
        {growth.data && created !== undefined ? (
          <a
            className={styles.since}
            href={linkToList(service, createdBetween(growth.data[0]!.day, growth.data.at(-1)!.day))}
          >
            {formatNumber(created)} created in the last {DAYS} days
          </a>
        ) : (
          <span className={styles.since}>{'\u00a0'}</span>
        )}
      </div>
      {growth.error ? (
        <Notice tone="bad">{growth.error.message}</Notice>
      ) : (
        <Columns
          caption={`${TITLES[service]} created per day, in UTC`}
          headers={['Day', 'Created']}
          columns={growth.data?.map(({ day, count }) => ({ label: formatDay(day), value: count })) ?? null}
        />
      )}
    </Card>
  )
}
