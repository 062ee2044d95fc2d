import type { Service, Where } from '../../api/records.ts'
import { nounFor } from '../../api/services.ts'
import { formatNumber } from '../../ui/format.ts'
import { useExplore } from '../explore-context.ts'
import styles from './filter-bar.module.css'
import { useCount } from './use-results.ts'

const EVERYTHING: Where = {}

/** The exact number of records that are found, of all there are. It is read aloud when it changes. */
export function ResultCount() {
  const { view, where } = useExplore()
  const count = useCount(where)
  const total = useCount(EVERYTHING)
  return (
    <p className={styles.count} role="status" aria-live="polite" aria-busy={count.isPlaceholderData}>
      {count.error ? 'Count unavailable' : describeCount(view.service, count.data, total.data)}
    </p>
  )
}

function describeCount(service: Service, count: number | undefined, total: number | undefined): string {
  if (count === undefined) return 'Counting…'
  const noun = nounFor(service, total ?? count)
  return total === undefined || total === count
    ? `${formatNumber(count)} ${noun}`
    : `${formatNumber(count)} of ${formatNumber(total)} ${noun}`
}
