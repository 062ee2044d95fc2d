/** How an uploaded file is read, what it would become, and the start of its import. */
import { useCallback, useMemo, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { RequestButton } from '../../shell/request-button.tsx'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/data/nouns.ts'
import { formatNumber, shorten } from '../../ui/format.ts'
import { Card } from '../../ui/page.tsx'
import { ErrorState, Notice, Skeleton } from '../../ui/states.tsx'
import { type Column, describeColumns, unreadColumns, withChoice } from '../columns/columns.ts'
import { MappingTable, type ShownColumns } from '../columns/mapping-table.tsx'
import { adviceFor, PREVIEW_ROWS, type Preview } from '../columns/preview.ts'
import type { TargetKey } from '../columns/targets.ts'
import type { ImportItem } from '../items/import-items.ts'
import { importData, startImport, updateItem } from '../items/import-store.ts'
import { Details } from '../report/details.tsx'
import styles from './check-step.module.css'
import { PreviewCounts } from './preview-counts.tsx'
import { ReadingCard } from './reading-card.tsx'
import { RecordTable } from './record-table.tsx'
import { usePreview, useSample } from './use-preview.ts'

export function CheckStep({ item }: { readonly item: ImportItem }) {
  const { preview, error, isChecking, retry } = usePreview(item)
  const sample = useSample(item, preview)
  const onChoose = useCallback(
    (header: string, choice: TargetKey | null | undefined) =>
      updateItem(item.id, { mapping: withChoice(item.mapping, header, choice) }),
    [item.id, item.mapping],
  )
  const isShownUnread = preview === undefined && isUnread(error)
  const columns = useMemo(() => {
    if (preview !== undefined) return describeColumns(preview, sample, item.mapping)
    return isShownUnread && sample !== null ? unreadColumns(sample, item.mapping) : []
  }, [preview, sample, item.mapping, isShownUnread])
  const unclear = columns.filter(({ state }) => state === 'unclear').length
  const [wasUnclear, setWasUnclear] = useState(false)
  if (unclear > 0 && !wasUnclear) setWasUnclear(true)
  const [state, setState] = useState<ShownColumns>('all')
  const table = useRef<HTMLDivElement>(null)
  const showLeftOut = () => {
    const states = ['unknown', 'ignored', 'unclear'] as const
    setState(states.find(one => columns.some(column => column.state === one)) ?? 'all')
    table.current?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <div className={styles.steps} aria-busy={isChecking}>
      <ReadingCard item={item} preview={preview} />
      {error && <Failure error={error} onRetry={retry} />}
      {preview === undefined && error === null && <Loading />}
      {columns.length > 0 && (
        <Card title="Columns" actions={<Checking isOn={isChecking} />}>
          {unclear > 0 && (
            <Notice tone="warn">
              {countOf(unclear, 'column')} may mean several things. Choose what {unclear === 1 ? 'it is' : 'they are'},
              or {unclear === 1 ? 'it is' : 'they are'} left out.
            </Notice>
          )}
          {/* Keeps the place, so that the table does not move. */}
          {unclear === 0 && wasUnclear && <Notice tone="neutral">No column is unclear any more.</Notice>}
          {preview && preview.unmatched_mapping.length > 0 && (
            <Unmatched item={item} headers={preview.unmatched_mapping} />
          )}
          <div ref={table} className={styles.table}>
            <MappingTable
              columns={columns}
              total={preview?.columns_total ?? columns.length}
              isExport={preview?.form === 'export'}
              state={state}
              onState={setState}
              onChoose={onChoose}
            />
          </div>
        </Card>
      )}
      {preview && (
        <>
          <PreviewCounts preview={preview} />
          <Card title="First rows as records">
            <RecordTable preview={preview} sample={sample} />
            <Details
              title={`${countOf(preview.skipped_lines.length, 'line')} skipped, because they are not rows`}
              lines={preview.skipped_lines.map(({ line, text }) => [`Line ${line}`, text])}
            />
          </Card>
        </>
      )}
      <StartBar
        item={item}
        preview={error ? undefined : preview}
        columns={columns}
        isChecking={isChecking}
        onShowLeftOut={showLeftOut}
      />
    </div>
  )
}

function Checking({ isOn }: { readonly isOn: boolean }) {
  return (
    <span className="muted" role="status">
      {isOn ? 'Checking…' : ''}
    </span>
  )
}

function Loading() {
  return (
    <Card title="Columns">
      <div className={styles.holder} role="status" aria-label="Reading the file">
        {Array.from({ length: 8 }, (_, place) => place).map(place => (
          <Skeleton key={place} />
        ))}
      </div>
    </Card>
  )
}

/** The server recognises no column. A person may. */
function isUnread(error: Error | null): boolean {
  return error instanceof ApiError && (adviceFor(error)?.isAboutColumns ?? false)
}

function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const advice = error instanceof ApiError ? adviceFor(error) : null
  if (advice === null) return <ErrorState error={error} onRetry={onRetry} />
  return (
    <Notice tone="bad">
      The file cannot be imported as it is: {error.message}.
      <p>
        <strong>{advice.text}</strong>
      </p>
    </Notice>
  )
}

/** The mapping of another file, for one. */
function Unmatched({ item, headers }: { readonly item: ImportItem; readonly headers: readonly string[] }) {
  const drop = () =>
    updateItem(item.id, {
      mapping: headers.reduce((mapping, header) => withChoice(mapping, header, undefined), item.mapping),
    })
  return (
    <Notice tone="warn">
      The mapping names {countOf(headers.length, 'column')} that the file does not have: <bdi>{headers.join(', ')}</bdi>
      .{' '}
      <Button size="small" onClick={drop}>
        Remove from the mapping
      </Button>
    </Notice>
  )
}

interface StartBarProps {
  readonly item: ImportItem
  readonly preview: Preview | undefined
  readonly columns: readonly Column[]
  readonly isChecking: boolean
  readonly onShowLeftOut: () => void
}

const NAMED = 3

interface LeftOutProps {
  /** Of the file, which may have more than are shown. */
  readonly total: number
  readonly columns: readonly Column[]
  readonly onShow: () => void
}

/** Which columns are not imported. */
function LeftOut({ total, columns, onShow }: LeftOutProps) {
  const left = columns.filter(({ state }) => state !== 'read')
  if (columns.length === 0 || (left.length === 0 && total > columns.length)) return null
  if (left.length === 0)
    return (
      <div className={styles.note}>
        {total === 1 ? 'The only column is imported.' : `All ${countOf(total, 'column')} are imported.`}
      </div>
    )
  const names = left.slice(0, NAMED).map(({ header }) => shorten(header.trim(), 30) || 'No header')
  const more = left.length > NAMED ? ` and ${formatNumber(left.length - NAMED)} more` : ''
  return (
    <div className={styles.note} data-unclear={left.some(({ state }) => state === 'unclear')}>
      {countOf(left.length, 'column')} {left.length === 1 ? 'is' : 'are'} not imported: <bdi>{names.join(', ')}</bdi>
      {more}{' '}
      <Button size="small" variant="quiet" onClick={onShow}>
        Show
      </Button>
    </div>
  )
}

/** Stays in sight, because the tables are long. */
function StartBar({ item, preview, columns, isChecking, onShowLeftOut }: StartBarProps) {
  const [isStarting, setStarting] = useState(false)
  const start = async () => {
    setStarting(true)
    await startImport(item.id)
    setStarting(false)
  }
  const data = importData(item)
  const requests = [
    {
      title: 'Check how the file is read',
      method: 'POST',
      path: '/common/imports/preview',
      body: { ...data, rows: PREVIEW_ROWS },
    },
    {
      title: 'Start the import',
      method: 'POST',
      path: '/common/jobs/create',
      body: { job_type: 'insert_csv_file', job_data: data },
    },
  ] as const
  return (
    <div className={styles.bar} data-bar>
      <LeftOut total={preview?.columns_total ?? columns.length} columns={columns} onShow={onShowLeftOut} />
      <RequestButton requests={requests} />
      <Button
        variant="primary"
        icon="upload"
        disabled={preview === undefined || isChecking || isStarting}
        onClick={() => void start()}
      >
        {isStarting ? 'Starting…' : 'Start import'}
      </Button>
    </div>
  )
}
