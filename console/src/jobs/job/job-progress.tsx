/** How far a job is, how fast it goes, and when it will be done. */

import { Facts } from '../../ui/data/facts.tsx'
import { formatBytes, formatNumber, formatShare, formatTime } from '../../ui/format.ts'
import { Notice, Progress } from '../../ui/states.tsx'
import { isRunning, type Job, shareDone, statusWords } from './job.ts'
import styles from './job-progress.module.css'
import { describeTimeLeft, secondsLeft } from './meter.ts'
import { useRate } from './use-rate.ts'

/** `at`: when the job was read, in milliseconds. */
export function JobProgress({ job, at }: { readonly job: Job; readonly at: number }) {
  const { rows_read, rows_total, rows_stored, rows_rejected, bytes_read, bytes_total } = job.progress
  const rowRate = useRate(rows_read, at)
  const byteRate = useRate(bytes_read, at)
  const share = shareDone(job)
  const isImport = job.job_type === 'insert_csv_file'
  const left = isImport
    ? secondsLeft((bytes_total ?? bytes_read) - bytes_read, byteRate)
    : secondsLeft((rows_total ?? rows_read) - rows_read, rowRate)
  const isMoving = isRunning(job) && rowRate !== null && rowRate >= 0.5
  const label = isImport ? 'Progress of the import' : 'Progress of the export'
  return (
    <div className={styles.progress}>
      <div className={styles.line}>
        <span className={styles.share}>
          {share === null ? statusWords(job).text : formatShare(Math.floor(share * 1000) / 1000)}
        </span>
        <span className="muted number">
          {isMoving && `${formatNumber(Math.round(rowRate))} rows per second`}
          {isMoving && left !== null && share !== null && share < 1 && ` · ${describeTimeLeft(left)}`}
        </span>
      </div>
      <Progress value={share} label={label} />
      {/* Every tenth is read aloud, not every reading. */}
      <span className="visually-hidden" role="status">
        {share === null ? statusWords(job).text : `${Math.floor(share * 10) * 10} percent done`}
      </span>
      <Facts
        items={[
          {
            label: 'Rows read',
            value:
              rows_total === null
                ? formatNumber(rows_read)
                : `${formatNumber(rows_read)} of ${formatNumber(rows_total)}`,
          },
          ...(isImport
            ? [
                { label: 'Stored', value: formatNumber(rows_stored) },
                { label: 'Rejected', value: formatNumber(rows_rejected) },
              ]
            : []),
          {
            label: isImport ? 'File read' : 'File written',
            value:
              bytes_total === null
                ? formatBytes(bytes_read)
                : `${formatBytes(bytes_read)} of ${formatBytes(bytes_total)}`,
          },
        ]}
      />
      <WaitingFor job={job} />
    </div>
  )
}

/** Why nothing moves: a worker is not free yet, or the next attempt is due later. */
function WaitingFor({ job }: { readonly job: Job }) {
  if (isRunning(job)) return null
  const message = job.job_response.messages
  const due = job.run_after === null ? '' : `The next attempt starts at ${formatTime(job.run_after)}.`
  if (job.status === 'open' && message === '')
    return <Notice>The job waits for a worker. It starts as soon as one is free. {due}</Notice>
  if (message === '' && due === '') return null
  return (
    <Notice tone="warn">
      {message} {due}
    </Notice>
  )
}
