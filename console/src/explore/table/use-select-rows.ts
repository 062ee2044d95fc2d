/** Selects single rows, ranges of rows, and everything. */
import { useRef } from 'react'
import { formatNumber } from '../../ui/format.ts'
import { showError, showToast } from '../../ui/toasts.ts'
import type { Records } from '../records/use-records.ts'
import {
  ALL_SELECTED,
  isNothing,
  isSelected,
  MAX_ROWS_SELECTED,
  NO_SELECTION,
  type Selection,
  selectRows,
} from '../selection/selection.ts'
import { useEvent } from '../use-event.ts'

interface SelectRowsOptions {
  readonly records: Records
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

export function useSelectRows({ records, selection, onSelect }: SelectRowsOptions) {
  /** The row that was selected last, where a range begins. In another list or order, its number means another row. */
  const anchor = useRef<{ readonly list: string; readonly index: number } | null>(null)
  const latest = useRef({ list: records.list, selection })
  latest.current = { list: records.list, selection }

  function change(uuids: readonly string[], selected: boolean) {
    const next = selectRows(latest.current.selection, uuids, selected)
    const listed = next.kind === 'rows' ? next.uuids : next.except
    if (listed.size > MAX_ROWS_SELECTED) return refuse()
    onSelect(next)
  }

  /** `range`: all rows from the one before to this one become what this one becomes. */
  async function toggle(index: number, range: boolean): Promise<void> {
    const row = records.rowAt(index)
    if (!row) return
    const { list } = records
    const selected = !isSelected(latest.current.selection, row.uuid)
    const from = anchor.current?.list === list ? anchor.current.index : null
    anchor.current = { list, index }
    if (!range || from === null) return change([row.uuid], selected)
    if (Math.abs(index - from) >= MAX_ROWS_SELECTED) return refuse()
    try {
      const uuids = await records.listUuids(Math.min(from, index), Math.max(from, index))
      if (latest.current.list === list) change(uuids, selected)
    } catch (error) {
      showError(error)
    }
  }

  const isAll = selection.kind === 'all' && selection.except.size === 0
  return {
    toggle,
    toggleAll: useEvent((selected: boolean) => onSelect(selected ? ALL_SELECTED : NO_SELECTION)),
    all: isAll ? true : isNothing(selection) ? false : null,
  }
}

function refuse(): void {
  const text = `Up to ${formatNumber(MAX_ROWS_SELECTED)} rows can be selected one by one. Select all matching records instead.`
  showToast(text, { tone: 'bad' })
}
