/** Jobs that wait and run. */
import type { ReactNode } from 'react'
import { TYPE_WORDS } from '../jobs/job/job.ts'
import { describeQueue } from '../jobs/job/queue-words.ts'
import { useQueueStats } from '../jobs/job/use-jobs.ts'
import { formatDuration, formatNumber } from '../ui/format.ts'
import { Card, Table } from '../ui/page.tsx'
import { Notice, Skeleton } from '../ui/states.tsx'
import styles from './health.module.css'

type Stats = NonNullable<ReturnType<typeof useQueueStats>['data']>

export function Queue() {
  const { data, error } = useQueueStats(true)
  const queue = data && describeQueue(data)
  const running = data?.running ?? []
  return (
    <Card title="Job queue" actions={<a href="#/jobs">All jobs</a>}>
      {error && <Notice tone="bad">{error.message}</Notice>}
      <dl className={styles.figures}>
        <Figure label="Waiting">{queue && formatNumber(queue.waiting)}</Figure>
        <Figure label="Longest wait">
          {queue && (queue.longestWait === null ? 'None' : formatDuration(queue.longestWait))}
        </Figure>
        <Figure label="Running">{queue && formatNumber(queue.running)}</Figure>
        <Figure label="Failed in the last hour">{queue && formatNumber(queue.failedInHour)}</Figure>
        <Figure label="Failed in the last day">{queue && formatNumber(queue.failedInDay)}</Figure>
      </dl>
      {running.length > 0 && <RunningJobs jobs={running} />}
    </Card>
  )
}

function RunningJobs({ jobs }: { readonly jobs: Stats['running'] }) {
  return (
    <Table label="Running jobs">
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">For</th>
          <th scope="col">Rows read</th>
          <th scope="col">Rows per second</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map(job => (
          <tr key={job.uuid}>
            <td>
              <a href={`#/jobs?open=${job.uuid}`}>{nameType(job.job_type)}</a>
            </td>
            <td className="number">{formatDuration(job.seconds)}</td>
            <td className="number">{formatNumber(job.rows_read)}</td>
            <td className="number">{formatNumber(job.rows_per_second)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children ?? <Skeleton />}</dd>
    </div>
  )
}

/** Types that this console does not know yet are shown as they are. */
const nameType = (type: string): string => (TYPE_WORDS as Readonly<Record<string, string>>)[type] ?? type
