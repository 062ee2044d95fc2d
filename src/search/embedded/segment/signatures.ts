/**
 * Signatures of a large dictionary: which of its blocks may hold a term that contains given bytes. Every three bytes in a row are
 * hashed to one of 1,024 bits, and the bits are kept sliced, one bitset over all blocks per bit. A block can only hold a part whose
 * bits it all has; so a few bitsets are met word by word, 512 terms a step, and the few blocks left are read. That takes 8 bytes a
 * term, where a trigram index keeps a posting for every three bytes of each. (The idea is BitFunnel's, Goodwin et al. 2017.)
 */
import { type Bits, countBits, listBits, wordsFor } from '../sets/bitset.ts'
import { advance, BLOCK, blockCount, openCursor, type Terms } from './terms.ts'

export interface Signatures {
  readonly slices: Bits
  readonly blocks: number
}

const SLICES = 1024
const SLICE_SHIFT = 22
/** Blocks up to which reading all of them is as good. */
const SMALL = 128
/** Bytes that make a signature. */
export const GRAM = 3

/** The slices of a dictionary one after the other; none for a small one. */
export function makeSignatures(terms: Terms): Bits {
  const blocks = blockCount(terms.size)
  if (blocks <= SMALL) return new Int32Array(0)
  const words = wordsFor(blocks)
  const slices = new Int32Array(SLICES * words)
  const cursor = openCursor(terms)
  while (advance(cursor)) {
    const block = Math.floor(cursor.ordinal / BLOCK)
    const { bytes, length } = cursor
    // What lies within the shared bytes was set by the term before, which is in the same block.
    for (let place = Math.max(0, cursor.shared - GRAM + 1); place + GRAM <= length; place++) {
      slices[sliceOf(bytes, place) * words + (block >>> 5)] |= 1 << (block & 31)
    }
  }
  return slices
}

export function openSignatures(slices: Bits, terms: Terms): Signatures | null {
  return slices.length === 0 ? null : { slices, blocks: blockCount(terms.size) }
}

/** The blocks that may hold `part`, of at least `GRAM` bytes, ascending. */
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
  const list = new Uint32Array(countBits(left))
  listBits(left, list)
  return list
}

/** Fibonacci hashing: the top bits of a product with 2^32 over the golden ratio. */
function sliceOf(bytes: Uint8Array, place: number): number {
  const three = (bytes[place] << 16) | (bytes[place + 1] << 8) | bytes[place + 2]
  return Math.imul(three, 0x9e3779b1) >>> SLICE_SHIFT
}
