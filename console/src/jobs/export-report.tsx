/** What an export wrote, or why it failed. */

import { countOf } from '../ui/data/nouns.ts'
import { formatBytes } from '../ui/format.ts'
import { Notice } from '../ui/states.tsx'
import { isCancelled, type Job } from './job/job.ts'
import { JobErrors } from './job/job-errors.tsx'

/** Of an export that has ended. */
export function ExportReport({ job }: { readonly job: Job }) {
  const { bytes, counts } = job.job_response
  if (isCancelled(job)) return <Notice tone="neutral">The export was cancelled. It left no file.</Notice>
  if (job.status === 'failed')
    return (
      <Notice tone="bad">
        <JobErrors job={job} />
      </Notice>
    )
  const written = counts !== undefined && 'written' in counts.rows ? counts.rows.written : job.progress.rows_read
  return (
    <Notice tone="ok">
      {countOf(written, 'row')} {written === 1 ? 'was' : 'were'} written
      {bytes !== undefined && ` (${formatBytes(bytes)})`}.
    </Notice>
  )
}
