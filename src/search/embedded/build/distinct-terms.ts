/** Turns terms in any order, with duplicates, into a dictionary. */

import type { TermBytes } from '../segment/terms.ts'
import { sortTerms } from './sort-terms.ts'

export interface DistinctTerms {
  /** Sorted and distinct. */
  readonly terms: TermBytes
  /** The number of distinct terms. */
  readonly count: number
  /** For each input term, its ordinal among the distinct terms. */
  readonly ordinals: Uint32Array
  /** For each distinct term, the index of one equal input term. */
  readonly places: Uint32Array
}

export function distinctTerms({ blob, offsets }: TermBytes): DistinctTerms {
  const order = sortTerms(blob, offsets)
  const sorted = new Uint8Array(blob.length)
  const sortedOffsets = new Uint32Array(order.length + 1)
  const ordinals = new Uint32Array(order.length)
  const places = new Uint32Array(order.length)
  let count = 0
  let end = 0
  for (let rank = 0; rank < order.length; rank++) {
    const place = order[rank]
    if (rank === 0 || !areEqual(blob, offsets, order[rank - 1], place)) {
      for (let byte = offsets[place]; byte < offsets[place + 1]; byte++) sorted[end++] = blob[byte]
      places[count] = place
      sortedOffsets[++count] = end
    }
    ordinals[place] = count - 1
  }
  return {
    terms: { blob: sorted.subarray(0, end), offsets: sortedOffsets.subarray(0, count + 1) },
    count,
    ordinals,
    places: places.subarray(0, count),
  }
}

function areEqual(blob: Uint8Array, offsets: Uint32Array, a: number, b: number): boolean {
  const length = offsets[a + 1] - offsets[a]
  if (offsets[b + 1] - offsets[b] !== length) return false
  // From the back, because neighbours in sorted order differ there.
  for (let place = length - 1; place >= 0; place--) {
    if (blob[offsets[a] + place] !== blob[offsets[b] + place]) return false
  }
  return true
}
