/** Jobs that wait and run. */
import { TYPE_WORDS } from '../jobs/job/job.ts'
import { QueueFigures } from '../jobs/job/queue-figures.tsx'
import type { QueueStats } from '../jobs/job/queue-words.ts'
import { useQueueStats } from '../jobs/job/use-jobs.ts'
import { formatDuration, formatNumber } from '../ui/format.ts'
import { Card, Table } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'

export function Queue() {
  const { data, error } = useQueueStats(true)
  const running = data?.running ?? []
  return (
    <Card title="Job queue" actions={<a href="#/jobs">All jobs</a>}>
      {error && <Notice tone="bad">{error.message}</Notice>}
      {(data || !error) && <QueueFigures stats={data} />}
      {running.length > 0 && <RunningJobs jobs={running} />}
    </Card>
  )
}

function RunningJobs({ jobs }: { readonly jobs: QueueStats['running'] }) {
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

/** Types that this console does not know yet are shown as they are. */
const nameType = (type: string): string => (TYPE_WORDS as Readonly<Record<string, string>>)[type] ?? type
