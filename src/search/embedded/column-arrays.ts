/**
 * From what is known of a field (its sorted values, which slot has which, the words of each value) to the arrays that a
 * segment keeps. Building from records and merging segments both end here: whatever can be derived is derived.
 */
import { type ArenaArray, narrow } from './arena.ts'
import type { ColumnArrays } from './segment.ts'

/** Terms as they are written: offsets has one entry more than there are terms. */
export interface TermBytes {
  readonly blob: Uint8Array
  readonly offsets: Uint32Array
}

export interface ColumnParts {
  /** Sorted, distinct. For uuids rows of 16 bytes. */
  readonly values: TermBytes | Float64Array | Uint8Array
  readonly valueCount: number
  /** Ordinal + 1, or 0: per slot, or per item of each slot's list (then distinct within a slot). */
  readonly items: Uint32Array
  readonly itemOffsets: Uint32Array | null
  readonly words: {
    readonly terms: TermBytes
    readonly count: number
    /** Per value, in order. */
    readonly sequences: Uint32Array
    readonly sequenceOffsets: Uint32Array
  } | null
}

const NOTHING = new Uint8Array(0)

export function columnArrays(parts: ColumnParts, size: number): ColumnArrays {
  const { values, words } = parts
  const plain = values instanceof Float64Array || values instanceof Uint8Array
  const { postings, postingOffsets } = invertItems(parts, size)
  let wordArrays: Pick<
    ColumnArrays,
    'words' | 'wordOffsets' | 'sequences' | 'sequenceOffsets' | 'wordPostings' | 'wordPostingOffsets' | 'wordWeights'
  > = {
    words: NOTHING,
    wordOffsets: NOTHING,
    sequences: NOTHING,
    sequenceOffsets: NOTHING,
    wordPostings: NOTHING,
    wordPostingOffsets: NOTHING,
    wordWeights: NOTHING,
  }
  if (words !== null) {
    const inverted = invertSequences(words.sequences, words.sequenceOffsets, words.count, postingOffsets)
    wordArrays = {
      words: words.terms.blob,
      wordOffsets: words.terms.offsets,
      sequences: narrow(words.sequences, words.count),
      sequenceOffsets: words.sequenceOffsets,
      wordPostings: inverted.postings,
      wordPostingOffsets: inverted.offsets,
      wordWeights: inverted.weights,
    }
  }
  return {
    values: plain ? values : values.blob,
    valueOffsets: plain ? NOTHING : values.offsets,
    items: narrow(parts.items, parts.valueCount),
    itemOffsets: parts.itemOffsets ?? NOTHING,
    postingOffsets,
    postings,
    ...wordArrays,
  } satisfies Record<string, ArenaArray>
}

/** Counts, then distributes: slots go by in order, so every value's slots come out ascending. */
function invertItems(parts: ColumnParts, size: number) {
  const { items, itemOffsets, valueCount } = parts
  const postingOffsets = new Uint32Array(valueCount + 1)
  for (let place = 0; place < items.length; place++) if (items[place] !== 0) postingOffsets[items[place]]++
  for (let ordinal = 1; ordinal <= valueCount; ordinal++) postingOffsets[ordinal] += postingOffsets[ordinal - 1]
  const next = postingOffsets.slice()
  const postings = new Uint32Array(postingOffsets[valueCount])
  if (itemOffsets === null) {
    for (let slot = 0; slot < size; slot++) if (items[slot] !== 0) postings[next[items[slot] - 1]++] = slot
  } else {
    for (let slot = 0; slot < size; slot++) {
      for (let place = itemOffsets[slot]; place < itemOffsets[slot + 1]; place++) {
        postings[next[items[place] - 1]++] = slot
      }
    }
  }
  return { postings, postingOffsets }
}

/** The same from words to values; a word that a value has twice is counted once. */
function invertSequences(sequences: Uint32Array, offsets: Uint32Array, count: number, postingOffsets: Uint32Array) {
  const valueCount = offsets.length - 1
  const lastValue = new Uint32Array(count)
  const starts = new Uint32Array(count + 1)
  const weights = new Uint32Array(count)
  for (let value = 0; value < valueCount; value++) {
    for (let place = offsets[value]; place < offsets[value + 1]; place++) {
      const word = sequences[place]
      if (lastValue[word] === value + 1) continue
      lastValue[word] = value + 1
      starts[word + 1]++
      weights[word] += postingOffsets[value + 1] - postingOffsets[value]
    }
  }
  for (let word = 1; word <= count; word++) starts[word] += starts[word - 1]
  const next = starts.slice()
  const postings = new Uint32Array(starts[count])
  lastValue.fill(0)
  for (let value = 0; value < valueCount; value++) {
    for (let place = offsets[value]; place < offsets[value + 1]; place++) {
      const word = sequences[place]
      if (lastValue[word] === value + 1) continue
      lastValue[word] = value + 1
      postings[next[word]++] = value
    }
  }
  return { postings, offsets: starts, weights }
}
