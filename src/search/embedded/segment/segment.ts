/**
 * A segment: an immutable set of records of one service. It stores:
 *
 * - The uuids, 16 bytes each, sorted. The rank of a record among them is its **slot**. Slots in ascending order are therefore
 *   records in the default order, a uuid is found by binary search, and every list of slots has its ties in order.
 * - For every other field, the **dictionary** of its distinct values, sorted: folded texts (terms.ts), 16-byte uuids, or
 *   numbers (ascending.ts). The rank of a value is its **ordinal**.
 * - A **column**: for each slot the ordinal of its value plus one, or 0 if it is missing. For a list field, the ordinals of
 *   all items, with offsets.
 * - The **postings** (postings.ts): for each ordinal its slots. Because the values are sorted, the postings as a whole are
 *   all records in the order (value, uuid). A sorted page is a walk along them; a range of numbers or a prefix is one
 *   contiguous part of them.
 * - The **words** of values, not of records: a dictionary of words, for each word the ordinals of the values that contain it,
 *   and for each value its words in order (sequences.ts). A phrase is verified on distinct values: 1,000,000 titles have only
 *   about 100,000 of them.
 * - For large dictionaries, **signatures** (signatures.ts), which speed up the search for a part of a term.
 * - For names and places, one bit per slot: whether the value is **spelled** with capitals and small letters. A facet takes the
 *   spelling to display from such a record.
 *
 * In this form, a million contacts with 23 fields, including e-mails, three addresses and four phones, take 260 MB.
 *
 * `SegmentData` is what is passed between threads and processes. open-segment.ts creates its views, once per thread.
 */
import { FIELDS, type Field, type Service } from '../../../fields.ts'
import type { Bits } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { lowerBoundIn } from '../sets/slots.ts'
import type { ArenaArray } from './arena.ts'
import type { Ascending } from './ascending.ts'
import { countOfKey, membersOf, type Postings } from './postings.ts'
import type { Sequences } from './sequences.ts'
import type { Signatures } from './signatures.ts'
import type { Terms } from './terms.ts'

/**
 * The version of the format. Raise it with every change to the layout or to what is stored (folding, words). A snapshot with
 * another version is discarded.
 */
export const SEGMENT_FORMAT = 3

export interface SegmentData {
  readonly id: string
  readonly service: Service
  /** The number of records, including dead ones. */
  readonly size: number
  readonly buffer: SharedArrayBuffer
}

export interface Segment extends SegmentData {
  readonly uuids: Uint8Array
  /** The column of a field. The field `uuid` has none; see `uuids`. */
  column(field: Field): Column
}

/** Unsigned integers, in as few bytes as the largest needs. */
export type Ordinals = Uint8Array | Uint16Array | Uint32Array

/** The data of one field. */
export interface Column {
  readonly field: Field
  /** The number of records of the segment. */
  readonly size: number
  readonly values: Values
  /** The ordinal + 1 of each slot, or 0 if it has no value. With `itemOffsets`, the ordinal + 1 of each item. */
  readonly items: Ordinals
  /** For a list field, where the items of each slot start in `items`. Null for a field with a single value. */
  readonly itemOffsets: Ascending | null
  /** The slots of each value. */
  readonly postings: Postings
  /** The slots whose value has both cases. Null if there are none, and for fields that are not answered in lower case. */
  readonly spelled: Bits | null
  /** Null for fields without words: numbers, dates, uuids. */
  readonly words: Words | null
}

/** The distinct values of a field, sorted. */
export type Values =
  | { readonly kind: 'terms'; readonly terms: Terms; readonly signatures: Signatures | null; readonly size: number }
  | { readonly kind: 'uuids'; readonly rows: Uint8Array; readonly size: number }
  | { readonly kind: 'numbers'; readonly numbers: Ascending; readonly size: number }

export interface Words {
  readonly terms: Terms
  readonly signatures: Signatures | null
  /** The words of each value. */
  readonly sequences: Sequences
  /** The values of each word. */
  readonly postings: Postings
  /** The words with more than `MANY_VALUES` values, and the number of slots of each, summed over its values. */
  readonly heavyWords: Uint32Array
  readonly heavyWeights: Uint32Array
}

/** The slots of a word with at most this many values are counted when needed, instead of being stored. */
export const MANY_VALUES = 16

/** An upper bound for the number of slots of a word. In a list field, a slot with two of its values is counted twice. */
export function weightOf({ words, postings }: Column, word: number): number {
  const { heavyWords, heavyWeights } = words!
  const place = lowerBoundIn(heavyWords, word)
  if (heavyWords[place] === word) return heavyWeights[place]
  let weight = 0
  eachSlot(membersOf(words!.postings, word), value => {
    weight += countOfKey(postings, value)
  })
  return weight
}

/**
 * The arrays of a field, in the order of the arena (arena.ts), after the uuids. `…Bases` and `…Steps` together are an array of
 * ascending numbers (ascending.ts). `values` and `valueIndex` are the blocks and their starts for terms, and bases and steps
 * for numbers. Uuids only have `values`.
 */
export const ARRAYS = [
  'values',
  'valueIndex',
  'valueSignatures',
  'items',
  'itemBases',
  'itemSteps',
  'postingBases',
  'postingSteps',
  'postings',
  'denseValues',
  'denseCounts',
  'denseBits',
  'spelled',
  'words',
  'wordIndex',
  'wordSignatures',
  'sequences',
  'sequenceBases',
  'sequenceSteps',
  'frequentWords',
  'wordPostingBases',
  'wordPostingSteps',
  'wordPostings',
  'denseWords',
  'denseWordCounts',
  'denseWordBits',
  'heavyWords',
  'heavyWeights',
] as const

export type ArrayName = (typeof ARRAYS)[number]
export type ColumnArrays = Readonly<Record<ArrayName, ArenaArray>>

/** The fields that have a column, in the order of the arena. */
export function columnFields(service: Service): readonly Field[] {
  return COLUMN_FIELDS[service]
}

const COLUMN_FIELDS: Readonly<Record<Service, readonly Field[]>> = {
  company: FIELDS.company.filter(field => field.name !== 'uuid'),
  contact: FIELDS.contact.filter(field => field.name !== 'uuid'),
}
