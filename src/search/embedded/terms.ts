/**
 * A dictionary: distinct terms as one blob of UTF-8 sorted by bytes, with offsets. A term's rank is its ordinal. There is
 * no JavaScript object per term: a Map of a million strings takes over 100 MB, the blob what the texts take.
 * An ordinal means something within its segment only.
 */
export interface Terms {
  readonly blob: Buffer
  /** Where each term starts, and at last where the last one ends. */
  readonly offsets: Uint32Array
  readonly size: number
}

export function openTerms(blob: Uint8Array, offsets: Uint32Array): Terms {
  return {
    blob: Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength),
    offsets,
    size: Math.max(0, offsets.length - 1),
  }
}

export function termAt(terms: Terms, ordinal: number): string {
  return terms.blob.toString('utf8', terms.offsets[ordinal], terms.offsets[ordinal + 1])
}

/** Compares the term of `ordinal` with `bytes`: negative, 0 or positive. */
export function compareTerm(terms: Terms, ordinal: number, bytes: Uint8Array): number {
  const { blob, offsets } = terms
  const start = offsets[ordinal]
  const length = offsets[ordinal + 1] - start
  const common = Math.min(length, bytes.length)
  for (let place = 0; place < common; place++) {
    const difference = blob[start + place] - bytes[place]
    if (difference !== 0) return difference
  }
  return length - bytes.length
}

/** The first ordinal, from `from` on, whose term is not below `bytes`; `size` when there is none. */
export function lowerBound(terms: Terms, bytes: Uint8Array, from = 0): number {
  let low = from
  let high = terms.size
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareTerm(terms, middle, bytes) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The same for a `from` that is probably near: steps that double, then a binary search between the last two. */
export function gallop(terms: Terms, bytes: Uint8Array, from: number): number {
  let low = from
  let step = 1
  while (low + step < terms.size && compareTerm(terms, low + step - 1, bytes) < 0) {
    low += step
    step *= 2
  }
  let high = Math.min(terms.size, low + step)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareTerm(terms, middle, bytes) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The ordinal of `term`, or -1. */
export function findTerm(terms: Terms, term: string): number {
  // A lone surrogate has no UTF-8 and is in no dictionary; it would be encoded as another character.
  if (terms.size === 0 || !term.isWellFormed()) return -1
  const bytes = Buffer.from(term)
  const ordinal = lowerBound(terms, bytes)
  return ordinal < terms.size && compareTerm(terms, ordinal, bytes) === 0 ? ordinal : -1
}

/** The ordinals whose terms begin with `prefix`: from, to (exclusive). */
export function prefixRange(terms: Terms, prefix: string): readonly [number, number] {
  if (!prefix.isWellFormed()) return [0, 0]
  if (prefix === '') return [0, terms.size]
  const bytes = Buffer.from(prefix)
  const from = lowerBound(terms, bytes)
  return [from, lowerBound(terms, afterPrefix(bytes), from)]
}

/** The first bytes after everything that begins with `prefix` (not empty): no byte of UTF-8 is 255, so the last can grow. */
function afterPrefix(prefix: Uint8Array): Uint8Array {
  const next = Uint8Array.from(prefix)
  next[next.length - 1]++
  return next
}
