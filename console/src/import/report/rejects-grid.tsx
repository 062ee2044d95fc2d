/** Rows as a table whose cells can be edited. Only the rows and columns in sight are in the page. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { formatNumber } from '../../ui/format.ts'
import { withLabels } from '../columns/targets.ts'
import type { Corrections } from '../items/corrections.ts'
import type { ImportedRows } from '../items/imported-rows.ts'
import { cellOf, type Rejects } from './rejects.ts'
import styles from './rejects-grid.module.css'

interface RejectsGridProps {
  readonly rejects: Rejects
  readonly corrections: Corrections
  /** They cannot be changed any more. */
  readonly imported: ImportedRows
  readonly takesFocus: boolean
  readonly onCorrect: (row: number, column: number, value: string) => void
}

/** Pixels. */
const ROW = 46
const HEAD = 34
const COLUMN = 176
const PROBLEM = 168

export function RejectsGrid({ rejects, corrections, imported, takesFocus, onCorrect }: RejectsGridProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState(0)
  const element = () => scroll.current
  const rows = useVirtualizer({
    count: rejects.rows.length,
    getScrollElement: element,
    estimateSize: () => ROW,
    overscan: 6,
    scrollPaddingStart: HEAD,
  })
  const columns = useVirtualizer({
    horizontal: true,
    count: rejects.width,
    getScrollElement: element,
    estimateSize: () => COLUMN,
    overscan: 3,
    scrollPaddingStart: PROBLEM,
  })
  const inRows = rows.getVirtualItems()
  const inColumns = columns.getVirtualItems()
  const above = inRows[0]?.start ?? 0
  const below = rows.getTotalSize() - (inRows.at(-1)?.end ?? 0)
  const left = inColumns[0]?.start ?? 0
  const right = columns.getTotalSize() - (inColumns.at(-1)?.end ?? 0)

  const focusCell = (row: number, column: number) => {
    if (row < 0 || row >= rejects.rows.length) return
    rows.scrollToIndex(row)
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus())
  }
  useEffect(() => {
    if (!takesFocus) return
    // The first rows are drawn after their place was measured.
    const frame = requestAnimationFrame(() => {
      const box = scroll.current!
      box.scrollIntoView({ block: 'nearest' })
      if (!box.contains(document.activeElement)) box.querySelector<HTMLElement>('[data-cell]')?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [takesFocus])
  const onKeyDown = (event: KeyboardEvent, row: number, column: number) => {
    const isLines = event.currentTarget instanceof HTMLTextAreaElement
    if (event.key === 'Escape') onCorrect(row, column, rejects.rows[row]!.cells[column] ?? '')
    else if (event.key === 'ArrowDown' && !isLines) focusCell(row + 1, column)
    else if (event.key === 'ArrowUp' && !isLines) focusCell(row - 1, column)
    else if (event.key === 'Enter' && !isLines) focusCell(row + (event.shiftKey ? -1 : 1), column)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const current = rejects.rows[focused]
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div ref={scroll} className={styles.scroll} tabIndex={0} role="group" aria-label="Rejected rows to correct">
        <table
          className={styles.table}
          style={{ width: PROBLEM + columns.getTotalSize() }}
          aria-rowcount={rejects.rows.length + 1}
          aria-colcount={rejects.width + 1}
        >
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className={styles.problem} style={{ width: PROBLEM }} aria-colindex={1}>
                Line and problem
              </th>
              {left > 0 && <td className={styles.space} style={{ width: left }} aria-hidden="true" />}
              {inColumns.map(({ index }) => (
                <th
                  key={index}
                  scope="col"
                  style={{ width: COLUMN }}
                  title={headerOf(rejects, index)}
                  aria-colindex={index + 2}
                >
                  <bdi>{headerOf(rejects, index)}</bdi>
                </th>
              ))}
              {right > 0 && <td className={styles.space} style={{ width: right }} aria-hidden="true" />}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <SpaceRow height={above} />}
            {inRows.map(({ index: row }) => {
              const { line, message, code } = rejects.rows[row]!
              const done = imported.get(row)
              return (
                <tr key={row} aria-rowindex={row + 2}>
                  <th scope="row" className={styles.problem} title={withLabels(message)} aria-colindex={1}>
                    <div className={styles.line}>Line {formatNumber(line)}</div>
                    <div className={styles.message} dir="auto">
                      {done ? (
                        <a href={`#/jobs?open=${done.job}`}>Corrected and imported</a>
                      ) : (
                        withLabels(message) || code
                      )}
                    </div>
                  </th>
                  {left > 0 && <td className={styles.space} aria-hidden="true" />}
                  {inColumns.map(({ index: column }) => {
                    const value = done?.cells.get(column) ?? cellOf(rejects, corrections, row, column)
                    const isChanged = corrections.get(row)?.has(column) ?? false
                    const label = `${headerOf(rejects, column)}, line ${line}${isChanged ? ', corrected' : ''}`
                    return (
                      <td key={column} aria-colindex={column + 2}>
                        <Cell
                          id={`${row} ${column}`}
                          label={label}
                          value={value}
                          original={rejects.rows[row]!.cells[column] ?? ''}
                          isChanged={isChanged}
                          isFixed={done !== undefined}
                          onChange={next => onCorrect(row, column, next)}
                          onFocus={() => setFocused(row)}
                          onKeyDown={event => onKeyDown(event, row, column)}
                        />
                      </td>
                    )
                  })}
                  {right > 0 && <td className={styles.space} aria-hidden="true" />}
                </tr>
              )
            })}
            {below > 0 && <SpaceRow height={below} />}
          </tbody>
        </table>
      </div>
      <p className={styles.full} role="status">
        {current !== undefined && (
          <>
            Line {formatNumber(current.line)}: <bdi>{withLabels(current.message)}</bdi> <code>{current.code}</code>
          </>
        )}
      </p>
    </div>
  )
}

interface CellProps {
  readonly id: string
  readonly label: string
  readonly value: string
  /** Before any correction. */
  readonly original: string
  readonly isChanged: boolean
  readonly isFixed: boolean
  readonly onChange: (value: string) => void
  readonly onFocus: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function Cell({ id, label, value, original, isChanged, isFixed, onChange, onFocus, onKeyDown }: CellProps) {
  const shared = {
    className: styles.cell,
    'data-cell': id,
    'data-changed': isChanged,
    'aria-label': label,
    dir: 'auto',
    autoComplete: 'off',
    spellCheck: false,
    value,
    readOnly: isFixed,
    onFocus,
    onKeyDown,
  }
  // An input field would drop the line breaks. A cell that had some stays as it is while they are removed, to keep the focus.
  if (value.includes('\n') || original.includes('\n'))
    return <textarea {...shared} onChange={event => onChange(event.target.value)} />
  return <input type="text" {...shared} onChange={event => onChange(event.target.value)} />
}

function SpaceRow({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden="true">
      <td className={styles.space} style={{ height }} />
    </tr>
  )
}

/** A row may have more cells than there are headers. */
function headerOf({ header }: Rejects, column: number): string {
  return header[column]?.trim() || `Column ${column + 1}`
}
