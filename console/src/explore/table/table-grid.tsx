/** The virtual table itself. Clicks and keys are handled here for all of its rows. */
import { useQueryClient } from '@tanstack/react-query'
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { classes } from '../../ui/classes.ts'
import { useExplore } from '../explore-context.ts'
import { saveEdit } from '../record/save-edit.ts'
import { type Column, cellValue, nameOf } from './columns.ts'
import { parseText } from './format-value.ts'
import { offerNavigation } from './row-navigation.ts'
import { isSelected, type Selection } from './selection.ts'
import styles from './table.module.css'
import { TableHeader } from './table-header.tsx'
import { TableRow } from './table-row.tsx'
import { useActiveCell } from './use-active-cell.ts'
import { useColumnSizes } from './use-column-sizes.ts'
import type { Records } from './use-records.ts'
import { useSelectRows } from './use-select-rows.ts'

/** Pixels: `--row`, which the header has, too. */
const ROW_HEIGHT = 32
const CHECK_WIDTH = 40
const ROWS_BEYOND = 12

interface GridProps {
  readonly columns: readonly Column[]
  readonly records: Records
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

export function TableGrid({ columns, records, selection, onSelect }: GridProps) {
  const { view, setView } = useExplore()
  const { service } = view
  const queryClient = useQueryClient()
  const grid = useRef<HTMLDivElement>(null)
  const table = useColumnSizes(service, columns)
  const [editing, setEditing] = useState<string | null>(null)

  const { active, activate, moveByKey } = useActiveCell({
    grid,
    list: records.list,
    rows: records.reach,
    columns: columns.length,
    countVisible: () => Math.max(1, bottom - top - 1),
    onMove: row => {
      setEditing(null)
      virtualizer.scrollToIndex(row)
      // The drawer goes along.
      const uuid = records.rowAt(row)?.uuid
      if (view.open !== null && uuid) setView({ open: uuid }, { replace: true })
    },
  })
  const activeRow = active.row
  const virtualizer = useVirtualizer({
    count: records.reach,
    getScrollElement: () => grid.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_BEYOND,
    // The header covers the top of the view, so that the rows end before its bottom.
    scrollPaddingEnd: ROW_HEIGHT,
    // The row with the focus stays, or scrolling would lose the focus.
    rangeExtractor: useCallback(
      (range: Range) => {
        const rows = defaultRangeExtractor(range)
        return rows.includes(activeRow) || activeRow >= range.count ? rows : [...rows, activeRow].sort((a, b) => a - b)
      },
      [activeRow],
    ),
  })
  const { startIndex: top, endIndex: bottom } = virtualizer.range ?? { startIndex: 0, endIndex: 0 }
  const row = records.rowAt(active.row)
  const select = useSelectRows({ records, selection, onSelect })

  useEffect(() => records.show(top, bottom))

  useEffect(() => {
    if (records.list) grid.current!.scrollTop = 0
  }, [records.list])

  function move(step: 1 | -1) {
    const next = Math.max(0, Math.min(records.reach - 1, active.row + step))
    activate(next, active.column, { focus: !isElsewhere() })
  }

  const latestMove = useRef(move)
  latestMove.current = move
  useEffect(() => offerNavigation(step => latestMove.current(step)), [])

  function open(at: number) {
    const uuid = records.rowAt(at)?.uuid
    if (uuid) setView({ open: uuid })
  }

  function edit(at: number, column: number) {
    const chosen = columns[column - 1]
    if (!records.rowAt(at) || !chosen?.editable) return
    // The editor takes the focus.
    activate(at, column, { focus: false })
    setEditing(chosen.name)
  }

  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    x: () => void select.toggle(active.row, false),
    e: () => !isElsewhere() && edit(active.row, active.column),
  })

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.defaultPrevented || !isCell(event.target)) return
    if (event.key === 'ArrowUp' && active.row === 0)
      grid.current!.querySelector<HTMLElement>('[data-stop][tabindex="0"]')?.focus()
    else if (event.key === 'Enter') open(active.row)
    else if (event.key === 'F2') edit(active.row, active.column)
    else if (event.key === ' ' && active.column === 0) void select.toggle(active.row, event.shiftKey)
    else if (!moveByKey(event)) return
    event.preventDefault()
  }

  function onClick(event: MouseEvent<HTMLElement>) {
    const target = event.target as HTMLElement
    const place = placeOf(target)
    if (!place || target.closest('input[type="text"], textarea')) return
    activate(place.row, place.column)
    if (place.column === 0) void select.toggle(place.row, event.shiftKey)
    else if (target.closest('[data-open]')) open(place.row)
  }

  function onDoubleClick(event: MouseEvent<HTMLElement>) {
    const target = event.target as HTMLElement
    const place = placeOf(target)
    if (place && !target.closest('input, textarea, a, button')) edit(place.row, place.column)
  }

  function onEdited(text: string | null, byKey: boolean) {
    const column = columns.find(({ name }) => name === editing)
    setEditing(null)
    if (byKey) activate(active.row, active.column)
    if (text === null || !row || !column) return
    const { field, label, kind } = column
    const change = { before: cellValue(row, column), after: parseText(text, kind) }
    void saveEdit(queryClient, { service, uuid: row.uuid, name: nameOf(service, row), field, label, ...change })
  }
  const latestEdited = useRef(onEdited)
  latestEdited.current = onEdited
  const finishEdit = useCallback((text: string | null, byKey: boolean) => latestEdited.current(text, byKey), [])

  const widths = table.getFlatHeaders().map(header => header.getSize())
  const frame = {
    '--columns': `${CHECK_WIDTH}px ${widths.map(width => `${width}px`).join(' ')} minmax(0, 1fr)`,
    '--first': `${widths[0] ?? 0}px`,
    '--width': `${CHECK_WIDTH + table.getTotalSize()}px`,
  } as CSSProperties

  return (
    <div
      ref={grid}
      role="grid"
      tabIndex={-1}
      aria-label={service === 'contact' ? 'Contacts' : 'Companies'}
      aria-rowcount={records.total === undefined ? -1 : records.total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-busy={records.total === undefined || records.isStale}
      className={classes(styles.grid, records.isStale && styles.stale)}
      style={frame}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
    >
      <TableHeader
        columns={columns}
        table={table}
        allSelected={select.all}
        onSelectAll={select.toggleAll}
        onLeave={column => activate(active.row, column)}
      />
      <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const shown = records.rowAt(index)
          const isActive = index === active.row
          return (
            <TableRow
              key={index}
              {...{ service, index, columns }}
              top={start}
              row={shown}
              selected={shown !== undefined && isSelected(selection, shown.uuid)}
              open={shown !== undefined && shown.uuid === view.open}
              active={isActive ? active.column : null}
              editing={isActive ? editing : null}
              onEdited={finishEdit}
            />
          )
        })}
      </div>
    </div>
  )
}

/** Someone who reads in the drawer, or filters, keeps the focus there. */
function isElsewhere(): boolean {
  return document.activeElement?.closest('aside') !== null
}

/** The focus is on a cell, not on a control within it. */
function isCell(target: EventTarget): boolean {
  return (target as HTMLElement).dataset.cell !== undefined
}

/** The cell of an element in a row. Menus of the header are elsewhere in the document, though React says they are within. */
function placeOf(target: HTMLElement): { readonly row: number; readonly column: number } | null {
  const cell = target.closest<HTMLElement>('[data-cell]')
  const row = cell?.closest<HTMLElement>('[data-row]')
  return cell && row ? { row: Number(row.dataset.row), column: Number(cell.dataset.cell) } : null
}
