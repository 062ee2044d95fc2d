/** How an uploaded file is read, what it would become, and the start of its import. */
import { useCallback, useMemo, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { RequestButton } from '../../shell/request-dialog.tsx'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/data/nouns.ts'
import { Card } from '../../ui/page.tsx'
import { ErrorState, Notice, Skeleton } from '../../ui/states.tsx'
import { describeColumns, unreadColumns, withChoice } from '../columns/columns.ts'
import { MappingTable } from '../columns/mapping-table.tsx'
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
          {preview && preview.unmatched_mapping.length > 0 && (
            <Unmatched item={item} headers={preview.unmatched_mapping} />
          )}
          <MappingTable
            columns={columns}
            total={preview?.columns_total ?? columns.length}
            isExport={preview?.form === 'export'}
            onChoose={onChoose}
          />
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
      <StartBar item={item} preview={error ? undefined : preview} unclear={unclear} isChecking={isChecking} />
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
  readonly unclear: number
  readonly isChecking: boolean
}

/** Stays in sight, because the tables are long. */
function StartBar({ item, preview, unclear, isChecking }: StartBarProps) {
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
      {unclear > 0 && <span className={styles.note}>{countOf(unclear, 'column')} would be left out.</span>}
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
