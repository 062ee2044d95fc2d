/** The header row: sorts, resizes, moves and hides columns. It is one stop of the Tab key; arrow keys move along it. */
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Order } from '../../api/records.ts'
import { IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/popover.tsx'
import { useExplore } from '../explore-context.ts'
import { type Column, moveColumn, toggleOrder } from './columns.ts'
import styles from './table.module.css'
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

export function TableHeader({ columns, table, allSelected, onSelectAll, onLeave }: HeaderProps) {
  const { view, setView } = useExplore()
  const [stop, setStop] = useState(0)
  const names = columns.map(({ name }) => name)
  const { drag, start } = useColumnDrag((name, to) => move(name, to))

  function move(name: string, to: number) {
    setView({ columns: moveColumn(names, name, to) })
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
      <div role="row" aria-rowindex={1} className={styles.headRow} onKeyDown={onKeyDown}>
        <div role="columnheader" aria-colindex={1} className={classes(styles.headCell, styles.check)}>
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
            onHide={() => setView({ columns: names.filter(name => name !== column.name) })}
            onPress={event => start(event, column.name)}
          />
        ))}
      </div>
    </div>
  )
}

interface HeaderCellProps {
  readonly column: Column
  readonly index: number
  readonly last: number
  readonly table: ColumnTable
  readonly stop: number
  readonly order: readonly Order[]
  /** Where a column that is dragged would come. */
  readonly mark: 'before' | 'after' | null
  readonly move: (name: string, to: number) => void
  readonly onSort: (order: readonly Order[]) => void
  readonly onHide: () => void
  readonly onPress: (event: PointerEvent<HTMLElement>) => void
}

function HeaderCell({ column, index, last, table, stop, order, mark, move, onSort, onHide, onPress }: HeaderCellProps) {
  const { name, label, kind, sortable } = column
  const place = order.findIndex(item => item.order_by === name)
  const direction = order[place]?.order_direction
  const resize = table.getFlatHeaders()[index]?.getResizeHandler()
  const sortBy = (order_direction: 'asc' | 'desc') => onSort([{ order_by: name, order_direction }])

  function onClick(event: MouseEvent) {
    if (sortable) onSort(toggleOrder(order, name, event.shiftKey))
  }

  return (
    <div
      role="columnheader"
      aria-label={label}
      aria-colindex={index + 2}
      aria-sort={direction && ({ asc: 'ascending', desc: 'descending' } as const)[direction]}
      data-column={name}
      className={classes(
        styles.headCell,
        index === 0 && styles.first,
        kind === 'integer' && styles.right,
        mark && styles[mark],
      )}
    >
      <button
        type="button"
        className={styles.sort}
        data-stop
        tabIndex={stop === 2 * index + 1 ? 0 : -1}
        aria-disabled={!sortable}
        title={sortable ? `Sort by ${label}. With Shift: sort further by it` : `${label}: lists cannot be sorted`}
        onClick={onClick}
        onPointerDown={onPress}
      >
        <span className={styles.headText}>{label}</span>
        {direction && <Icon name={direction === 'asc' ? 'arrowUp' : 'arrowDown'} size={12} />}
        {direction && order.length > 1 && <span className={styles.place}>{place + 1}</span>}
      </button>
      <Menu
        align="start"
        trigger={
          <IconButton
            icon="chevronDown"
            size="small"
            label={`Column ${label}`}
            data-stop
            tabIndex={stop === 2 * index + 2 ? 0 : -1}
            className={styles.headMenu}
          />
        }
        items={[
          { label: 'Sort ascending', icon: 'arrowUp', disabled: !sortable, onSelect: () => sortBy('asc') },
          { label: 'Sort descending', icon: 'arrowDown', disabled: !sortable, onSelect: () => sortBy('desc') },
          {
            label: 'Clear sorting',
            disabled: place < 0,
            onSelect: () => onSort(order.filter(item => item.order_by !== name)),
          },
          null,
          { label: 'Move left', icon: 'chevronLeft', disabled: index === 0, onSelect: () => move(name, index - 1) },
          {
            label: 'Move right',
            icon: 'chevronRight',
            disabled: index === last,
            onSelect: () => move(name, index + 2),
          },
          { label: 'Wider', shortcut: 'Shift →', onSelect: () => resizeBy(table, name, 2 * RESIZE_STEP) },
          { label: 'Narrower', shortcut: 'Shift ←', onSelect: () => resizeBy(table, name, -2 * RESIZE_STEP) },
          null,
          { label: 'Hide column', disabled: last === 0, onSelect: onHide },
        ]}
      />
      {/* The mouse has this handle, the keyboard Shift and the arrow keys. */}
      <div
        className={styles.resizer}
        aria-hidden="true"
        onMouseDown={resize}
        onTouchStart={resize}
        onDoubleClick={() => table.getColumn(name)?.resetSize()}
      />
    </div>
  )
}
