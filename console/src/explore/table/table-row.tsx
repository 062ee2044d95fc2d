/** One row. It is drawn again only when something of it changes, so that scrolling draws new rows alone. */
import { type CSSProperties, memo } from 'react'
import type { RecordRow, Service } from '../../api/records.ts'
import { classes } from '../../ui/classes.ts'
import { formatNumber } from '../../ui/format.ts'
import { Skeleton } from '../../ui/states.tsx'
import { type Column, cellValue, nameOf } from '../columns/columns.ts'
import { type CellText, formatValue } from '../columns/format-value.ts'
import { ValueEditor } from '../record/value-editor.tsx'
import styles from './table.module.css'
import type { CellEdit } from './use-cell-edit.ts'

interface CellsProps {
  readonly service: Service
  /** Undefined while it is loading. */
  readonly row: RecordRow | undefined
  readonly columns: readonly Column[]
  readonly selected: boolean
  /** The active cell, if it is in this row: 0 is the checkbox, 1 the first column. */
  readonly active: number | null
  /** The edit of a cell of this record. */
  readonly editing: CellEdit | null
  /** The same function every time. */
  readonly onEdited: (edit: CellEdit, text: string | null, byKey: boolean) => void
}

interface RowProps extends CellsProps {
  readonly index: number
  /** Pixels from the top of the body. */
  readonly top: number
  /** Whether it is in the drawer. */
  readonly open: boolean
}

export const TableRow = memo(function TableRow({ index, top, open, ...cells }: RowProps) {
  const { active, selected, editing } = cells
  const position: CSSProperties = { transform: `translateY(${top}px)` }
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-row={index}
      className={classes(
        styles.row,
        active !== null && styles.active,
        selected && styles.selected,
        open && styles.open,
        editing && styles.editedRow,
      )}
      style={position}
    >
      <Cells {...cells} />
    </div>
  )
})

const Cells = memo(function Cells({ service, row, columns, selected, active, editing, onEdited }: CellsProps) {
  return (
    <>
      <div
        role="gridcell"
        aria-colindex={1}
        data-cell={0}
        tabIndex={active === 0 ? 0 : -1}
        className={classes(styles.cell, styles.check)}
      >
        {row && (
          <input
            type="checkbox"
            tabIndex={-1}
            checked={selected}
            onChange={ignore}
            aria-label={`Select ${nameOf(service, row)}`}
          />
        )}
      </div>
      {columns.map((column, at) => {
        const edit = editing?.column.name === column.name ? editing : null
        const value = row && !edit ? formatValue(cellValue(row, column), column.kind) : null
        // An element less in most cells makes scrolling a third cheaper.
        const isPlain = value !== null && at > 0 && value.href === null && value.more === 0
        return (
          <div
            key={column.name}
            role={at === 0 ? 'rowheader' : 'gridcell'}
            aria-colindex={at + 2}
            aria-readonly={!column.editable || undefined}
            data-cell={at + 1}
            tabIndex={active === at + 1 ? 0 : -1}
            className={classes(
              styles.cell,
              at === 0 && styles.first,
              column.kind === 'integer' && styles.right,
              edit && styles.editing,
              isPlain && styles.plain,
            )}
            dir={isPlain ? 'auto' : undefined}
          >
            {edit ? (
              <ValueEditor
                label={column.label}
                kind={column.kind}
                value={cellValue(edit.row, column)}
                onDone={(text, byKey) => onEdited(edit, text, byKey)}
              />
            ) : !row ? (
              <Skeleton />
            ) : at === 0 ? (
              <button type="button" tabIndex={-1} data-open className={styles.name} dir="auto">
                {value?.text ?? nameOf(service, row)}
              </button>
            ) : isPlain ? (
              value.text
            ) : (
              value && <RichValue value={value} />
            )}
          </div>
        )
      })}
    </>
  )
})

/** A link, or the first items of a list. */
function RichValue({ value }: { readonly value: CellText }) {
  const { text, href, more } = value
  return (
    <>
      {href ? (
        <a href={href} target="_blank" rel="noopener noreferrer" tabIndex={-1} className={styles.text} dir="auto">
          {text}
        </a>
      ) : (
        <span className={styles.text} dir="auto">
          {text}
        </span>
      )}
      {more > 0 && <span className={styles.more}>+{formatNumber(more)}</span>}
    </>
  )
}

/** Clicks on the checkboxes are handled by the table, which knows about the Shift key. */
function ignore(): void {}
