/** Typing errors: the edit distance between two words. */

/** The number of errors allowed in a search word: 0 for up to 2 letters, 1 for 3 to 5, otherwise 2. Letters are code points. */
export function allowedEdits(word: string): 0 | 1 | 2 {
  const length = word.length <= 2 ? word.length : codePoints(word).length
  if (length <= 2) return 0
  return length <= 5 ? 1 : 2
}

/**
 * Whether the optimal string alignment distance of `a` and `b`, in code points, is at most `max`. (It counts insertions,
 * deletions, substitutions and swaps of neighbours; no part is edited twice.) Only the 2 * max + 1 diagonals that can lead to
 * a distance of `max` are computed (Ukkonen 1985).
 */
export function withinEdits(a: string, b: string, max: number): boolean {
  if (a === b) return true
  if (max <= 0) return false
  // A code point is one or two code units. If the lengths are too far apart even so, there is no need to decode.
  if (a.length - b.length > 2 * max + b.length || b.length - a.length > 2 * max + a.length) return false
  return distanceWithin(codePoints(a), codePoints(b), max) <= max
}

/** The distance, or any number above `max` if the distance is larger than `max`. */
function distanceWithin(a: readonly number[], b: readonly number[], max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let start = 0
  let aEnd = a.length
  let bEnd = b.length
  while (start < aEnd && start < bEnd && a[start] === b[start]) start++
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--
    bEnd--
  }
  const rows = aEnd - start
  const columns = bEnd - start
  const far = max + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: columns + 1 }, (_, column) => Math.min(column, far))
  for (let row = 1; row <= rows; row++) {
    const current = new Array<number>(columns + 1).fill(far)
    current[0] = Math.min(row, far)
    let best = current[0]
    const from = Math.max(1, row - max)
    const to = Math.min(columns, row + max)
    for (let column = from; column <= to; column++) {
      const same = a[start + row - 1] === b[start + column - 1]
      let cost = Math.min(last[column - 1] + (same ? 0 : 1), last[column] + 1, current[column - 1] + 1)
      const swapped =
        row > 1 &&
        column > 1 &&
        a[start + row - 1] === b[start + column - 2] &&
        a[start + row - 2] === b[start + column - 1]
      if (swapped) cost = Math.min(cost, beforeLast[column - 2] + 1)
      current[column] = cost
      if (cost < best) best = cost
    }
    // A swap reaches back two rows, but its cost is never below the minimum of the row in between.
    if (best > max) return far
    beforeLast = last
    last = current
  }
  return last[columns]
}

function codePoints(value: string): number[] {
  const points: number[] = []
  for (let place = 0; place < value.length; place++) {
    const point = value.codePointAt(place)!
    if (point > 0xffff) place++
    points.push(point)
  }
  return points
}
