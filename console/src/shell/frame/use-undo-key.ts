/** Ctrl+Z outside of fields. Browsers would change the field that was typed into last, such as that of a filter. */
import { useEffect } from 'react'
import { isTypedInto } from '../shortcuts.ts'

export function useUndoKey(): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event
      const isUndo = key.toLowerCase() === 'z' && ctrlKey !== metaKey && !altKey && !shiftKey
      if (!isUndo || event.defaultPrevented || isTypedInto(target)) return
      event.preventDefault()
      newestUndo()?.click()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** `data-undo` says when the change was made. */
function newestUndo(): HTMLElement | undefined {
  const buttons = [...document.querySelectorAll<HTMLElement>('[data-undo]')]
  return buttons.sort((a, b) => Number(b.dataset.undo) - Number(a.dataset.undo))[0]
}
