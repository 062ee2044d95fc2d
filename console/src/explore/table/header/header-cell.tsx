import type { MouseEvent, PointerEvent } from 'react'
import type { Order } from '../../../api/records.ts'
import { classes } from '../../../ui/classes.ts'
import { Icon } from '../../../ui/icon.tsx'
import type { MenuItem } from '../../../ui/popover.tsx'
import { type Column, toggleOrder } from '../../columns/columns.ts'
import tableStyles from '../table.module.css'
import { ColumnMenu } from './column-menu.tsx'
import styles from './header.module.css'
import { type ColumnTable, resizeBy } from './use-column-sizes.ts'

/** Of the commands of the menu. Pixels. */
const RESIZE_STEP = 48

interface HeaderCellProps {
  readonly column: Column
  readonly index: number
  readonly last: number
  readonly table: ColumnTable
  /** Which button of the header is the stop of the Tab key. */
  readonly stop: number
  readonly order: readonly Order[]
  /** Where a column that is dragged would come. */
  readonly mark: 'before' | 'after' | null
  readonly move: (name: string, to: number) => void
  readonly onSort: (order: readonly Order[]) => void
  readonly onHide: () => void
  readonly onPress: (event: PointerEvent<HTMLElement>) => void
}

export function HeaderCell(props: HeaderCellProps) {
  const { column, index, table, stop, order, mark, onSort, onPress } = props
  const { name, label, kind, sortable } = column
  const place = order.findIndex(item => item.order_by === name)
  const direction = order[place]?.order_direction
  const resize = table.getFlatHeaders()[index]?.getResizeHandler()

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
        styles.cell,
        index === 0 && classes(tableStyles.first, styles.first),
        kind === 'integer' && classes(tableStyles.right, styles.right),
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
        <span className={styles.label}>{label}</span>
        {direction && <Icon name={direction === 'asc' ? 'arrowUp' : 'arrowDown'} size={12} />}
        {direction && order.length > 1 && <span className={styles.place}>{place + 1}</span>}
      </button>
      <ColumnMenu
        label={label}
        tabIndex={stop === 2 * index + 2 ? 0 : -1}
        listItems={() => listItems(props, place >= 0)}
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

function listItems(
  { column, index, last, table, order, move, onSort, onHide }: HeaderCellProps,
  isSorted: boolean,
): readonly (MenuItem | null)[] {
  const { name, sortable } = column
  const sortBy = (order_direction: 'asc' | 'desc') => onSort([{ order_by: name, order_direction }])
  return [
    { label: 'Sort ascending', icon: 'arrowUp', disabled: !sortable, onSelect: () => sortBy('asc') },
    { label: 'Sort descending', icon: 'arrowDown', disabled: !sortable, onSelect: () => sortBy('desc') },
    {
      label: 'Clear sorting',
      disabled: !isSorted,
      onSelect: () => onSort(order.filter(item => item.order_by !== name)),
    },
    null,
    { label: 'Move left', icon: 'chevronLeft', disabled: index === 0, onSelect: () => move(name, index - 1) },
    { label: 'Move right', icon: 'chevronRight', disabled: index === last, onSelect: () => move(name, index + 2) },
    { label: 'Wider', shortcut: 'Shift →', onSelect: () => resizeBy(table, name, RESIZE_STEP) },
    { label: 'Narrower', shortcut: 'Shift ←', onSelect: () => resizeBy(table, name, -RESIZE_STEP) },
    null,
    { label: 'Hide column', disabled: last === 0, onSelect: onHide },
  ]
}
