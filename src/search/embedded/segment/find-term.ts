/**
 * Finds a term in a dictionary: a binary search over the first terms of the blocks, which are stored in full, followed by a
 * scan of one block.
 */
import { sharedBytes } from './bytes.ts'
import { advance, BLOCK_SHIFT, blockCount, moveTo, openCursor, readLength, type Terms } from './terms.ts'

/** The ordinal of the term `bytes`. If there is none, the bitwise NOT of the first ordinal whose term is greater. */
function search(terms: Terms, bytes: Uint8Array): number {
  return searchFrom(terms, bytes, 0, blockCount(terms.size))
}

/**
 * The same for a term that is not below the block of `from` and is probably near it: doubling steps, then a binary search.
 */
export function gallop(terms: Terms, bytes: Uint8Array, from: number): number {
  const blocks = blockCount(terms.size)
  let low = from >>> BLOCK_SHIFT
  let step = 1
  while (low + step < blocks && compareFirst(terms, low + step, bytes) <= 0) {
    low += step
    step *= 2
  }
  return searchFrom(terms, bytes, low, Math.min(blocks, low + step))
}

/** Searches the blocks `low` to `high` (exclusive). If all their terms are greater, the first block is searched. */
function searchFrom(terms: Terms, bytes: Uint8Array, low: number, high: number): number {
  let from = low
  let to = high
  // Finds the last block whose first term is not greater.
  while (to - from > 1) {
    const middle = (from + to) >>> 1
    if (compareFirst(terms, middle, bytes) <= 0) from = middle
    else to = middle
  }
  return from < to ? searchBlock(terms, bytes, from) : ~0
}

/** Compares the first term of a block with `bytes`: negative, 0 or positive. */
function compareFirst({ blocks, starts }: Terms, block: number, bytes: Uint8Array): number {
  const [length, at] = readLength(blocks, starts[block])
  const common = Math.min(length, bytes.length)
  for (let place = 0; place < common; place++) {
    const difference = blocks[at + place] - bytes[place]
    if (difference !== 0) return difference
  }
  return length - bytes.length
}

function searchBlock(terms: Terms, bytes: Uint8Array, block: number): number {
  const cursor = openCursor(terms)
  moveTo(cursor, block << BLOCK_SHIFT)
  const end = Math.min(terms.size, (block + 1) << BLOCK_SHIFT)
  /** The length of the prefix that `bytes` has in common with the term at the cursor, which is smaller. */
  let common = 0
  for (;;) {
    // If a term shares more with its predecessor than the predecessor did with `bytes`, it is smaller for the same reason.
    if (cursor.shared <= common) {
      const most = Math.min(cursor.length, bytes.length)
      common = cursor.shared + sharedBytes(cursor.bytes, cursor.shared, bytes, cursor.shared, most - cursor.shared)
      if (common === bytes.length) return cursor.length === common ? cursor.ordinal : ~cursor.ordinal
      if (common < cursor.length && cursor.bytes[common] > bytes[common]) return ~cursor.ordinal
    }
    if (cursor.ordinal + 1 >= end) return ~end
    advance(cursor)
  }
}

/** The first ordinal whose term is not less than `bytes`, or `size` if there is none. */
export function lowerBound(terms: Terms, bytes: Uint8Array): number {
  const place = search(terms, bytes)
  return place < 0 ? ~place : place
}

/** The ordinal of `term`, or -1. */
export function findTerm(terms: Terms, term: string): number {
  // A lone surrogate has no UTF-8 form, so no dictionary contains it. Encoding it would produce another character.
  if (terms.size === 0 || !term.isWellFormed()) return -1
  return Math.max(-1, search(terms, Buffer.from(term)))
}

/** The ordinals whose terms start with `prefix`: from, to (exclusive). */
export function prefixRange(terms: Terms, prefix: string): readonly [number, number] {
  if (!prefix.isWellFormed()) return [0, 0]
  if (prefix === '') return [0, terms.size]
  const bytes = Buffer.from(prefix)
  return [lowerBound(terms, bytes), lowerBound(terms, afterPrefix(bytes))]
}

/** The upper bound of all terms that start with `prefix` (not empty). UTF-8 has no byte 255, so the last can be incremented. */
function afterPrefix(prefix: Uint8Array): Uint8Array {
  const next = Uint8Array.from(prefix)
  next[next.length - 1]++
  return next
}
