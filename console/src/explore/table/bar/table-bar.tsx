/** Above the table: the place in the list, or what is selected and what to do with it. */
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { invalidateRecords } from '../../../api/record-queries.ts'
import { IconButton } from '../../../ui/button.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { type Column, describeOrder } from '../../columns/columns.ts'
import { ColumnsButton } from '../../columns/columns-button.tsx'
import { useExplore } from '../../explore-context.ts'
import type { Records } from '../../records/use-records.ts'
import { countSelected, type Selection } from '../../selection/selection.ts'
import { type RowRangeStore, useRowRange } from '../row-range.ts'
import styles from './bar.module.css'
import { SelectionActions } from './selection-actions.tsx'

interface TableBarProps {
  readonly all: readonly Column[]
  readonly columns: readonly Column[]
  readonly records: Records
  readonly selection: Selection
  readonly range: RowRangeStore
  readonly onSelect: (selection: Selection) => void
}

export function TableBar({ all, columns, records, selection, range, onSelect }: TableBarProps) {
  const { view, setView } = useExplore()
  const total = records.total ?? 0
  const selected = countSelected(selection, total)
  const bar = useRef<HTMLDivElement>(null)

  function select(next: Selection) {
    onSelect(next)
    // The buttons go with the selection.
    if (countSelected(next, total) === 0) bar.current?.focus()
  }

  function clearOrder() {
    setView({ order: [] })
    bar.current?.focus()
  }

  return (
    <div className={styles.bar} ref={bar} role="group" aria-label="Table" tabIndex={-1}>
      <div className={styles.text} role="status" aria-live="polite">
        {selected > 0 ? `${formatNumber(selected)} selected` : ''}
      </div>
      {selected > 0 && <SelectionActions {...{ selection, selected, total }} onSelect={select} />}
      {selected === 0 && total > 0 && <Place range={range} total={total} />}
      {selected === 0 && total > 0 && view.order.length > 0 && (
        <p className={styles.place}>
          Sorted by {describeOrder(view.order, all)}
          <IconButton size="small" icon="close" label="Clear sorting" onClick={clearOrder} />
        </p>
      )}
      <div className={styles.end}>
        <RefreshButton />
        <ColumnsButton all={all} columns={columns} />
      </div>
    </div>
  )
}

function Place({ range, total }: { readonly range: RowRangeStore; readonly total: number }) {
  const { top, bottom } = useRowRange(range)
  const [first, last] = [top + 1, Math.min(total, bottom + 1)]
  const rows = first === last ? `Row ${formatNumber(first)}` : `Rows ${formatNumber(first)}–${formatNumber(last)}`
  return (
    <p className={styles.place}>
      {rows} of {formatNumber(total)}
    </p>
  )
}

/** Others may have changed the records. */
function RefreshButton() {
  const client = useQueryClient()
  const [isBusy, setBusy] = useState(false)

  async function refresh() {
    setBusy(true)
    await invalidateRecords(client)
    setBusy(false)
  }

  return <IconButton size="small" icon="retry" label="Refresh" aria-busy={isBusy} onClick={() => void refresh()} />
}
