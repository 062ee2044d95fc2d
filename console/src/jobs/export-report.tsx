/** What an export wrote, or why it failed. */
import { countOf } from '../import/report/report-words.ts'
import { formatBytes } from '../ui/format.ts'
import { Notice } from '../ui/states.tsx'
import { isCancelled, type Job, splitError } from './job/job.ts'

/** Of an export that has ended. */
export function ExportReport({ job }: { readonly job: Job }) {
  const { bytes, messages, runtime_errors, counts } = job.job_response
  if (isCancelled(job)) return <Notice tone="neutral">The export was cancelled. It left no file.</Notice>
  if (job.status === 'failed') {
    const errors = runtime_errors.length === 0 ? [messages] : runtime_errors
    return (
      <Notice tone="bad">
        {errors.map(error => {
          const { code, message } = splitError(error)
          return (
            <p key={error}>
              {message} {code !== null && <code>{code}</code>}
            </p>
          )
        })}
      </Notice>
    )
  }
  const written = counts !== undefined && 'written' in counts.rows ? counts.rows.written : job.progress.rows_read
  return (
    <Notice tone="ok">
      {countOf(written, 'row')} {written === 1 ? 'was' : 'were'} written
      {bytes !== undefined && ` (${formatBytes(bytes)})`}.
    </Notice>
  )
}
