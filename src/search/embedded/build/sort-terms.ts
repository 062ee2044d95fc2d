/**
 * Sorts byte strings. With a JavaScript comparator, sorting a million strings would take most of the time of building an
 * index. Here V8's numeric sort does the work, without a comparator.
 *
 * It is a radix sort from the front. As many bytes of a term as fit into the 53 bits of a double next to the index of the
 * term (4 bytes for up to 2,097,152 terms, more for fewer) form a number. The numbers are sorted, and terms with equal bytes
 * continue with their next bytes.
 */
import { sharedBytes } from '../segment/bytes.ts'

/** Ranges of up to this many terms are sorted by insertion. */
const INSERTION = 12

/**
 * The order of the terms `blob[offsets[i] .. offsets[i + 1]]` by their bytes: `order[rank]` is the index of a term.
 * A term that is a prefix of another comes first. Equal terms are in any order.
 */
export function sortTerms(blob: Uint8Array, offsets: Uint32Array): Uint32Array<ArrayBuffer> {
  const count = Math.max(0, offsets.length - 1)
  const order = new Uint32Array(count)
  for (let term = 0; term < count; term++) order[term] = term
  const keys = new Float64Array(count)
  const moved = new Uint32Array(count)
  /** A stack of ranges whose terms have equal first `depth` bytes: from, to, depth. */
  const open = [0, count, 0]

  while (open.length > 0) {
    const least = open.pop()!
    const to = open.pop()!
    const from = open.pop()!
    const size = to - from
    const depth = size <= INSERTION ? least : sharedDepth(blob, offsets, order, from, to, least)
    if (size <= INSERTION) {
      insertionSort(blob, offsets, order, from, to, depth)
      continue
    }
    const places = 32 - Math.clz32(size - 1)
    const bytes = Math.min(6, Math.floor((53 - places) / 8))
    const unit = 2 ** places
    let sorted = true
    for (let index = 0; index < size; index++) {
      const term = order[from + index]
      keys[index] = chunk(blob, offsets[term] + depth, offsets[term + 1], bytes) * unit + index
      if (index > 0 && keys[index] < keys[index - 1]) sorted = false
    }
    if (!sorted) keys.subarray(0, size).sort()
    for (let index = 0; index < size; index++) {
      const high = Math.floor(keys[index] / unit)
      moved[index] = order[from + keys[index] - high * unit]
      keys[index] = high
    }
    order.set(moved.subarray(0, size), from)

    for (let start = 0; start < size; ) {
      let end = start + 1
      while (end < size && keys[end] === keys[start]) end++
      if (end - start > 1) {
        const rest = endedFirst(offsets, order, from + start, from + end, depth + bytes)
        if (from + end - rest > 1) open.push(rest, from + end, depth + bytes)
      }
      start = end
    }
  }
  return order
}

/** The length of the prefix that all terms of a range share, at least `least`: a million profile URLs share 28 bytes. */
function sharedDepth(
  blob: Uint8Array,
  offsets: Uint32Array,
  order: Uint32Array,
  from: number,
  to: number,
  least: number,
): number {
  const first = offsets[order[from]]
  let shared = offsets[order[from] + 1] - first
  for (let place = from + 1; place < to && shared > least; place++) {
    const start = offsets[order[place]]
    const most = Math.min(shared, offsets[order[place] + 1] - start)
    shared = least + sharedBytes(blob, first + least, blob, start + least, most - least)
  }
  return shared
}

/** The next bytes of a term as one number, padded with zeros. */
function chunk(blob: Uint8Array, at: number, end: number, bytes: number): number {
  let key = 0
  for (let byte = 0; byte < bytes; byte++) key = key * 256 + (at + byte < end ? blob[at + byte] : 0)
  return key
}

/**
 * For terms with equal first `depth` bytes: moves those that end within these bytes to the front, shortest first. Returns where
 * the others start.
 */
function endedFirst(offsets: Uint32Array, order: Uint32Array, from: number, to: number, depth: number): number {
  let rest = from
  for (let place = from; place < to; place++) {
    const term = order[place]
    const length = offsets[term + 1] - offsets[term]
    if (length > depth) continue
    order[place] = order[rest]
    let at = rest++
    for (; at > from && offsets[order[at - 1] + 1] - offsets[order[at - 1]] > length; at--) order[at] = order[at - 1]
    order[at] = term
  }
  return rest
}

function insertionSort(
  blob: Uint8Array,
  offsets: Uint32Array,
  order: Uint32Array,
  from: number,
  to: number,
  depth: number,
): void {
  for (let place = from + 1; place < to; place++) {
    const term = order[place]
    let at = place
    for (; at > from && compare(blob, offsets, order[at - 1], term, depth) > 0; at--) order[at] = order[at - 1]
    order[at] = term
  }
}

function compare(blob: Uint8Array, offsets: Uint32Array, a: number, b: number, depth: number): number {
  let x = offsets[a] + depth
  let y = offsets[b] + depth
  const xEnd = offsets[a + 1]
  const yEnd = offsets[b + 1]
  while (x < xEnd && y < yEnd) {
    const difference = blob[x++] - blob[y++]
    if (difference !== 0) return difference
  }
  return xEnd - x - (yEnd - y)
}
