/**
 * Where the values of one dictionary stand in another of the same field: what adding up facets of several segments needs.
 * Found by walking both once, and kept with the pair: segments are immutable. Without it every facet decoded, encoded and
 * searched the values of all small segments, which took most of its time.
 */

import { cacheByPair } from '../query/cache-by-pair.ts'
import { sharedBytes } from '../segment/bytes.ts'
import { gallop } from '../segment/find-term.ts'
import type { Values } from '../segment/segment.ts'
import { advance, type Cursor, openCursor, type Terms } from '../segment/terms.ts'
import { findUuid } from '../segment/uuids.ts'

/** The place of a value that the other dictionary does not have. */
export const NOWHERE = 0xffffffff

/** Per ordinal of `values` its ordinal in `base`, or NOWHERE. */
export const placesIn = cacheByPair(findPlaces)

function findPlaces(base: Values, values: Values): Uint32Array {
  const places = new Uint32Array(values.size).fill(NOWHERE)
  if (base.kind === 'terms' && values.kind === 'terms') {
    if (values.size * FEW < base.size) searchEach(base.terms, values.terms, places)
    else walkBoth(base.terms, values.terms, places)
  } else if (base.kind === 'uuids' && values.kind === 'uuids') {
    for (let ordinal = 0; ordinal < values.size; ordinal++) {
      const place = findUuid(base.rows, values.rows, ordinal)
      if (place >= 0) places[ordinal] = place
    }
  }
  return places
}

/** To search for a term costs about as much as to go past so many. */
const FEW = 8

function searchEach(base: Terms, terms: Terms, places: Uint32Array): void {
  const cursor = openCursor(terms)
  let from = 0
  while (from < base.size && advance(cursor)) {
    const place = gallop(base, cursor.bytes.subarray(0, cursor.length), from)
    if (place >= 0) places[cursor.ordinal] = place
    from = place < 0 ? ~place : place
  }
}

function walkBoth(base: Terms, terms: Terms, places: Uint32Array): void {
  const left = openCursor(base)
  const right = openCursor(terms)
  let more = advance(left) && advance(right)
  while (more) {
    const order = compareCursors(left, right)
    if (order === 0) places[right.ordinal] = left.ordinal
    more = order < 0 ? advance(left) : advance(right)
  }
}

function compareCursors(a: Cursor, b: Cursor): number {
  const most = Math.min(a.length, b.length)
  const common = sharedBytes(a.bytes, 0, b.bytes, 0, most)
  return common === most ? a.length - b.length : a.bytes[common] - b.bytes[common]
}
