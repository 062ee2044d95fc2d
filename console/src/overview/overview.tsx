/** What is stored, how it grows, how complete and how sound it is. Every figure leads to the records behind it. */
import { useQuery } from '@tanstack/react-query'
import { countRecords, type Service } from '../api/records.ts'
import { buttonClass } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, ErrorState } from '../ui/states.tsx'
import { Completeness } from './completeness.tsx'
import { SERVICES, TOP_LISTS } from './conditions.ts'
import { Growth } from './growth.tsx'
import styles from './overview.module.css'
import { Quality } from './quality.tsx'
import { RecentJobs } from './recent-jobs.tsx'
import { TopValues } from './top-values.tsx'

export default function Overview() {
  const totals = useQuery({ queryKey: ['overview', 'totals'], queryFn: ({ signal }) => countAll(signal) })
  if (totals.error) {
    return (
      <Page title="Overview">
        <ErrorState error={totals.error} onRetry={() => void totals.refetch()} />
      </Page>
    )
  }
  if (totals.data?.contact === 0 && totals.data.company === 0) return <NothingStored />
  return (
    <Page title="Overview">
      <div className={styles.pair}>
        {SERVICES.map(service => (
          <Growth key={service} service={service} total={totals.data?.[service] ?? null} />
        ))}
      </div>
      <div className={styles.pair}>
        <Quality totals={totals.data ?? null} />
        <RecentJobs />
      </div>
      <div className={styles.grid}>
        {TOP_LISTS.map(list => (
          <TopValues key={list.title} {...list} />
        ))}
      </div>
      <div className={styles.pair}>
        {SERVICES.map(service => (
          <Completeness key={service} service={service} total={totals.data?.[service] ?? null} />
        ))}
      </div>
    </Page>
  )
}

async function countAll(signal: AbortSignal): Promise<Record<Service, number>> {
  const [contact, company] = await Promise.all([
    countRecords('contact', {}, signal),
    countRecords('company', {}, signal),
  ])
  return { contact, company }
}

function NothingStored() {
  return (
    <Page title="Overview">
      <Empty
        icon="upload"
        title="Nothing is stored yet"
        actions={
          <a className={buttonClass({ variant: 'primary' })} href="#/import">
            <Icon name="upload" />
            Import a file
          </a>
        }
      >
        Import a CSV file from the tool that you use. Headers of Apollo, HubSpot, Salesforce, LinkedIn and many others
        are known; you see how the file is understood before anything is stored.
      </Empty>
      <RecentJobs hideWithoutJobs />
    </Page>
  )
}
