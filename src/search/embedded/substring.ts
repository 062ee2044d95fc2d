/**
 * Which terms of a dictionary contain a part. Small dictionaries are read through. A larger one gets signatures: every
 * three bytes in a row are hashed to one of 128 bits, and the bits are kept sliced, one bitset over all terms per bit. A term
 * can only contain a part whose bits it all has; so a few bitsets are met word by word, 32 terms a step, and the few terms left
 * are compared. Over a million terms that is far less than reading the blob, for 16 bytes a term, where a trigram index keeps a
 * posting for every three bytes of each. (The idea is BitFunnel's, Goodwin et al. 2017.) Signatures are made when first needed.
 */
import { type Bits, countBits, listBits, setBit, wordsFor } from './bitset.ts'
import { createNumberList } from './number-list.ts'
import type { Terms } from './terms.ts'

const SMALL = 2048
const SLICES = 128
const signatures = new WeakMap<Terms, readonly Bits[]>()

/** The ordinals of the terms that contain `part`, ascending. */
export function containing(terms: Terms, part: string): Uint32Array {
  if (!part.isWellFormed()) return new Uint32Array(0)
  const bytes = Buffer.from(part)
  if (bytes.length === 0) return Uint32Array.from({ length: terms.size }, (_, ordinal) => ordinal)
  return terms.size <= SMALL || bytes.length < 3 ? readThrough(terms, bytes) : bySignature(terms, bytes)
}

/** Does the term of `ordinal` contain `bytes`? */
export function contains(terms: Terms, ordinal: number, bytes: Uint8Array): boolean {
  const { blob, offsets } = terms
  const last = offsets[ordinal + 1] - bytes.length
  const first = bytes[0]
  for (let start = offsets[ordinal]; start <= last; start++) {
    if (blob[start] !== first) continue
    let place = 1
    while (place < bytes.length && blob[start + place] === bytes[place]) place++
    if (place >= bytes.length) return true
  }
  return false
}

function readThrough(terms: Terms, bytes: Uint8Array): Uint32Array {
  const found = createNumberList()
  for (let ordinal = 0; ordinal < terms.size; ordinal++) if (contains(terms, ordinal, bytes)) found.push(ordinal)
  return found.toArray()
}

function bySignature(terms: Terms, bytes: Uint8Array): Uint32Array {
  const slices = signaturesOf(terms)
  const wanted = new Set<number>()
  for (let place = 0; place + 2 < bytes.length; place++) wanted.add(sliceOf(bytes, place))
  const [first, ...others] = wanted
  const left = slices[first].slice()
  for (const slice of others) {
    const bits = slices[slice]
    for (let word = 0; word < left.length; word++) left[word] &= bits[word]
  }
  const candidates = new Uint32Array(countBits(left))
  listBits(left, candidates)
  return candidates.filter(ordinal => contains(terms, ordinal, bytes))
}

function signaturesOf(terms: Terms): readonly Bits[] {
  let slices = signatures.get(terms)
  if (slices === undefined) {
    slices = Array.from({ length: SLICES }, () => new Int32Array(wordsFor(terms.size)))
    const { blob, offsets } = terms
    for (let ordinal = 0; ordinal < terms.size; ordinal++) {
      for (let place = offsets[ordinal]; place + 2 < offsets[ordinal + 1]; place++) {
        setBit(slices[sliceOf(blob, place)], ordinal)
      }
    }
    signatures.set(terms, slices)
  }
  return slices
}

/** The slice of the three bytes at `place`: Fibonacci hashing, the top bits of a product with 2^32 over the golden ratio. */
function sliceOf(bytes: Uint8Array, place: number): number {
  const three = (bytes[place] << 16) | (bytes[place + 1] << 8) | bytes[place + 2]
  return Math.imul(three, 0x9e3779b1) >>> 25
}
