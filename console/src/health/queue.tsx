/** Jobs that wait and run. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, take } from '../api/client.ts'
import { nameStatus, nameType } from '../overview/describe-job.ts'
import { formatDuration, formatNumber } from '../ui/format.ts'
import { Card, Table } from '../ui/page.tsx'
import { Notice, Skeleton } from '../ui/states.tsx'
import styles from './health.module.css'

const EVERY_MS = 5000

export function Queue() {
  const stats = useQuery({
    queryKey: ['job-stats'],
    queryFn: async ({ signal }) => (await take(api.GET('/common/jobs/stats', { signal }))).data,
    refetchInterval: EVERY_MS,
    retry: false,
  })
  const { data } = stats
  const waits = data?.depth.filter(({ status }) => status === 'open' || status === 'retry_in_queued')
  const waiting = waits?.reduce((sum, { jobs }) => sum + jobs, 0)
  return (
    <Card title="Job queue" actions={<a href="#/jobs">All jobs</a>}>
      {stats.error && <Notice tone="bad">{stats.error.message}</Notice>}
      <dl className={styles.figures}>
        <Figure label="Waiting">{waiting === undefined ? null : formatNumber(waiting)}</Figure>
        <Figure label="Longest wait">{data && (data.oldest_waiting_seconds === null ? 'None' : formatDuration(data.oldest_waiting_seconds))}</Figure>
        <Figure label="Running">{data && formatNumber(data.running.length)}</Figure>
        <Figure label="Failed in the last hour">{data && formatNumber(data.failures.last_hour)}</Figure>
        <Figure label="Failed in the last day">{data && formatNumber(data.failures.last_day)}</Figure>
      </dl>
      {waits && waits.length > 0 && (
        <ul className={styles.waiting} aria-label="Waiting jobs">
          {waits.map(({ job_type, status, jobs }) => (
            <li key={`${job_type} ${status}`}>
              {nameType(job_type)}, {nameStatus(status).label.toLowerCase()}: {formatNumber(jobs)}
            </li>
          ))}
        </ul>
      )}
      {data && data.running.length > 0 && (
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
            {data.running.map(job => (
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
      )}
    </Card>
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
