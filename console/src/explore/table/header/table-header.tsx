/** The header row: sorts, resizes, moves and hides columns. It is one stop of the Tab key; arrow keys move along it. */
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { classes } from '../../../ui/classes.ts'
import { type Column, moveColumn } from '../../columns/columns.ts'
import { useExplore } from '../../explore-context.ts'
import tableStyles from '../table.module.css'
import styles from './header.module.css'
import { HeaderCell } from './header-cell.tsx'
import { useColumnDrag } from './use-column-drag.ts'
import { type ColumnTable, resizeBy } from './use-column-sizes.ts'

const RESIZE_STEP = 24

interface HeaderProps {
  readonly columns: readonly Column[]
  readonly table: ColumnTable
  /** Of the checkbox that selects everything: null is some of it. */
  readonly allSelected: boolean | null
  readonly onSelectAll: (selected: boolean) => void
  /** The arrow key down: to the rows. */
  readonly onLeave: (column: number) => void
}

/** Is not drawn again while the rows scroll, so its handlers have to be the same every time. */
export const TableHeader = memo(function TableHeader({
  columns,
  table,
  allSelected,
  onSelectAll,
  onLeave,
}: HeaderProps) {
  const { view, setView } = useExplore()
  const row = useRef<HTMLDivElement>(null)
  const [chosenStop, setStop] = useState(0)
  // The checkbox, and two buttons of each column. A column that was hidden may have been the last one.
  const stop = Math.min(chosenStop, 2 * columns.length)
  const isHiding = useRef(false)
  const names = columns.map(({ name }) => name)
  const { drag, start } = useColumnDrag((name, to) => move(name, to))

  // The pressed button goes with its column. The focus stays in the header.
  useEffect(() => {
    if (!isHiding.current || columns.length === 0) return
    isHiding.current = false
    row.current!.querySelectorAll<HTMLElement>('[data-stop]')[stop]?.focus()
  }, [columns, stop])

  function move(name: string, to: number) {
    setView({ columns: moveColumn(names, name, to) })
  }

  function hide(name: string) {
    isHiding.current = true
    setView({ columns: names.filter(other => other !== name) })
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-stop]')]
    const at = items.indexOf(document.activeElement as HTMLElement)
    if (at < 0) return
    const name = items[at]!.closest<HTMLElement>('[data-column]')?.dataset.column
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key]
    if (event.key === 'ArrowDown') onLeave(name ? names.indexOf(name) + 1 : 0)
    else if (event.shiftKey && name && event.key === 'ArrowRight') resizeBy(table, name, RESIZE_STEP)
    else if (event.shiftKey && name && event.key === 'ArrowLeft') resizeBy(table, name, -RESIZE_STEP)
    else if (target !== undefined && items[target]) focusStop(items[target], target)
    else return
    event.preventDefault()
  }

  function focusStop(item: HTMLElement, index: number) {
    flushSync(() => setStop(index))
    item.focus()
  }

  return (
    <div role="rowgroup" className={styles.head}>
      <div ref={row} role="row" aria-rowindex={1} className={styles.row} onKeyDown={onKeyDown}>
        <div role="columnheader" aria-colindex={1} className={classes(styles.cell, tableStyles.check)}>
          <input
            type="checkbox"
            aria-label="Select all matching records"
            data-stop
            tabIndex={stop === 0 ? 0 : -1}
            checked={allSelected === true}
            ref={input => {
              if (input) input.indeterminate = allSelected === null
            }}
            onChange={event => onSelectAll(event.target.checked)}
          />
        </div>
        {columns.map((column, index) => (
          <HeaderCell
            key={column.name}
            {...{ column, index, table, move }}
            last={columns.length - 1}
            stop={stop}
            order={view.order}
            mark={
              drag?.to === index
                ? 'before'
                : drag?.to === columns.length && index === columns.length - 1
                  ? 'after'
                  : null
            }
            onSort={order => setView({ order })}
            onHide={() => hide(column.name)}
            onPress={event => start(event, column.name)}
          />
        ))}
      </div>
    </div>
  )
})
