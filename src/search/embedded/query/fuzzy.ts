/**
 * Finds the terms of a dictionary within a given edit distance of a word, by walking the sorted terms as if they were a
 * trie. The rows of the distance table for the prefix that a term shares with the previous one are reused. Once a prefix is
 * too far from every prefix of the word, all terms that start with it are skipped unread. The distance is the one of
 * text/distance.ts: optimal string alignment, in code points.
 */
import { advance, openCursor, skipPrefix, type Terms } from '../segment/terms.ts'
import { type Meter, UNLIMITED } from './meter.ts'

/** The cost of a row of the distance table, and the number of terms after which the rows are added up. */
const ROW = 60
const METERED_EVERY = 256

/** The ordinals of the terms at most `max` edits from `word`, ascending. */
export function nearTerms(terms: Terms, word: string, max: number, meter: Meter = UNLIMITED): number[] {
  const target = [...word].map(character => character.codePointAt(0)!)
  const found: number[] = []
  const far = max + 1
  const width = target.length + 1
  /** Row `depth` compares the first `depth` code points of the term with every prefix of the word. */
  const deepest = target.length + max + 1
  const rows = Array.from({ length: deepest + 1 }, () => new Uint8Array(width).fill(far))
  for (let column = 0; column < width; column++) rows[0][column] = Math.min(column, far)
  const points = new Uint32Array(deepest + 1)
  /** Where each code point of the term ends, in bytes from its start. */
  const ends = new Uint32Array(deepest + 1)
  const cursor = openCursor(terms)

  let depth = 0
  let steps = 0
  let computed = 0
  let more = advance(cursor)
  while (more) {
    if (++steps % METERED_EVERY === 0) {
      meter.spend((computed + METERED_EVERY) * ROW)
      computed = 0
    }
    const { bytes, length, shared } = cursor
    while (depth > 0 && ends[depth] > shared) depth--

    let alive = true
    while (alive && ends[depth] < length) {
      const start = ends[depth++]
      ends[depth] = start + readPoint(bytes, start, points, depth)
      alive = fillRow(rows, points, target, depth, max)
      computed++
    }
    if (alive) {
      if (rows[depth][target.length] <= max) found.push(cursor.ordinal)
      more = advance(cursor)
      continue
    }
    // No term with this prefix is close enough.
    more = skipPrefix(cursor, ends[depth])
  }
  return found
}

/** Decodes one code point of well-formed UTF-8 into `points[depth]`; returns its length in bytes. */
function readPoint(blob: Uint8Array, at: number, points: Uint32Array, depth: number): number {
  const first = blob[at]
  if (first < 0x80) {
    points[depth] = first
    return 1
  }
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  let point = first & (0x7f >> length)
  for (let byte = 1; byte < length; byte++) point = (point << 6) | (blob[at + byte] & 0x3f)
  points[depth] = point
  return length
}

/** Computes row `depth`. Returns false if no continuation of this prefix can be within `max`. */
function fillRow(
  rows: readonly Uint8Array[],
  points: Uint32Array,
  target: readonly number[],
  depth: number,
  max: number,
): boolean {
  const row = rows[depth]
  const above = rows[depth - 1]
  const far = max + 1
  const from = Math.max(1, depth - max)
  const to = Math.min(target.length, depth + max)
  row[from - 1] = from === 1 ? Math.min(depth, far) : far
  let best = row[from - 1]
  for (let column = from; column <= to; column++) {
    let cost = above[column - 1] + (points[depth] === target[column - 1] ? 0 : 1)
    if (above[column] + 1 < cost) cost = above[column] + 1
    if (row[column - 1] + 1 < cost) cost = row[column - 1] + 1
    const swapped =
      depth > 1 && column > 1 && points[depth] === target[column - 2] && points[depth - 1] === target[column - 1]
    if (swapped && rows[depth - 2][column - 2] + 1 < cost) cost = rows[depth - 2][column - 2] + 1
    row[column] = Math.min(cost, far)
    if (cost < best) best = cost
  }
  if (to < target.length) row[to + 1] = far
  return best <= max
}
