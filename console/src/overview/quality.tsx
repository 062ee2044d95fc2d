/** How many records lack something that makes them useful. */
import { useQuery } from '@tanstack/react-query'
import type { Service } from '../api/records.ts'
import { TITLES } from '../api/services.ts'
import { linkToList } from '../explore/view-params.ts'
import { formatNumber, formatShare } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Card } from '../ui/page.tsx'
import { Notice, Skeleton } from '../ui/states.tsx'
import { CHECKS, type Check, SERVICES } from './conditions.ts'
import { countFilter } from './count-filter.ts'
import styles from './overview.module.css'

/** `totals`: null while they are loading. */
export function Quality({ totals }: { readonly totals: Readonly<Record<Service, number>> | null }) {
  const counts = useQuery({
    queryKey: ['overview', 'quality'],
    queryFn: ({ signal }) => Promise.all(CHECKS.map(({ service, filter }) => countFilter(service, filter, signal))),
  })
  return (
    <Card title="Data quality">
      {counts.error && <Notice tone="bad">{counts.error.message}</Notice>}
      {SERVICES.map(service => (
        <div key={service} className={styles.checks}>
          <h3>{TITLES[service]}</h3>
          <ul className={styles.list} aria-label={`${TITLES[service]} that lack something`}>
            {CHECKS.map((check, index) =>
              check.service === service ? (
                <CheckRow
                  key={check.label}
                  check={check}
                  count={counts.data?.[index] ?? null}
                  total={totals?.[service] ?? null}
                />
              ) : null,
            )}
          </ul>
        </div>
      ))}
    </Card>
  )
}

interface CheckRowProps {
  readonly check: Check
  readonly count: number | null
  readonly total: number | null
}

function CheckRow({ check, count, total }: CheckRowProps) {
  if (count === null || total === null) {
    return (
      <li className={styles.row}>
        <span />
        <span>{check.label}</span>
        <span className={styles.figure} />
        <Skeleton />
      </li>
    )
  }
  return (
    <li>
      <a className={styles.row} href={linkToList(check.service, check.filter)}>
        <span className={count > 0 ? styles.warn : styles.ok}>
          <Icon name={count > 0 ? 'warning' : 'check'} />
        </span>
        <span>{check.label}</span>
        <span className={styles.figure}>{formatNumber(count)}</span>
        <span className={styles.share}>{formatShare(total === 0 ? 0 : count / total)}</span>
      </a>
    </li>
  )
}
