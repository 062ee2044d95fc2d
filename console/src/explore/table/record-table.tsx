/** The list of records: a table that scrolls through all of them, and what can be done with those that are selected. */
import { useMemo } from 'react'
import { Button } from '../../ui/button.tsx'
import { ErrorState, Notice } from '../../ui/states.tsx'
import { chooseColumns, listColumns } from '../columns/columns.ts'
import { useExplore } from '../explore-context.ts'
import { useRecords } from '../records/use-records.ts'
import { useSelection } from '../selection/use-selection.ts'
import { TableBar } from './bar/table-bar.tsx'
import { NothingFound } from './nothing-found.tsx'
import { useRowRangeStore } from './row-range.ts'
import styles from './table.module.css'
import { TableGrid } from './table-grid.tsx'

export function RecordTable() {
  const { view, where, filters } = useExplore()
  const { service } = view
  const all = useMemo(() => listColumns(service, filters), [service, filters])
  const columns = useMemo(() => chooseColumns(service, all, view.columns), [service, all, view.columns])
  const records = useRecords(columns)
  const [selection, setSelection] = useSelection(service, where)
  const range = useRowRangeStore()
  const { error, hasRows } = records

  return (
    <div className={styles.table}>
      <TableBar {...{ all, columns, records, selection, range }} onSelect={setSelection} />
      {error && hasRows && (
        <Notice tone="bad">
          {error.message} {records.isStale && 'The rows below are those of before. '}
          <Button size="small" icon="retry" onClick={records.retry}>
            Try again
          </Button>
        </Notice>
      )}
      {error && !hasRows ? (
        <ErrorState error={error} onRetry={records.retry} />
      ) : records.isEmpty ? (
        <NothingFound />
      ) : (
        <TableGrid {...{ columns, records, selection, range }} onSelect={setSelection} />
      )}
    </div>
  )
}
