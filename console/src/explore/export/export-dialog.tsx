/** Exports the records of the list, or those that are selected: a small file at once, a large one by a job. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { countRecords } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, SelectField, TextField } from '../../ui/field.tsx'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { Notice } from '../../ui/states.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useExplore } from '../explore-context.ts'
import { chooseColumns, exportNames, FULL_NAME, listColumns } from '../table/columns.ts'
import { NO_SELECTION, useSelection, whereSelected } from '../table/selection.ts'
import { ColumnChoice } from './column-choice.tsx'
import styles from './export.module.css'
import { estimateBytes, type Format, fileName, MAX_DOWNLOAD_ROWS, parseLimit, writeExport } from './export-query.ts'
import { createExportJob, fetchExport, fetchSample, saveFile } from './run-export.ts'

const NAMES = { contact: 'contacts', company: 'companies' } as const

export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { view, where: whereOfList } = useExplore()
  const { service, order } = view
  const [selection] = useSelection(service, whereOfList)
  const hasSelection = selection !== NO_SELECTION && !(selection.kind === 'rows' && selection.uuids.size === 0)
  const [scope, setScope] = useState<'all' | 'selected'>(hasSelection ? 'selected' : 'all')
  const { all, visible } = useExportColumns()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(visible))
  const [format, setFormat] = useState<Format>('csv')
  const [bom, setBom] = useState(false)
  const [lowerCase, setLowerCase] = useState(false)
  const [limitText, setLimitText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const navigate = useNavigate()
  const download = useRef<AbortController>(null)
  useEffect(() => () => download.current?.abort(), [])

  const where = scope === 'selected' ? whereSelected(selection, whereOfList) : whereOfList
  const columns = all.map(({ name }) => name).filter(name => chosen.has(name))
  const limit = parseLimit(limitText)
  const query = writeExport(where, order, { columns, lowerCase, limit: limit?.limit ?? null })
  const count = useQuery({
    queryKey: ['count', service, where],
    queryFn: ({ signal }) => countRecords(service, where, signal),
  })
  const rows = count.data === undefined ? undefined : Math.min(count.data, query.limit ?? Number.POSITIVE_INFINITY)
  const sample = useQuery({
    queryKey: ['sample', service, query, format, bom],
    queryFn: ({ signal }) => fetchSample(service, query, { format, bom }, signal),
    enabled: columns.length > 0,
    placeholderData: keepPreviousData,
  })
  const isLarge = rows !== undefined && rows > MAX_DOWNLOAD_ROWS
  const isReady = columns.length > 0 && limit !== null && rows !== undefined && rows > 0 && !isBusy

  async function run() {
    setBusy(true)
    setError(null)
    try {
      if (isLarge || !(await downloadFile())) await startJob()
      onClose()
    } catch (failure) {
      if ((failure as Error).name === 'AbortError') return
      setError(failure as Error)
      setBusy(false)
    }
  }

  /** Returns false if the server allows fewer rows. */
  async function downloadFile(): Promise<boolean> {
    download.current = new AbortController()
    try {
      const file = await fetchExport(service, query, { format, bom }, download.current.signal)
      saveFile(file, fileName(service, format, new Date()))
      showToast(`${formatNumber(rows!)} rows exported.`)
      return true
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === 'ERR_EXPORT_TOO_LARGE') return false
      throw failure
    }
  }

  async function startJob() {
    const open = await createExportJob(service, query, { format, bom })
    const run = () => void navigate({ to: '/jobs', search: { open } as never })
    showToast(`A job writes the file with ${formatNumber(rows!)} rows. It can be downloaded there when it is complete.`, {
      action: { label: 'Show job', run },
    })
  }

  return (
    <Dialog
      title={`Export ${NAMES[service]}`}
      onClose={onClose}
      actions={
        <>
          <p className={styles.summary} role="status" aria-live="polite">
            {rows === undefined ? 'Counting…' : `${formatNumber(rows)} ${rows === 1 ? 'row' : 'rows'}`}
            {rows !== undefined && sample.data && columns.length > 0 && `, about ${formatBytes(estimateBytes(sample.data, rows))}`}
          </p>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="download" disabled={!isReady} onClick={() => void run()}>
            {isBusy ? 'Exporting…' : isLarge ? 'Export as a job' : 'Download'}
          </Button>
        </>
      }
    >
      {error && <Notice tone="bad">{error.message}</Notice>}
      {hasSelection && (
        <SelectField label="Records" value={scope} onChange={event => setScope(event.target.value === 'all' ? 'all' : 'selected')}>
          <option value="selected">The selected records</option>
          <option value="all">All records of the list</option>
        </SelectField>
      )}
      <ColumnChoice all={all} chosen={chosen} visible={visible} onChange={setChosen} />
      <div className={styles.options}>
        <SelectField label="Format" value={format} onChange={event => setFormat(event.target.value === 'csv' ? 'csv' : 'ndjson')}>
          <option value="csv">CSV</option>
          <option value="ndjson">NDJSON (one JSON object per line)</option>
        </SelectField>
        <TextField
          label="Rows at most"
          inputMode="numeric"
          placeholder="All"
          value={limitText}
          error={limit === null && 'Enter a whole number above 0, or nothing for all rows.'}
          onChange={event => setLimitText(event.target.value)}
        />
        <SelectField
          label="Names and places"
          value={lowerCase ? 'lower' : 'original'}
          onChange={event => setLowerCase(event.target.value === 'lower')}
        >
          <option value="original">As written</option>
          <option value="lower">In lower case</option>
        </SelectField>
        <Checkbox checked={bom && format === 'csv'} disabled={format !== 'csv'} onChange={event => setBom(event.target.checked)}>
          For Excel (adds a byte order mark)
        </Checkbox>
      </div>
      <p className="muted">
        {order.length > 0 ? 'The rows are in the order of the list. ' : ''}
        {chosen.has('uuid')
          ? 'With UUIDs the file can be imported again: its rows update the same records.'
          : 'Add the column UUID to import the file again as an update of the same records.'}
        {isLarge && ` A file with more than ${formatNumber(MAX_DOWNLOAD_ROWS)} rows is written by a job.`}
      </p>
    </Dialog>
  )
}

/** What a file can have: first the columns of the table, in their order. */
function useExportColumns() {
  const { view, filters } = useExplore()
  return useMemo(() => {
    const known = listColumns(view.service, filters)
    const visible = exportNames(chooseColumns(view.service, known, view.columns))
    const inFile = known.filter(({ name }) => name !== FULL_NAME)
    const first = visible.flatMap(name => inFile.find(column => column.name === name) ?? [])
    return { visible, all: [...first, ...inFile.filter(({ name }) => !visible.includes(name))] }
  }, [view.service, view.columns, filters])
}
