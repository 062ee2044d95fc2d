/** A file that is being imported, and the report when it is. */

import { isFinished } from '../jobs/job/job.ts'
import { JobActions } from '../jobs/job/job-actions.tsx'
import { JobProgress } from '../jobs/job/job-progress.tsx'
import { useJob } from '../jobs/job/use-jobs.ts'
import { RequestButton } from '../shell/request-button.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card } from '../ui/page.tsx'
import { ErrorState, Notice, Skeleton } from '../ui/states.tsx'
import type { ImportItem } from './items/import-items.ts'
import { importData, updateItem } from './items/import-store.ts'
import { ImportReport } from './report/report.tsx'

export function RunStep({ item, uuid }: { readonly item: ImportItem; readonly uuid: string }) {
  const { data: job, dataUpdatedAt, error, refetch } = useJob(uuid)
  if (job === undefined)
    return (
      <Card title="Import">{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton />}</Card>
    )
  const requests = [
    {
      title: 'Start the import',
      method: 'POST',
      path: '/common/jobs/create',
      body: { job_type: 'insert_csv_file', job_data: importData(item) },
    },
    { title: 'Follow it', method: 'GET', path: `/common/jobs/${uuid}` },
  ] as const
  return (
    <Card
      title={isFinished(job) ? 'Report' : 'Import'}
      actions={
        <>
          <RequestButton requests={requests} />
          <a className={buttonClass({})} href={`#/jobs?open=${uuid}`}>
            Open in Jobs
          </a>
          {job.status === 'failed' && (
            <Button icon="edit" onClick={() => updateItem(item.id, { step: 'check', job: null })}>
              Edit mapping
            </Button>
          )}
          <JobActions job={job} />
        </>
      }
    >
      {error && (
        <Notice tone="warn">
          The server cannot be reached at the moment. The import goes on there; this page asks again.
        </Notice>
      )}
      {isFinished(job) ? <ImportReport job={job} /> : <JobProgress job={job} at={dataUpdatedAt} />}
    </Card>
  )
}
