/** Selects the most frequent values. */

/**
 * The ordinals of the `wanted` largest counts (above 0), ties by ordinal. Count and ordinal are packed into one number.
 * Candidates are collected into a buffer, which is reduced to the best whenever it holds four times as many as needed.
 */
export function topOrdinals(counts: Uint32Array | Int32Array, size: number, wanted: number): number[] {
  // 53 bits for both: with 2,000,000 values, counts can go up to 2^32.
  const unit = 2 ** (32 - Math.clz32(size))
  const most = 2 ** 53 / unit - 1
  const room = Math.max(1024, 4 * wanted)
  const keys = new Float64Array(room)
  let end = 0
  let bar = Number.POSITIVE_INFINITY
  for (let ordinal = 0; ordinal < size; ordinal++) {
    if (counts[ordinal] === 0) continue
    const key = (most - counts[ordinal]) * unit + ordinal
    if (key >= bar) continue
    if (end === room) {
      keys.sort()
      end = Math.min(end, wanted)
      bar = end === 0 ? Number.NEGATIVE_INFINITY : keys[end - 1]
      if (key >= bar) continue
    }
    keys[end++] = key
  }
  const best = keys.subarray(0, end).sort().subarray(0, wanted)
  return Array.from(best, key => key - Math.floor(key / unit) * unit)
}
