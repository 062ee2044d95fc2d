/** The virtual table itself. Clicks and keys are handled here for all of its rows. */
import { type CSSProperties, type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useRef } from 'react'
import { TITLES } from '../../api/services.ts'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { classes } from '../../ui/classes.ts'
import { type Column, cellValue } from '../columns/columns.ts'
import { formatValue } from '../columns/format-value.ts'
import { useExplore, useOpenRecord } from '../explore-context.ts'
import type { Records } from '../records/use-records.ts'
import { isSelected, type Selection } from '../selection/selection.ts'
import { useEvent } from '../use-event.ts'
import { FarRows } from './far-rows.tsx'
import { TableHeader } from './header/table-header.tsx'
import { useColumnSizes } from './header/use-column-sizes.ts'
import type { RowRangeStore } from './row-range.ts'
import styles from './table.module.css'
import { TableRow } from './table-row.tsx'
import { useActiveCell } from './use-active-cell.ts'
import { useCellEdit } from './use-cell-edit.ts'
import { useDrawerSteps } from './use-drawer-steps.ts'
import { useRowWindow } from './use-row-window.ts'
import { useSelectRows } from './use-select-rows.ts'

const CHECK_WIDTH = 40

interface GridProps {
  readonly columns: readonly Column[]
  readonly records: Records
  readonly selection: Selection
  readonly range: RowRangeStore
  readonly onSelect: (selection: Selection) => void
}

export function TableGrid({ columns, records, selection, range, onSelect }: GridProps) {
  const { view, setView } = useExplore()
  const openUuid = useOpenRecord()
  const { service } = view
  const grid = useRef<HTMLDivElement>(null)
  const table = useColumnSizes(service, columns)
  const { active, activate, moveByKey } = useActiveCell({
    grid,
    list: records.list,
    rows: records.rowCount,
    columns: columns.length,
    countVisible: () => Math.max(1, rows.bottom - rows.top - 1),
    onMove: row => steps.follow(row),
    reveal: row => rows.scrollToRow(row),
  })
  const rows = useRowWindow({ grid, rows: records.rowCount, kept: active.row })
  const steps = useDrawerSteps(records, active.row, goTo)
  const select = useSelectRows({ records, selection, onSelect })
  const { editing, start, finish } = useCellEdit(service, () => activate(active.row, active.column))
  const { scrollToTop } = rows

  useEffect(() => {
    records.show(rows.top, rows.bottom)
    range.set(rows)
  })

  useEffect(() => {
    if (!records.list) return
    scrollToTop()
    start(null)
  }, [records.list, scrollToTop, start])

  function goTo(row: number) {
    rows.scrollToRow(row)
    activate(row, active.column, { focus: !isElsewhere() })
  }

  function open(at: number) {
    const uuid = records.rowAt(at)?.uuid
    if (uuid) setView({ open: uuid })
  }

  function edit(at: number, place: number) {
    const column = columns[place - 1]
    const row = records.rowAt(at)
    if (!row || !column?.editable || records.isStale) return
    // The editor takes the focus.
    activate(at, place, { focus: false })
    start({ row, column })
  }

  useShortcuts({
    j: () => steps.step(1),
    k: () => steps.step(-1),
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
    if (!place || target.closest('[data-editor]')) return
    activate(place.row, place.column)
    if (place.column === 0) void select.toggle(place.row, event.shiftKey)
    else if (target.closest('[data-open]')) open(place.row)
  }

  function onDoubleClick(event: MouseEvent<HTMLElement>) {
    const target = event.target as HTMLElement
    const place = placeOf(target)
    if (place && !target.closest('[data-editor], input, a, button')) edit(place.row, place.column)
  }

  /** The whole value, where it is pointed at: most cells show it anyway. */
  function onPointerOver({ target }: PointerEvent<HTMLElement>) {
    const cell = (target as HTMLElement).closest<HTMLElement>('[data-cell]')
    const place = cell && placeOf(cell)
    const column = place && columns[place.column - 1]
    const row = place && records.rowAt(place.row)
    if (cell && column && row) cell.title = formatValue(cellValue(row, column), column.kind)?.title ?? ''
  }

  const onLeaveHeader = useEvent((column: number) => activate(active.row, column))

  const widths = table.getFlatHeaders().map(header => header.getSize())
  const frame = {
    '--columns': `${CHECK_WIDTH}px ${widths.map(width => `${width}px`).join(' ')} minmax(0, 1fr)`,
    '--first': `${widths[0] ?? 0}px`,
    '--width': `${CHECK_WIDTH + table.getTotalSize()}px`,
  } as CSSProperties

  return (
    <div className={styles.frame}>
      <div
        ref={grid}
        role="grid"
        tabIndex={-1}
        aria-label={TITLES[service]}
        aria-rowcount={records.total === undefined ? -1 : records.total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-busy={records.total === undefined || records.isStale}
        className={classes(styles.grid, records.isStale && !records.error && styles.stale)}
        style={frame}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onPointerOver={onPointerOver}
      >
        <TableHeader
          columns={columns}
          table={table}
          allSelected={select.all}
          onSelectAll={select.toggleAll}
          onLeave={onLeaveHeader}
        />
        <div role="rowgroup" className={styles.body} style={{ height: rows.height }}>
          {rows.drawn.map(index => {
            const row = records.rowAt(index)
            return (
              <TableRow
                key={index}
                {...{ service, index, columns, row }}
                top={rows.placeOf(index)}
                selected={row !== undefined && isSelected(selection, row.uuid)}
                open={row !== undefined && row.uuid === openUuid}
                active={index === active.row ? active.column : null}
                editing={row !== undefined && editing?.row.uuid === row.uuid ? editing : null}
                onEdited={finish}
              />
            )
          })}
        </div>
      </div>
      {records.distance && <FarRows distance={records.distance} rows={records.rowCount} onGoTo={goTo} />}
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
