/** Keyboard shortcuts of views. They rest while someone types in a field or a dialog is open. */
import { useEffect, useRef } from 'react'

/** By key as in `KeyboardEvent.key`, or two keys in turn: `/`, `j`, `Enter`, `g c`. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

const SEQUENCE_WITHIN = 1000

export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  current.current = shortcuts
  useEffect(() => {
    let before = { key: '', at: 0 }
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return
      const pair = event.timeStamp - before.at < SEQUENCE_WITHIN ? `${before.key} ${event.key}` : ''
      before = { key: event.key, at: event.timeStamp }
      const run = current.current[pair] ?? current.current[event.key]
      if (!run) return
      event.preventDefault()
      run(event)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, dialog, [role="menu"]') !== null
}
