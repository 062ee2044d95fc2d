/**
 * Where the table is scrolled to. Browsers limit the height of an element (Firefox to 17.9 million pixels, Chrome to 33.5), so a list
 * of more than 500,000 rows is drawn with less height than its rows have: a jump of the scroll bar is scaled, a small step is not.
 */

/** Pixels: `--row`, which the header has, too. */
export const ROW_HEIGHT = 32
const MAX_HEIGHT = 500_000 * ROW_HEIGHT

interface ScrollSize {
  /** Rows of the list. */
  readonly rows: number
  /** Pixels of the table in which rows are visible. */
  readonly view: number
}

export interface ScrollPlace {
  /** Of the element. */
  readonly scrollTop: number
  /** Pixels of the rows above the view. `scrollTop`, unless the height is scaled. */
  readonly top: number
}

export const AT_TOP: ScrollPlace = { scrollTop: 0, top: 0 }

/** The height of the element with all rows, in pixels. */
export function drawnHeight(rows: number): number {
  return Math.min(rows * ROW_HEIGHT, MAX_HEIGHT)
}

/** The place after the element was scrolled to `scrollTop`. If the place has another `scrollTop`, the element has to take it. */
export function followScroll(before: ScrollPlace, scrollTop: number, size: ScrollSize): ScrollPlace {
  const extent = extentOf(size)
  if (!extent.isScaled) return { scrollTop, top: scrollTop }
  const step = scrollTop - before.scrollTop
  if (Math.abs(step) > 2 * size.view) return { scrollTop, top: topFor(scrollTop, extent) }
  return placeAt(before.top + step, scrollTop, extent)
}

/** The place that has `top` pixels of rows above the view. */
export function scrollTo(before: ScrollPlace, top: number, size: ScrollSize): ScrollPlace {
  const step = top - before.top
  const isNear = Math.abs(step) <= 2 * size.view
  return placeAt(top, isNear ? before.scrollTop + step : 0, extentOf(size))
}

interface Extent {
  readonly isScaled: boolean
  readonly maxScroll: number
  readonly maxTop: number
  /** So far from both ends the place is not scaled, so that small steps reach them. */
  readonly margin: number
}

function extentOf({ rows, view }: ScrollSize): Extent {
  const maxScroll = Math.max(0, drawnHeight(rows) - view)
  const maxTop = Math.max(0, rows * ROW_HEIGHT - view)
  return { isScaled: maxTop > maxScroll, maxScroll, maxTop, margin: 4 * view }
}

/** Keeps `scrollTop` if it leaves room for steps in both directions. */
function placeAt(top: number, scrollTop: number, extent: Extent): ScrollPlace {
  const { isScaled, maxScroll, maxTop, margin } = extent
  const limited = Math.max(0, Math.min(maxTop, top))
  const isInside = limited > margin && limited < maxTop - margin
  const hasRoom = scrollTop > margin && scrollTop < maxScroll - margin
  return { scrollTop: isScaled && isInside && hasRoom ? scrollTop : scrollFor(limited, extent), top: limited }
}

function topFor(scrollTop: number, { maxScroll, maxTop, margin }: Extent): number {
  if (scrollTop <= margin) return scrollTop
  if (scrollTop >= maxScroll - margin) return maxTop - (maxScroll - scrollTop)
  return Math.round(margin + (scrollTop - margin) * ((maxTop - 2 * margin) / (maxScroll - 2 * margin)))
}

function scrollFor(top: number, { isScaled, maxScroll, maxTop, margin }: Extent): number {
  if (!isScaled || top <= margin) return top
  if (top >= maxTop - margin) return maxScroll - (maxTop - top)
  return Math.round(margin + (top - margin) * ((maxScroll - 2 * margin) / (maxTop - 2 * margin)))
}
