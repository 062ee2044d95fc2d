/** All about one job, beside the list. */
import { useEffect, useRef } from 'react'
import { ApiError } from '../api/client.ts'
import { reportName } from '../import/report/rejects.ts'
import { ImportReport } from '../import/report/report.tsx'
import { RequestButton } from '../shell/request-button.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { formatBytes } from '../ui/format.ts'
import { Badge, Empty, ErrorState, Notice, Skeleton } from '../ui/states.tsx'
import { ExportReport } from './export-report.tsx'
import { downloadFile } from './job/files.ts'
import { fileOf, isFinished, type Job, statusWords, TYPE_WORDS } from './job/job.ts'
import { JobActions } from './job/job-actions.tsx'
import { JobProgress } from './job/job-progress.tsx'
import { useJob } from './job/use-jobs.ts'
import { JobData } from './job-data.tsx'
import styles from './job-panel.module.css'

export function JobPanel({ uuid, onClose }: { readonly uuid: string; readonly onClose: () => void }) {
  const { data: job, dataUpdatedAt, error, refetch } = useJob(uuid)
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever opens a job reads on here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const requests = [
    { title: 'Get the job', method: 'GET', path: `/common/jobs/${uuid}` },
    { title: 'Cancel it', method: 'POST', path: `/common/jobs/${uuid}/cancel` },
    { title: 'Run it again', method: 'POST', path: `/common/jobs/${uuid}/retry` },
  ] as const
  return (
    <aside className={styles.panel} aria-label="Job">
      <div className={styles.head}>
        <div className={styles.title}>
          <h2 ref={heading} tabIndex={-1}>
            {job === undefined ? 'Job' : <bdi>{fileOf(job)}</bdi>}
          </h2>
          {job !== undefined && (
            <span className={styles.files}>
              <span className="muted">{TYPE_WORDS[job.job_type]}</span>
              <Badge tone={statusWords(job).tone}>{statusWords(job).text}</Badge>
            </span>
          )}
        </div>
        <RequestButton requests={requests} />
        <IconButton icon="close" label="Close (Esc)" onClick={onClose} />
      </div>
      <div className={styles.body}>
        {job === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {job === undefined && error === null && <Skeleton />}
        {job !== undefined && error !== null && <Notice tone="warn">The job is not up to date: {error.message}</Notice>}
        {job !== undefined && (
          <>
            <Outcome job={job} at={dataUpdatedAt} />
            <Files job={job} />
            <JobData job={job} />
          </>
        )}
      </div>
    </aside>
  )
}

function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const isMissing = error instanceof ApiError && (error.status === 404 || error.code === 'ERR_INVALID_UUID')
  if (!isMissing) return <ErrorState error={error} onRetry={onRetry} />
  return (
    <Empty icon="search" title="This job does not exist">
      It may have been deleted, or the link is not complete.
    </Empty>
  )
}

function Outcome({ job, at }: { readonly job: Job; readonly at: number }) {
  return (
    <section className={styles.section} aria-label="Outcome">
      {!isFinished(job) && <JobProgress job={job} at={at} />}
      {isFinished(job) &&
        (job.job_type === 'insert_csv_file' ? <ImportReport job={job} /> : <ExportReport job={job} />)}
      <div className={styles.files}>
        <JobActions job={job} />
      </div>
    </section>
  )
}

function Files({ job }: { readonly job: Job }) {
  const { s3_key, bytes, rejects_s3_key, warnings_s3_key } = job.job_response
  const source = job.data.s3_key
  const files = [
    { key: typeof source === 'string' ? source : undefined, label: 'Imported file' },
    { key: s3_key, label: bytes === undefined ? 'Exported file' : `Exported file, ${formatBytes(bytes)}` },
    { key: rejects_s3_key, label: 'Rejected rows', name: reportName(fileOf(job), 'rejected') },
    { key: warnings_s3_key, label: 'Warnings', name: reportName(fileOf(job), 'warnings') },
  ]
  const existing = files.flatMap(({ key, label, name }) => (key === undefined ? [] : [{ key, label, name }]))
  if (existing.length === 0) return null
  return (
    <section className={styles.section} aria-label="Files">
      <h3>Files</h3>
      <div className={styles.files}>
        {existing.map(({ key, label, name }) => (
          <Button key={key} icon="download" onClick={() => void downloadFile(key, name)}>
            {label}
          </Button>
        ))}
      </div>
    </section>
  )
}
