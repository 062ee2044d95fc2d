/** Finds the terms of a dictionary that contain a substring. For a large dictionary, signatures say which blocks to read. */

import { blocksWith, GRAM, type Signatures } from '../segment/signatures.ts'
import { advance, BLOCK, type Cursor, moveTo, openCursor, type Terms } from '../segment/terms.ts'
import { createNumberList, type NumberList } from '../sets/number-list.ts'
import { type Meter, UNLIMITED } from './meter.ts'

/** The cost of reading a term. */
const READ = 20

/** A search for the terms of a dictionary that contain a substring. */
export interface PartSearch {
  /** The cost of `find`. */
  readonly cost: number
  /** Their ordinals, ascending. */
  find(): Uint32Array
}

/** The signatures are looked at when the search is created, so that its cost is known. */
export function searchPart(terms: Terms, signatures: Signatures | null, part: string, meter: Meter): PartSearch {
  if (!part.isWellFormed()) return { cost: 0, find: () => new Uint32Array(0) }
  const bytes = Buffer.from(part)
  const { size } = terms
  if (bytes.length === 0) return { cost: size, find: () => Uint32Array.from({ length: size }, (_, ordinal) => ordinal) }
  if (signatures === null || bytes.length < GRAM) return { cost: size * READ, find: () => readAll(terms, bytes) }
  meter.spend((bytes.length * signatures.blocks) / 32)
  const blocks = blocksWith(signatures, bytes)
  return { cost: blocks.length * BLOCK * READ, find: () => readBlocks(terms, blocks, bytes) }
}

/** The ordinals of the terms that contain `part`, ascending. */
export function containing(
  terms: Terms,
  signatures: Signatures | null,
  part: string,
  meter: Meter = UNLIMITED,
): Uint32Array {
  const search = searchPart(terms, signatures, part, meter)
  meter.spend(search.cost)
  return search.find()
}

function readAll(terms: Terms, bytes: Uint8Array): Uint32Array {
  const found = createNumberList()
  readOn(openCursor(terms), terms.size, bytes, found)
  return found.toArray()
}

function readBlocks(terms: Terms, blocks: Uint32Array, bytes: Uint8Array): Uint32Array {
  const cursor = openCursor(terms)
  const found = createNumberList()
  for (const block of blocks) {
    const first = block * BLOCK
    cursor.ordinal = first - 1
    cursor.next = terms.starts[block]
    readOn(cursor, Math.min(terms.size, first + BLOCK), bytes, found)
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
