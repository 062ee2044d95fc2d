/** The widths of the columns, which are kept in this browser. */
import { type ColumnSizingState, getCoreRowModel, type Table, useReactTable } from '@tanstack/react-table'
import { useEffect, useMemo, useState } from 'react'
import type { RecordRow, Service } from '../../../api/records.ts'
import type { Column } from '../../columns/columns.ts'

const MIN_WIDTH = 72
const MAX_WIDTH = 900
/** The rows come from elsewhere, page by page. */
const NO_ROWS: RecordRow[] = []

export type ColumnTable = Table<RecordRow>

export function useColumnSizes(service: Service, columns: readonly Column[]): ColumnTable {
  const [columnSizing, setColumnSizing] = useState(() => readWidths(service))
  const definitions = useMemo(
    () =>
      columns.map(({ name, label, width }) => ({
        id: name,
        header: label,
        size: width,
        minSize: MIN_WIDTH,
        maxSize: MAX_WIDTH,
      })),
    [columns],
  )
  const table = useReactTable({
    data: NO_ROWS,
    columns: definitions,
    getCoreRowModel: getCoreRowModel(),
    columnResizeMode: 'onChange',
    state: { columnSizing },
    onColumnSizingChange: setColumnSizing,
  })
  const isResizing = table.getState().columnSizingInfo.isResizingColumn !== false
  useEffect(() => {
    if (!isResizing) localStorage.setItem(storageName(service), JSON.stringify(columnSizing))
  }, [service, columnSizing, isResizing])
  return table
}

/** `step`: pixels. */
export function resizeBy(table: ColumnTable, name: string, step: number): void {
  const width = table.getColumn(name)!.getSize() + step
  table.setColumnSizing(sizes => ({ ...sizes, [name]: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)) }))
}

const storageName = (service: Service): string => `connectra.widths.${service}`

function readWidths(service: Service): ColumnSizingState {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageName(service)) ?? '{}')
    const widths = Object.entries(stored ?? {}).filter(([, width]) => typeof width === 'number')
    return Object.fromEntries(widths)
  } catch {
    return {}
  }
}
