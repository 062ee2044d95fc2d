/**
 * Maps the values of one dictionary to their ordinals in another dictionary of the same field, which is needed to add up the
 * facets of several segments. The mapping is found by walking both dictionaries once, and is cached with the pair, because
 * segments are immutable. Without the cache, every facet would decode, encode and search the values of all small segments,
 * which used to take most of its time.
 */

import { sharedBytes } from '../segment/bytes.ts'
import { cacheByPair } from '../segment/cache-by-pair.ts'
import { gallop } from '../segment/find-term.ts'
import type { Values } from '../segment/segment.ts'
import { advance, type Cursor, openCursor, type Terms } from '../segment/terms.ts'
import { findUuid } from '../segment/uuids.ts'

/** Stands for a value that the other dictionary does not have. */
export const NOWHERE = 0xffffffff

/** For each ordinal of `values`, its ordinal in `base`, or NOWHERE. */
export const places = cacheByPair(findPlaces)

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

/** Searching for one term costs about as much as walking past this many. */
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
