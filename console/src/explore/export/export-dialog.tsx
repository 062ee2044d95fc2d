/** Exports the records of the list, or those that are selected: a small file at once, a large one by a job. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { TITLES } from '../../api/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField } from '../../ui/field.tsx'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { Notice } from '../../ui/states.tsx'
import { type Column, chooseColumns, exportNames, FULL_NAME, listColumns } from '../columns/columns.ts'
import { useExplore } from '../explore-context.ts'
import { countQuery } from '../records/count-query.ts'
import { isNothing, whereSelected } from '../selection/selection.ts'
import { useSelection } from '../selection/use-selection.ts'
import { ColumnChoice } from './column-choice.tsx'
import styles from './export.module.css'
import { ExportOptions } from './export-options.tsx'
import { estimateBytes, MAX_DOWNLOAD_ROWS, parseLimit, writeExport } from './export-query.ts'
import { keepLastChoice, readLastChoice } from './last-choice.ts'
import { fetchSample } from './run-export.ts'
import { countRows, useExport } from './use-export.ts'

export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { view, where: whereOfList } = useExplore()
  const { service, order } = view
  const [selection] = useSelection(service, whereOfList)
  const hasSelection = !isNothing(selection)
  const [isAll, setAll] = useState(!hasSelection)
  const { all, visible } = useExportColumns()
  const [last] = useState(() => readLastChoice(service))
  const [chosen, setChosen] = useState(() => knownColumns(last.columns, all) ?? new Set(visible))
  const [choice, setChoice] = useState({ format: last.format, bom: last.bom, lowerCase: last.lowerCase, limit: '' })
  const { run, isBusy, error } = useExport(onClose)

  const where = isAll || !hasSelection ? whereOfList : whereSelected(selection, whereOfList)
  const columns = all.map(({ name }) => name).filter(name => chosen.has(name))
  const limit = parseLimit(choice.limit)
  const query = writeExport(where, order, { columns, lowerCase: choice.lowerCase, limit: limit?.limit ?? null })
  const options = { format: choice.format, bom: choice.bom }
  const count = useQuery(countQuery(service, where))
  const rows = count.data === undefined ? null : Math.min(count.data, query.limit ?? Number.POSITIVE_INFINITY)
  const sample = useQuery({
    queryKey: ['sample', service, query, options],
    queryFn: ({ signal }) => fetchSample(service, query, options, signal),
    enabled: columns.length > 0,
    placeholderData: keepPreviousData,
  })
  const isLarge = rows !== null && rows > MAX_DOWNLOAD_ROWS
  const isReady = columns.length > 0 && limit !== null && rows !== null && rows > 0 && !isBusy
  const size = rows !== null && sample.data && columns.length > 0 ? formatBytes(estimateBytes(sample.data, rows)) : null

  function start() {
    const isAsVisible = chosen.size === visible.length && visible.every(name => chosen.has(name))
    const { format, bom, lowerCase } = choice
    keepLastChoice(service, { format, bom, lowerCase, columns: isAsVisible ? null : columns })
    void run({ service, query, rows: rows!, options })
  }

  return (
    <Dialog
      title={`Export ${TITLES[service].toLowerCase()}`}
      onClose={onClose}
      actions={
        <>
          <p className={styles.summary} role="status" aria-live="polite">
            {rows === null ? 'Counting…' : countRows(rows)}
            {size !== null && `, about ${size}`}
          </p>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="download" disabled={!isReady} onClick={start}>
            {isBusy ? 'Exporting…' : isLarge ? 'Export as a job' : 'Download'}
          </Button>
        </>
      }
    >
      {(error ?? count.error) && <Notice tone="bad">{(error ?? count.error)!.message}</Notice>}
      {hasSelection && (
        <SelectField
          label="Records"
          value={isAll ? 'all' : 'selected'}
          onChange={event => setAll(event.target.value === 'all')}
        >
          <option value="selected">The selected records</option>
          <option value="all">All records of the list</option>
        </SelectField>
      )}
      <ColumnChoice all={all} chosen={chosen} visible={visible} onChange={setChosen} />
      <ExportOptions
        choice={choice}
        isLimitValid={limit !== null}
        onChange={changes => setChoice({ ...choice, ...changes })}
      />
      <p className={styles.note}>
        {order.length > 0 && 'The rows are in the order of the list. '}
        {chosen.has('uuid')
          ? 'With UUIDs the file can be imported again: its rows update the same records.'
          : 'Add the column UUID to import the file again as an update of the same records.'}
        {isLarge && ` A file with more than ${formatNumber(MAX_DOWNLOAD_ROWS)} rows is written by a job.`}
      </p>
    </Dialog>
  )
}

/** Null without any that still exists. */
function knownColumns(names: readonly string[] | null, all: readonly Column[]): ReadonlySet<string> | null {
  const known = all.map(({ name }) => name).filter(name => names?.includes(name))
  return known.length > 0 ? new Set(known) : null
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
