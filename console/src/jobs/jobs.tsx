/** The jobs: imports and exports, as they run and as they ended. */
import { type RefObject, useEffect, useRef } from 'react'
import { RequestButton } from '../shell/request-button.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import { useViewParams } from '../shell/view-params.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Empty, ErrorState, Notice } from '../ui/states.tsx'
import { isFinished, type JobsView, listRequest, MOST, parseJobsView } from './job/job.ts'
import { QueueFigures } from './job/queue-figures.tsx'
import { useJobs, useQueueStats } from './job/use-jobs.ts'
import { JobPanel } from './job-panel.tsx'
import { JobTable } from './job-table.tsx'
import styles from './jobs.module.css'

export default function Jobs() {
  const [view, setView] = useViewParams(parseJobsView)
  const { data: jobs, error, refetch, dataUpdatedAt } = useJobs(view, view.limit)
  const table = useRef<HTMLDivElement>(null)
  const isLive = jobs?.some(job => !isFinished(job)) ?? false
  const close = () => setView({ open: undefined })
  useReturnToRow(table, view.open)
  useShortcuts({
    j: () => moveFocus(table.current, 1),
    k: () => moveFocus(table.current, -1),
    ...(view.open !== null && { Escape: close }),
  })
  const requests = [
    { title: 'List jobs', method: 'POST', path: '/common/jobs', body: listRequest(view, view.limit) },
  ] as const
  return (
    <div className={styles.room} data-open={view.open !== null}>
      <div className={styles.list} ref={table}>
        <Page title="Jobs" actions={<RequestButton requests={requests} />}>
          <Queue isLive={isLive} />
          <Filters view={view} onChange={changes => setView(changes)} />
          {error && jobs !== undefined && <Notice tone="warn">The list is not up to date: {error.message}</Notice>}
          {error && jobs === undefined && <ErrorState error={error} onRetry={() => void refetch()} />}
          {jobs?.length === 0 && <NoJobs view={view} onClear={() => setView({ type: undefined, state: undefined })} />}
          {(jobs === undefined ? error === null : jobs.length > 0) && (
            <JobTable jobs={jobs} open={view.open} now={dataUpdatedAt} onOpen={uuid => setView({ open: uuid })} />
          )}
          {jobs !== undefined && jobs.length === view.limit && view.limit < MOST && (
            <Button className={styles.more} onClick={() => setView({ limit: MOST })}>
              Show up to {MOST} jobs
            </Button>
          )}
        </Page>
      </div>
      {view.open !== null && <JobPanel key={view.open} uuid={view.open} onClose={close} />}
    </div>
  )
}

/** When the panel is closed, the job in the list has the focus. On small screens the list is there only now. */
function useReturnToRow(table: RefObject<HTMLElement | null>, open: string | null): void {
  const before = useRef(open)
  useEffect(() => {
    const closed = open === null ? before.current : null
    before.current = open
    if (closed !== null) table.current?.querySelector<HTMLElement>(`[data-job="${CSS.escape(closed)}"]`)?.focus()
  }, [open, table])
}

function Queue({ isLive }: { readonly isLive: boolean }) {
  const { data, error } = useQueueStats(isLive)
  // The list beneath says why.
  if (error && data === undefined) return null
  return (
    <Card>
      <QueueFigures stats={data} />
    </Card>
  )
}

function Filters({
  view,
  onChange,
}: {
  readonly view: JobsView
  readonly onChange: (changes: Record<string, string | undefined>) => void
}) {
  return (
    <div className={styles.filters}>
      <SelectField
        label="Type"
        value={view.type ?? ''}
        onChange={event => onChange({ type: event.target.value || undefined })}
      >
        <option value="">Any</option>
        <option value="insert_csv_file">Imports</option>
        <option value="export_csv_file">Exports</option>
      </SelectField>
      <SelectField
        label="Status"
        value={view.state ?? ''}
        onChange={event => onChange({ state: event.target.value || undefined })}
      >
        <option value="">Any</option>
        <option value="unfinished">Waiting or running</option>
        <option value="completed">Completed</option>
        <option value="failed">Failed or cancelled</option>
      </SelectField>
    </div>
  )
}

function NoJobs({ view, onClear }: { readonly view: JobsView; readonly onClear: () => void }) {
  if (view.type !== null || view.state !== null)
    return (
      <Empty icon="jobs" title="No matches" actions={<Button onClick={onClear}>Show all jobs</Button>}>
        Choose another type or status.
      </Empty>
    )
  return (
    <Empty
      icon="jobs"
      title="No jobs yet"
      actions={
        <a className={buttonClass({ variant: 'primary' })} href="#/import">
          Import a file
        </a>
      }
    >
      Imports and large exports run here in the background. Start with a CSV file.
    </Empty>
  )
}

/** To the next or previous job of the list. */
function moveFocus(table: HTMLElement | null, step: 1 | -1): void {
  const buttons = [...(table?.querySelectorAll<HTMLElement>('[data-job]') ?? [])]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  const next = at < 0 ? 0 : Math.max(0, Math.min(buttons.length - 1, at + step))
  buttons[next]?.focus()
}
