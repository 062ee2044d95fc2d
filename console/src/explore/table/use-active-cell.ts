/** The cell that has the focus, or gets it next, and the keys that move it. */
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'

interface ActiveCell {
  readonly row: number
  /** 0 is the checkbox, 1 the first column. */
  readonly column: number
}

interface ActiveCellOptions {
  readonly grid: RefObject<HTMLElement | null>
  /** Another list begins at its first row. */
  readonly list: string
  readonly rows: number
  readonly columns: number
  /** The number of rows that are visible. */
  readonly countVisible: () => number
  /** Another row is active. */
  readonly onMove: (row: number) => void
  /** A key was pressed, after which the active row has to be in sight. */
  readonly reveal: (row: number) => void
}

export function useActiveCell({ grid, list, rows, columns, countVisible, onMove, reveal }: ActiveCellOptions) {
  const [state, setState] = useState({ list, row: 0, column: 1, focus: false })
  const isCurrent = state.list === list
  const active: ActiveCell = {
    row: isCurrent ? Math.min(state.row, Math.max(0, rows - 1)) : 0,
    column: Math.min(state.column, columns),
  }

  // Once for each call of `activate`, when the cell is drawn.
  useEffect(() => {
    const { row, column, focus } = state
    if (!focus) return
    const cell = grid.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-cell="${column}"]`)
    cell?.focus({ preventScroll: true })
    // Within the padding of the table, which its fixed parts cover.
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [state, grid])

  /** `focus`: not while the person is elsewhere, as in the drawer. */
  function activate(row: number, column: number, { focus = true } = {}) {
    setState({ list, row, column, focus })
    if (row !== active.row) onMove(row)
  }

  /** Returns whether the key was one of these. */
  function moveByKey(event: KeyboardEvent): boolean {
    const { row, column } = active
    const end = event.ctrlKey || event.metaKey
    // Alt and arrow is "back" in browsers.
    if (event.altKey || (end && event.key !== 'Home' && event.key !== 'End')) return false
    const screen = countVisible()
    const to: Partial<Record<string, ActiveCell>> = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + screen, column },
      PageUp: { row: row - screen, column },
      Home: end ? { row: 0, column } : { row, column: 0 },
      End: end ? { row: rows - 1, column } : { row, column: columns },
    }
    const next = to[event.key]
    if (!next) return false
    const reached = limit(next.row, rows - 1)
    reveal(reached)
    activate(reached, limit(next.column, columns))
    return true
  }
  return { active, activate, moveByKey }
}

function limit(value: number, max: number): number {
  return Math.max(0, Math.min(max, value))
}
