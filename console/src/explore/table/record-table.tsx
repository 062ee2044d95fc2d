/** The list of records: a table that scrolls through all of them, and what can be done with those that are selected. */
import { useMemo } from 'react'
import { Button } from '../../ui/button.tsx'
import { ErrorState, Notice } from '../../ui/states.tsx'
import { useExplore } from '../explore-context.ts'
import { chooseColumns, listColumns } from './columns.ts'
import { NothingFound } from './nothing-found.tsx'
import styles from './table.module.css'
import { TableBar } from './table-bar.tsx'
import { TableGrid } from './table-grid.tsx'
import { useRecords } from './use-records.ts'
import { useSelection } from './use-selection.ts'

export function RecordTable() {
  const { view, where, filters } = useExplore()
  const { service } = view
  const all = useMemo(() => listColumns(service, filters), [service, filters])
  // The address is parsed at every change of it. The columns change only when their names do.
  const names = view.columns?.join() ?? null
  const columns = useMemo(() => chooseColumns(service, all, names?.split(',') ?? null), [service, all, names])
  const records = useRecords(columns)
  const [selection, setSelection] = useSelection(service, where)
  const { error, hasRows } = records

  return (
    <div className={styles.table}>
      <TableBar {...{ all, columns, records, selection }} onSelect={setSelection} />
      {error && hasRows && (
        <Notice tone="bad">
          {error.message}{' '}
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
        <TableGrid {...{ columns, records, selection }} onSelect={setSelection} />
      )}
    </div>
  )
}
