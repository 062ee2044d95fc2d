/** Keyboard shortcuts of views. They are off while someone types in a field or a dialog is open. */
import { useEffect, useRef } from 'react'
import { isCharacter, trackKeys } from './key-names.ts'
import { areCharactersOn } from './shortcut-setting.ts'

/** By key as in `KeyboardEvent.key`, or two keys in turn: `/`, `j`, `Enter`, `g c`. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** Those of every view that is shown. */
const shown: { readonly current: Shortcuts }[] = []
const nameOf = trackKeys()

export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  current.current = shortcuts
  useEffect(() => {
    if (shown.length === 0) window.addEventListener('keydown', onKeyDown)
    shown.push(current)
    return () => {
      shown.splice(shown.indexOf(current), 1)
      if (shown.length === 0) window.removeEventListener('keydown', onKeyDown)
    }
  }, [])
}

function onKeyDown(event: KeyboardEvent): void {
  const { key, target } = event
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTypedInto(target)) return
  if (isCharacter(key) && !areCharactersOn()) return
  const names = new Set(shown.flatMap(({ current }) => Object.keys(current)))
  const name = nameOf(key, event.timeStamp, names)
  if (name === null) return
  event.preventDefault()
  shown.find(({ current }) => name in current)!.current[name]!(event)
}

/** Fields in which keys are text, or which move with the arrow keys. Nobody types into a checkbox. */
const TYPING = 'input:not([type="checkbox"], [type="button"], [type="submit"]), textarea, select, dialog, [role="menu"]'

export function isTypedInto(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest(TYPING) !== null
}
