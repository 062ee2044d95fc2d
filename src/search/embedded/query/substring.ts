/** Finds the terms of a dictionary that contain a substring. For a large dictionary, signatures say which blocks to read. */

import { blocksWith, GRAM, type Signatures } from '../segment/signatures.ts'
import { advance, BLOCK, type Cursor, moveTo, openCursor, type Terms } from '../segment/terms.ts'
import { createNumberList, type NumberList } from '../sets/number-list.ts'
import { type Meter, UNLIMITED } from './meter.ts'

/** The cost of reading a term. */
const READ = 20
/** The number of terms after which their cost is added: whole blocks, as the first term of a block shares no bytes. */
const METERED_EVERY = 256 * BLOCK

/** The ordinals of the terms that contain `part`, ascending. */
export function containing(
  terms: Terms,
  signatures: Signatures | null,
  part: string,
  meter: Meter = UNLIMITED,
): Uint32Array {
  if (!part.isWellFormed()) return new Uint32Array(0)
  const bytes = Buffer.from(part)
  if (bytes.length === 0) return Uint32Array.from({ length: terms.size }, (_, ordinal) => ordinal)
  const cursor = openCursor(terms)
  const found = createNumberList()
  if (signatures === null || bytes.length < GRAM) {
    for (let end = 0; end < terms.size; ) {
      end = Math.min(terms.size, end + METERED_EVERY)
      meter.spend((end - cursor.ordinal) * READ)
      readOn(cursor, end, bytes, found)
    }
  } else {
    meter.spend((bytes.length * signatures.blocks) / 32)
    for (const block of blocksWith(signatures, bytes)) {
      const first = block * BLOCK
      meter.spend(BLOCK * READ)
      cursor.ordinal = first - 1
      cursor.next = terms.starts[block]
      readOn(cursor, Math.min(terms.size, first + BLOCK), bytes, found)
    }
  }
  return found.toArray()
}

/**
 * Adds the terms after the cursor, up to `end` (exclusive), that contain `bytes`. The prefix that a term shares with the
 * previous one is not searched again.
 */
function readOn(cursor: Cursor, end: number, bytes: Uint8Array, found: NumberList): void {
  /** Where the first occurrence in the term at the cursor ends; Infinity if there is none. */
  let foundEnd = Number.POSITIVE_INFINITY
  while (cursor.ordinal + 1 < end && advance(cursor)) {
    if (cursor.shared < foundEnd) {
      foundEnd = endOf(bytes, cursor.bytes, Math.max(0, cursor.shared - bytes.length + 1), cursor.length)
    }
    if (foundEnd !== Number.POSITIVE_INFINITY) found.push(cursor.ordinal)
  }
}

/** Where the first occurrence of `part` in `bytes` between `from` and `to` ends; Infinity if there is none. */
function endOf(part: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  const last = to - part.length
  const first = part[0]
  for (let start = from; start <= last; start++) {
    if (bytes[start] !== first) continue
    let place = 1
    while (place < part.length && bytes[start + place] === part[place]) place++
    if (place >= part.length) return start + place
  }
  return Number.POSITIVE_INFINITY
}

/** Whether the term of `ordinal` contains `bytes`. Moves the cursor there. */
export function contains(cursor: Cursor, ordinal: number, bytes: Uint8Array): boolean {
  moveTo(cursor, ordinal)
  return endOf(bytes, cursor.bytes, 0, cursor.length) !== Number.POSITIVE_INFINITY
}
