/**
 * Where the values of one dictionary stand in another of the same field: what adding up facets of several segments needs.
 * Found by walking both once, and kept with the pair: segments are immutable. Without it every facet decoded, encoded and
 * searched the values of all small segments, which took most of its time.
 */
import type { Values } from './segment.ts'
import { advance, gallop, openCursor } from './terms.ts'
import { findUuid } from './uuids.ts'

/** The place of a value that the other dictionary does not have. */
export const NOWHERE = 0xffffffff

const known = new WeakMap<Values, WeakMap<Values, Uint32Array>>()

/** Per ordinal of `values` its ordinal in `base`, or NOWHERE. */
export function placesIn(base: Values, values: Values): Uint32Array {
  let own = known.get(base)
  if (own === undefined) {
    own = new WeakMap()
    known.set(base, own)
  }
  let places = own.get(values)
  if (places === undefined) {
    places = findPlaces(base, values)
    own.set(values, places)
  }
  return places
}

function findPlaces(base: Values, values: Values): Uint32Array {
  const places = new Uint32Array(values.size).fill(NOWHERE)
  if (base.kind === 'terms' && values.kind === 'terms') {
    const cursor = openCursor(values.terms)
    let from = 0
    while (from < base.size && advance(cursor)) {
      const place = gallop(base.terms, cursor.bytes.subarray(0, cursor.length), from)
      if (place >= 0) places[cursor.ordinal] = place
      from = place < 0 ? ~place : place
    }
  } else if (base.kind === 'uuids' && values.kind === 'uuids') {
    for (let ordinal = 0; ordinal < values.size; ordinal++) {
      const place = findUuid(base.rows, values.rows, ordinal)
      if (place >= 0) places[ordinal] = place
    }
  }
  return places
}
