/**
 * The terms of a dictionary within some edits of a word: a walk along the sorted terms as if they were a trie. The
 * rows of the distance table that belong to what a term shares with the one before stay; and once a prefix is too far
 * from every beginning of the word, all terms with that prefix are skipped by steps that double. Over 1,000,000 words this
 * reads some ten thousand. The distance is that of text/distance.ts: optimal string alignment, in code points.
 */
import type { Terms } from './terms.ts'

/** The ordinals of the terms at most `max` edits from `word`, ascending. */
export function nearTerms(terms: Terms, word: string, max: number): number[] {
  const target = [...word].map(character => character.codePointAt(0)!)
  const found: number[] = []
  const far = max + 1
  const width = target.length + 1
  /** Row `depth` compares the first `depth` code points of the term with every beginning of the word. */
  const deepest = target.length + max + 1
  const rows = Array.from({ length: deepest + 1 }, () => new Uint8Array(width).fill(far))
  for (let column = 0; column < width; column++) rows[0][column] = Math.min(column, far)
  const points = new Uint32Array(deepest + 1)
  /** Where each code point of the term ends, in bytes from its start. */
  const ends = new Uint32Array(deepest + 1)
  const { blob, offsets } = terms

  let depth = 0
  let previous = 0
  let ordinal = 0
  while (ordinal < terms.size) {
    const start = offsets[ordinal]
    const length = offsets[ordinal + 1] - start
    const shared = sharedBytes(blob, offsets[previous], start, Math.min(ends[depth], length))
    while (depth > 0 && ends[depth] > shared) depth--
    previous = ordinal

    let alive = true
    while (alive && ends[depth] < length) {
      depth++
      ends[depth] = ends[depth - 1] + readPoint(blob, start + ends[depth - 1], points, depth)
      alive = fillRow(rows, points, target, depth, max)
    }
    if (alive) {
      if (rows[depth][target.length] <= max) found.push(ordinal)
      ordinal++
    } else {
      ordinal = skipPrefix(terms, ordinal, ends[depth])
    }
  }
  return found
}

/** The first ordinal after `ordinal` whose term does not begin with the same `bytes` bytes. */
function skipPrefix({ blob, offsets, size }: Terms, ordinal: number, bytes: number): number {
  const start = offsets[ordinal]
  const begins = (other: number) =>
    offsets[other + 1] - offsets[other] >= bytes && sharedBytes(blob, start, offsets[other], bytes) === bytes
  let low = ordinal + 1
  let step = 1
  while (low + step <= size && begins(low + step - 1)) {
    low += step
    step *= 2
  }
  let high = Math.min(size, low + step - 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (begins(middle)) low = middle + 1
    else high = middle
  }
  return low
}

function sharedBytes(blob: Uint8Array, a: number, b: number, max: number): number {
  let place = 0
  while (place < max && blob[a + place] === blob[b + place]) place++
  return place
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

/** Computes row `depth`; false when no continuation of this prefix can come within `max`. */
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
