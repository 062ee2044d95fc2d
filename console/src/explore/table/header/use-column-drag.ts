/** Moves a column by dragging its header with the mouse. Fingers scroll; the menu of the header moves columns for them. */
import { type PointerEvent, useState } from 'react'

/** Pixels until a press becomes a drag, so that a click still sorts. */
const THRESHOLD = 6

interface ColumnDrag {
  readonly name: string
  /** The column comes before the one that has this place now. */
  readonly to: number
}

/** The headers are the elements with `data-column` in the row of the one that is dragged. */
export function useColumnDrag(onMove: (name: string, to: number) => void) {
  const [drag, setDrag] = useState<ColumnDrag | null>(null)

  function start(event: PointerEvent<HTMLElement>, name: string): void {
    if (event.button !== 0 || event.pointerType === 'touch') return
    const row = event.currentTarget.closest('[role="row"]')!
    const from = event.clientX
    let current: ColumnDrag | null = null
    const controller = new AbortController()
    const { signal } = controller

    function end(moved: boolean) {
      controller.abort()
      setDrag(null)
      if (!current) return
      swallowClick()
      if (moved) onMove(name, current.to)
    }
    window.addEventListener(
      'pointermove',
      ({ clientX }) => {
        if (!current && Math.abs(clientX - from) < THRESHOLD) return
        const to = placeAt(row, clientX)
        if (current?.to === to) return
        current = { name, to }
        setDrag(current)
      },
      { signal },
    )
    window.addEventListener('pointerup', () => end(true), { signal })
    window.addEventListener('pointercancel', () => end(false), { signal })
    window.addEventListener('keydown', event => event.key === 'Escape' && end(false), { signal })
  }
  return { drag, start }
}

/** The number of columns whose middle is left of `x`. */
function placeAt(row: Element, x: number): number {
  const middles = [...row.querySelectorAll('[data-column]')].map(header => {
    const { left, width } = header.getBoundingClientRect()
    return left + width / 2
  })
  return middles.filter(middle => middle < x).length
}

/** The click that ends a drag must not sort. It comes right after the pointer is up, or not at all. */
function swallowClick(): void {
  const controller = new AbortController()
  window.addEventListener('click', event => event.stopPropagation(), { capture: true, signal: controller.signal })
  setTimeout(() => controller.abort())
}
