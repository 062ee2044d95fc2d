/** The newest jobs. Running ones are followed. */
import { fileOf, type Job, statusWords, TYPE_WORDS } from '../jobs/job/job.ts'
import { useJobs } from '../jobs/job/use-jobs.ts'
import { classes } from '../ui/classes.ts'
import { formatAgo, formatTime } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Card } from '../ui/page.tsx'
import { Badge, Notice, Skeleton } from '../ui/states.tsx'
import styles from './overview.module.css'

const SHOWN = 8

/** `hideWithoutJobs`: for a page on which an empty list would only disturb. */
export function RecentJobs({ hideWithoutJobs = false }: { readonly hideWithoutJobs?: boolean }) {
  const jobs = useJobs({ type: null, state: null }, SHOWN)
  if (hideWithoutJobs && !jobs.data?.length) return null
  return (
    <Card title="Recent jobs" actions={<a href="#/jobs">All jobs</a>}>
      {jobs.error && <Notice tone="bad">{jobs.error.message}</Notice>}
      {jobs.data?.length === 0 && <p className="muted">No file was imported or exported yet.</p>}
      <ul className={classes(styles.list, !hideWithoutJobs && styles.jobs)} aria-label="Recent jobs">
        {jobs.isPending
          ? Array.from({ length: SHOWN }, (_, index) => <JobSkeleton key={`${index}`} />)
          : jobs.data?.map(job => <JobRow key={job.uuid} job={job} />)}
      </ul>
    </Card>
  )
}

function JobRow({ job }: { readonly job: Job }) {
  const status = statusWords(job)
  const file = fileOf(job)
  return (
    <li>
      <a className={styles.job} href={`#/jobs?open=${job.uuid}`}>
        <Icon name={job.job_type === 'export_csv_file' ? 'download' : 'upload'} />
        <span className={styles.name} title={file} dir="auto">
          {file}
        </span>
        <Badge tone={status.tone}>{status.text}</Badge>
        <span className={styles.when} title={formatTime(job.created_at)}>
          {TYPE_WORDS[job.job_type]}, {formatAgo(job.created_at)}
        </span>
      </a>
    </li>
  )
}

function JobSkeleton() {
  return (
    <li className={styles.job}>
      <span />
      <Skeleton />
    </li>
  )
}
