/** The rows that are drawn: those in sight and a few beyond. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { AT_TOP, drawnHeight, followScroll, ROW_HEIGHT, type ScrollPlace, scrollTo } from './scroll-place.ts'

/** Rows above and below the view, so that nothing is blank while it scrolls. */
const ROWS_BEYOND = 8

interface RowWindow {
  /** The first and the last row in sight, also in part. */
  readonly top: number
  readonly bottom: number
  /** What has to be subtracted from the place of a row in the list, in pixels. */
  readonly shift: number
}

interface RowWindowOptions {
  readonly grid: RefObject<HTMLElement | null>
  readonly rows: number
  /** A row that is drawn wherever it is, because it has the focus. */
  readonly kept: number
}

export function useRowWindow({ grid, rows, kept }: RowWindowOptions) {
  const place = useRef<ScrollPlace>(AT_TOP)
  const view = useRef(0)
  const count = useRef(rows)
  count.current = rows
  const [shown, setShown] = useState<RowWindow>({ top: 0, bottom: 0, shift: 0 })

  /** Takes a place and draws its rows. */
  const update = useCallback((next: ScrollPlace) => {
    place.current = next
    const { top, scrollTop } = next
    const first = Math.floor(top / ROW_HEIGHT)
    const last = Math.max(first, Math.ceil((top + view.current) / ROW_HEIGHT) - 1)
    const shift = top - scrollTop
    setShown(before =>
      before.top === first && before.bottom === last && before.shift === shift
        ? before
        : { top: first, bottom: last, shift },
    )
  }, [])

  const sizeOf = useCallback(() => ({ rows: count.current, view: view.current }), [])

  useLayoutEffect(() => {
    const element = grid.current!
    function measure() {
      // The header covers the top.
      view.current = Math.max(0, element.clientHeight - ROW_HEIGHT)
      update(place.current)
    }
    function onScroll() {
      const next = followScroll(place.current, element.scrollTop, sizeOf())
      if (next.scrollTop !== element.scrollTop) element.scrollTop = next.scrollTop
      // Drawn before the next frame, or fast scrolling would show blank rows.
      flushSync(() => update(next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [grid, update, sizeOf])

  // A list that has become shorter ends higher up. The browser scrolls the element by itself.
  useEffect(() => {
    const most = Math.max(0, rows * ROW_HEIGHT - view.current)
    if (place.current.top > most) update(scrollTo(place.current, most, sizeOf()))
  }, [rows, update, sizeOf])

  const goTo = useCallback(
    (top: number) => {
      const next = scrollTo(place.current, top, sizeOf())
      grid.current!.scrollTop = next.scrollTop
      update(next)
    },
    [grid, update, sizeOf],
  )

  /** Scrolls so far that the whole row is in sight. */
  const scrollToRow = useCallback(
    (row: number) => {
      const { top } = place.current
      const start = row * ROW_HEIGHT
      if (start < top) goTo(start)
      else if (start + ROW_HEIGHT > top + view.current) goTo(start + ROW_HEIGHT - view.current)
    },
    [goTo],
  )

  const first = Math.max(0, shown.top - ROWS_BEYOND)
  const last = Math.min(rows - 1, shown.bottom + ROWS_BEYOND)
  const drawn = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  if (kept < Math.min(first, rows)) drawn.unshift(kept)
  else if (kept > last && kept < rows) drawn.push(kept)
  const height = drawnHeight(rows)
  return {
    drawn,
    /** The place of a row from the top of the body, in pixels. No row may make the body higher than it is. */
    placeOf: (row: number) => Math.min(row * ROW_HEIGHT - shown.shift, height - ROW_HEIGHT),
    height,
    top: Math.min(shown.top, Math.max(0, rows - 1)),
    bottom: Math.min(shown.bottom, Math.max(0, rows - 1)),
    scrollToRow,
    scrollToTop: useCallback(() => goTo(0), [goTo]),
  }
}
