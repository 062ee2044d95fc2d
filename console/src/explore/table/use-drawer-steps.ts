/** Steps through the rows with j and k and with the buttons of the drawer, which follows the active row. */
import { useEffect, useRef } from 'react'
import { useExplore, useOpenRecord } from '../explore-context.ts'
import type { Records } from '../records/use-records.ts'
import { offerNavigation } from '../row-navigation.ts'
import { useEvent } from '../use-event.ts'

/** `activate`: makes a row the active one, and calls `follow`. */
export function useDrawerSteps(records: Records, activeRow: number, activate: (row: number) => void) {
  const { setView } = useExplore()
  const open = useOpenRecord()
  /** The row that the drawer will show when it is loaded. */
  const awaited = useRef<number | null>(null)

  useEffect(() => {
    if (open === null) awaited.current = null
    if (awaited.current === null) return
    const uuid = records.isStale ? undefined : records.rowAt(awaited.current)?.uuid
    if (uuid === undefined) return
    awaited.current = null
    if (uuid !== open) setView({ open: uuid }, { replace: true })
  })

  const step = useEvent((by: 1 | -1) => {
    // The open record may be another one than the active row, as after a link to it.
    const opened = open === null ? -1 : records.findRow(open)
    const from = awaited.current ?? (opened < 0 ? activeRow : opened)
    activate(Math.max(0, Math.min(records.rowCount - 1, from + by)))
  })
  useEffect(() => offerNavigation(step), [step])

  function follow(row: number): void {
    if (open !== null) awaited.current = row
  }
  return { step, follow }
}
