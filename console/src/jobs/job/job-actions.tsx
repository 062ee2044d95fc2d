/** Buttons that cancel a job or run it again. */
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { fileOf, isFinished, type Job } from './job.ts'
import { useJobAction } from './use-jobs.ts'

/** The one that the job's status allows, if any. */
export function JobActions({ job }: { readonly job: Job }) {
  if (!isFinished(job)) return <CancelButton job={job} />
  return job.status === 'failed' ? <RetryButton job={job} /> : null
}

function CancelButton({ job }: { readonly job: Job }) {
  const [isAsking, setAsking] = useState(false)
  const cancel = useJobAction(job.uuid, 'cancel')
  const isImport = job.job_type === 'insert_csv_file'
  return (
    <>
      <Button variant="danger" disabled={cancel.isPending} onClick={() => setAsking(true)}>
        {cancel.isPending ? 'Cancelling…' : isImport ? 'Cancel import' : 'Cancel export'}
      </Button>
      {isAsking && (
        <Dialog
          title={isImport ? 'Cancel this import?' : 'Cancel this export?'}
          width="narrow"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Let it run</Button>
              <Button
                variant="danger"
                onClick={() => {
                  setAsking(false)
                  cancel.mutate()
                }}
              >
                {isImport ? 'Cancel import' : 'Cancel export'}
              </Button>
            </>
          }
        >
          <p>
            <bdi>{fileOf(job)}</bdi>:{' '}
            {isImport
              ? 'the rows that are already stored are kept. You can run the import again later; it goes on where it stopped.'
              : 'no file is left. You can run the export again later; it starts from the beginning.'}
          </p>
        </Dialog>
      )}
    </>
  )
}

function RetryButton({ job }: { readonly job: Job }) {
  const retry = useJobAction(job.uuid, 'retry')
  return (
    <Button icon="retry" disabled={retry.isPending} onClick={() => retry.mutate()}>
      {retry.isPending ? 'Starting…' : 'Run again'}
    </Button>
  )
}
