/**
 * Signatures of a large dictionary: which of its blocks may hold a term that contains a given substring. Every three
 * consecutive bytes are hashed to one of 1,024 bits. The bits are stored sliced: one bitset over all blocks for each bit. A
 * block can only contain a substring if it has all of its bits. A few bitsets are intersected word by word, 512 terms per
 * step, and the few blocks that remain are read. This takes 8 bytes per term; a trigram index would store a posting for
 * every three bytes of each term. (The idea is from BitFunnel; Goodwin et al. 2017.)
 */
import { type Bits, listBits, wordsFor } from '../sets/bitset.ts'
import { advance, BLOCK, blockCount, openCursor, type Terms } from './terms.ts'

export interface Signatures {
  readonly slices: Bits
  readonly blocks: number
}

const SLICES = 1024
const SLICE_SHIFT = 22
/** With at most this many blocks, reading all of them is as fast. */
const SMALL = 128
/** The number of bytes that are hashed together. */
export const GRAM = 3

/** The slices of a dictionary, one after another. Empty for a small dictionary. */
export function makeSignatures(terms: Terms): Bits {
  const blocks = blockCount(terms.size)
  if (blocks <= SMALL) return new Int32Array(0)
  const words = wordsFor(blocks)
  const slices = new Int32Array(SLICES * words)
  const cursor = openCursor(terms)
  while (advance(cursor)) {
    const block = Math.floor(cursor.ordinal / BLOCK)
    const { bytes, length } = cursor
    // The bits of the shared bytes were already set by the previous term, which is in the same block.
    for (let place = Math.max(0, cursor.shared - GRAM + 1); place + GRAM <= length; place++) {
      slices[sliceOf(bytes, place) * words + (block >>> 5)] |= 1 << (block & 31)
    }
  }
  return slices
}

export function openSignatures(slices: Bits, terms: Terms): Signatures | null {
  return slices.length === 0 ? null : { slices, blocks: blockCount(terms.size) }
}

/** The blocks that may contain `part`, ascending. `part` has at least `GRAM` bytes. */
export function blocksWith({ slices, blocks }: Signatures, part: Uint8Array): Uint32Array {
  const words = wordsFor(blocks)
  const left = new Int32Array(words).fill(-1)
  const met = new Set<number>()
  for (let place = 0; place + GRAM <= part.length; place++) {
    const slice = sliceOf(part, place)
    if (met.has(slice)) continue
    met.add(slice)
    const from = slice * words
    for (let word = 0; word < words; word++) left[word] &= slices[from + word]
  }
  return listBits(left)
}

/** Fibonacci hashing: the top bits of a product with 2^32 over the golden ratio. */
function sliceOf(bytes: Uint8Array, place: number): number {
  const three = (bytes[place] << 16) | (bytes[place + 1] << 8) | bytes[place + 2]
  return Math.imul(three, 0x9e3779b1) >>> SLICE_SHIFT
}
