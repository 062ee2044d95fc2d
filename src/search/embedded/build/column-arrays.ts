/**
 * Computes the arrays that a segment stores for a field from its sorted values, the value of each slot, and the words of each
 * value. Both building and merging end here, so that everything derived is computed in one place.
 */
import type { Field } from '../../../fields.ts'
import { type ArenaArray, narrow } from '../segment/arena.ts'
import { packAscending } from '../segment/ascending.ts'
import { countOfKey, invert, membersOf, type Postings } from '../segment/postings.ts'
import { ARRAYS, type ArrayName, type ColumnArrays, MANY_VALUES } from '../segment/segment.ts'
import { packSequences } from '../segment/sequences.ts'
import { makeSignatures } from '../segment/signatures.ts'
import { packTerms, type TermBytes } from '../segment/terms.ts'
import { type Bits, setBit, wordsFor } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'

export interface ColumnParts {
  /** Sorted and distinct. Uuids are rows of 16 bytes. */
  readonly values: TermBytes | Float64Array | Uint8Array
  readonly valueCount: number
  /** The ordinal + 1, or 0, of each slot. With `itemOffsets`, of each item; the items of a slot are distinct. */
  readonly items: Uint32Array
  readonly itemOffsets: Uint32Array | null
  /** See `Column.spelled`. */
  readonly spelled?: Bits | null
  readonly words: WordParts | null
}

export interface WordParts {
  readonly terms: TermBytes
  readonly count: number
  /** The words of each value in order, as ordinals. */
  readonly sequences: Uint32Array
  readonly sequenceOffsets: Uint32Array
}

type SomeArrays = Partial<ColumnArrays>

const NOTHING = new Uint8Array(0)
const EMPTY: ColumnArrays = Object.fromEntries(ARRAYS.map(name => [name, NOTHING])) as Record<ArrayName, ArenaArray>

export function columnArrays(field: Field, parts: ColumnParts, size: number): ColumnArrays {
  const { items, itemOffsets, valueCount } = parts
  const postings = invert({ items, itemOffsets, base: 1, members: size }, valueCount)
  const itemStarts = itemOffsets === null ? null : packAscending(itemOffsets)
  return {
    ...EMPTY,
    ...valueArrays(parts.values),
    items: narrow(items, valueCount),
    ...(itemStarts && { itemBases: itemStarts.bases, itemSteps: itemStarts.steps }),
    postingBases: postings.offsets.bases,
    postingSteps: postings.offsets.steps,
    postings: postings.list,
    denseValues: postings.denseKeys,
    denseCounts: postings.denseCounts,
    denseBits: postings.denseBits,
    ...(parts.spelled && { spelled: parts.spelled }),
    ...(parts.words && wordArrays(field, parts.words, postings)),
  }
}

/** The slots for which `isSpelled` holds, as `ColumnParts.spelled`. */
export function spelledBits(size: number, isSpelled: (slot: number) => boolean): Bits | null {
  const bits: Bits = new Int32Array(wordsFor(size))
  for (let slot = 0; slot < size; slot++) if (isSpelled(slot)) setBit(bits, slot)
  return bits.some(word => word !== 0) ? bits : null
}

function valueArrays(values: ColumnParts['values']): SomeArrays {
  if (values instanceof Float64Array) {
    const { bases, steps } = packAscending(values)
    return { values: bases, valueIndex: steps }
  }
  if (values instanceof Uint8Array) return { values }
  const terms = packTerms(values)
  return { values: terms.blocks, valueIndex: terms.starts, valueSignatures: makeSignatures(terms) }
}

function wordArrays(field: Field, words: WordParts, valuePostings: Postings): SomeArrays {
  const terms = packTerms(words.terms)
  const { sequences, sequenceOffsets } = words
  const values = sequenceOffsets.length - 1
  const postings = invert({ items: sequences, itemOffsets: sequenceOffsets, base: 0, members: values }, words.count)
  const packed = packSequences(sequences, sequenceOffsets, words.count)
  const packedOffsets = packAscending(packed.offsets)
  return {
    words: terms.blocks,
    wordIndex: terms.starts,
    sequences: packed.bytes,
    sequenceBases: packedOffsets.bases,
    sequenceSteps: packedOffsets.steps,
    frequentWords: packed.frequent,
    wordPostingBases: postings.offsets.bases,
    wordPostingSteps: postings.offsets.steps,
    wordPostings: postings.list,
    denseWords: postings.denseKeys,
    denseWordCounts: postings.denseCounts,
    denseWordBits: postings.denseBits,
    ...weightArrays(postings, words.count, valuePostings),
    // Substrings are searched in words only for text fields.
    ...(field.kind === 'text' && { wordSignatures: makeSignatures(terms) }),
  }
}

function weightArrays(postings: Postings, count: number, valuePostings: Postings): SomeArrays {
  const heavyWords: number[] = []
  const weights: number[] = []
  for (let word = 0; word < count; word++) {
    if (countOfKey(postings, word) <= MANY_VALUES) continue
    let weight = 0
    eachSlot(membersOf(postings, word), value => {
      weight += countOfKey(valuePostings, value)
    })
    heavyWords.push(word)
    weights.push(weight)
  }
  return { heavyWords: Uint32Array.from(heavyWords), heavyWeights: Uint32Array.from(weights) }
}
