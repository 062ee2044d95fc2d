/** Keyboard shortcuts of views. They are off while someone types in a field or a dialog is open. */
import { useEffect, useRef } from 'react'
import { areCharactersOn } from './shortcut-setting.ts'

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
      if (isCharacter(event.key) && !areCharactersOn()) return
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

/** Others have names: `Enter`, `F2`. */
function isCharacter(key: string): boolean {
  return Array.from(key).length === 1
}

/** Fields in which keys are text, or which move with the arrow keys. Nobody types into a checkbox. */
const TYPING = 'input:not([type="checkbox"], [type="button"], [type="submit"]), textarea, select, dialog, [role="menu"]'

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest(TYPING) !== null
}
