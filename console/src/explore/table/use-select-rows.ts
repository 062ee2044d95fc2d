/** Selects single rows, ranges of rows, and everything. */
import { useRef } from 'react'
import { showError, showToast } from '../../ui/toast.tsx'
import {
  ALL_SELECTED,
  isNothing,
  isSelected,
  MAX_ROWS_SELECTED,
  NO_SELECTION,
  type Selection,
  selectRows,
} from './selection.ts'
import type { Records } from './use-records.ts'

interface SelectRowsOptions {
  readonly records: Records
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

export function useSelectRows({ records, selection, onSelect }: SelectRowsOptions) {
  /** The row that was selected last, where a range begins. */
  const anchor = useRef<number | null>(null)
  const latest = useRef(selection)
  latest.current = selection

  function change(uuids: readonly string[], selected: boolean) {
    const next = selectRows(latest.current, uuids, selected)
    const listed = next.kind === 'rows' ? next.uuids : next.except
    if (listed.size <= MAX_ROWS_SELECTED) return onSelect(next)
    showToast(
      `Up to ${MAX_ROWS_SELECTED.toLocaleString('en')} rows can be selected one by one. Select all matching records instead.`,
      {
        tone: 'bad',
      },
    )
  }

  /** `range`: all rows from the one before to this one become what this one becomes. */
  async function toggle(index: number, range: boolean): Promise<void> {
    const row = records.rowAt(index)
    if (!row) return
    const selected = !isSelected(latest.current, row.uuid)
    const from = anchor.current
    anchor.current = index
    if (!range || from === null) return change([row.uuid], selected)
    try {
      change(await records.listUuids(Math.min(from, index), Math.max(from, index)), selected)
    } catch (error) {
      showError(error)
    }
  }

  const isAll = selection.kind === 'all' && selection.except.size === 0
  return {
    toggle,
    toggleAll: (selected: boolean) => onSelect(selected ? ALL_SELECTED : NO_SELECTION),
    all: isAll ? true : isNothing(selection) ? false : null,
  }
}
