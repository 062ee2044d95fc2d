/** Where the focus goes when what had it is gone. */
import { useEffect, useRef } from 'react'

/** Parts of a page that mean something to screen readers. */
const PART = 'section, aside, nav, form, main, dialog, [role="group"]'

/**
 * When the focused element is removed, browsers give the focus to the body, and the Tab key starts at the top of the page. Here the
 * part of the page that it was in gets it.
 */
export function useFocusKeeper(): void {
  useEffect(() => {
    let parts: readonly HTMLElement[] = []
    let focused: Element | null = null
    function remember({ target }: FocusEvent) {
      focused = target instanceof Element ? target : null
      parts = focused === null ? [] : listParts(focused)
    }
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return
      focused = null
      const part = parts.find(({ isConnected }) => isConnected)
      if (part) focusPart(part)
    })
    document.addEventListener('focusin', remember)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => {
      document.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [])
}

/** The innermost first. */
function listParts(element: Element): readonly HTMLElement[] {
  const part = element.closest<HTMLElement>(PART)
  if (part === null) return []
  return part.parentElement === null ? [part] : [part, ...listParts(part.parentElement)]
}

function focusPart(part: HTMLElement): void {
  if (!part.hasAttribute('tabindex')) {
    part.tabIndex = -1
    part.addEventListener('blur', () => part.removeAttribute('tabindex'), { once: true })
  }
  part.focus({ preventScroll: true })
}

/** After a change of the room, the content has the focus, and its name is read aloud. `room`: its path. */
export function useFocusOnRoom(room: string): void {
  const before = useRef(room)
  useEffect(() => {
    if (before.current === room) return
    before.current = room
    const main = document.getElementById('main')
    // A room may have put the focus within it already.
    if (main !== null && !main.contains(document.activeElement)) main.focus({ preventScroll: true })
  }, [room])
}
