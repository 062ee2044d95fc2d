/** The newest jobs. Running ones are followed. */
import { useQuery } from '@tanstack/react-query'
import { api, take } from '../api/client.ts'
import { formatAgo, formatTime } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Card } from '../ui/page.tsx'
import { Badge, Notice, Skeleton } from '../ui/states.tsx'
import { hasEnded, nameJob, nameStatus } from './describe-job.ts'
import styles from './overview.module.css'

const SHOWN = 6
const WHILE_RUNNING_MS = 2000
const OTHERWISE_MS = 15_000

/** `hideWithoutJobs`: for a page on which an empty list would only disturb. */
export function RecentJobs({ hideWithoutJobs = false }: { readonly hideWithoutJobs?: boolean }) {
  const jobs = useQuery({
    queryKey: ['overview', 'jobs'],
    queryFn: ({ signal }) => listNewest(signal),
    refetchInterval: ({ state }) => (state.data?.every(job => hasEnded(job.status)) === false ? WHILE_RUNNING_MS : OTHERWISE_MS),
  })
  if (hideWithoutJobs && !jobs.data?.length) return null
  return (
    <Card title="Recent jobs" actions={<a href="#/jobs">All jobs</a>}>
      {jobs.error && <Notice tone="bad">{jobs.error.message}</Notice>}
      {jobs.data?.length === 0 && <p className="muted">No file was imported or exported yet.</p>}
      <ul className={hideWithoutJobs ? styles.list : `${styles.list} ${styles.jobs}`} aria-label="Recent jobs">
        {jobs.isPending && Array.from({ length: SHOWN }, (_, index) => <JobSkeleton key={`${index}`} />)}
        {jobs.data?.map(job => (
          <li key={job.uuid}>
            <a className={styles.job} href={`#/jobs?open=${job.uuid}`}>
              <Icon name={job.job_type === 'export_csv_file' ? 'download' : 'upload'} />
              <span className={styles.name}>
                <span title={nameJob(job)}>{nameJob(job)}</span>
                <span className={styles.when} title={formatTime(job.created_at)}>
                  {formatAgo(job.created_at)}
                </span>
              </span>
              <Badge tone={nameStatus(job.status).tone}>{nameStatus(job.status).label}</Badge>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function JobSkeleton() {
  return (
    <li className={styles.job}>
      <span />
      <Skeleton />
      <span />
    </li>
  )
}

async function listNewest(signal: AbortSignal) {
  return (await take(api.POST('/common/jobs', { body: { limit: SHOWN }, signal }))).data
}
