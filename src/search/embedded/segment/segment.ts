/**
 * A segment: some records of one service, frozen. What a segment keeps:
 *
 * - The uuids, 16 bytes each, sorted. A record's **slot** is its rank among them; so slots in order are records in
 *   the default order, a uuid is found by binary search, and every list of slots is already in the order of ties.
 * - For every other field the **dictionary** of its distinct values, sorted: folded texts (terms.ts), 16-byte uuids, or
 *   numbers (ascending.ts). A value's rank is its ordinal.
 * - A **column**: per slot the ordinal of its value plus one, 0 where it is missing; for a list all of its items, with offsets.
 * - The **postings** (postings.ts): per ordinal its slots. Since values are sorted, the postings one after the other are also all
 *   records in the order (value, uuid): a sorted page is a walk along them, a range of numbers or a prefix is one stretch.
 * - **Words are about values, not about records**: a dictionary of words, per word the ordinals of the values that have it,
 *   per value its words in a row (sequences.ts). A phrase is verified on distinct values; 1,000,000 titles are but some 100,000.
 * - For large dictionaries **signatures** (signatures.ts), by which a part of a term is found.
 *
 * A million contacts with 23 fields, e-mails, three addresses and four phones among them, take 260 MB so.
 *
 * `SegmentData` is what travels between threads and processes; open-segment.ts gives it its views, once per thread.
 */
import { FIELDS, type Field, type Service } from '../../../fields.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { lowerBoundIn } from '../sets/slots.ts'
import type { ArenaArray } from './arena.ts'
import type { Ascending } from './ascending.ts'
import { countOfKey, membersOf, type Postings } from './postings.ts'
import type { Sequences } from './sequences.ts'
import type { Signatures } from './signatures.ts'
import type { Terms } from './terms.ts'

/**
 * What the bytes of a segment mean: raised by whatever changes the layout, or what is stored in it (folding, words). A snapshot
 * of another format is thrown away.
 */
export const SEGMENT_FORMAT = 1

export interface SegmentData {
  readonly id: string
  readonly service: Service
  /** Records, dead ones included. */
  readonly size: number
  readonly buffer: SharedArrayBuffer
}

export interface Segment extends SegmentData {
  readonly uuids: Uint8Array
  /** The parts of a field; not of the field `uuid`, which is `uuids`. */
  column(field: Field): Column
}

/** Small unsigned integers, in as many bytes as the largest needs. */
export type Ordinals = Uint8Array | Uint16Array | Uint32Array

/** What a segment keeps of one field. */
export interface Column {
  readonly field: Field
  /** Records of the segment. */
  readonly size: number
  readonly values: Values
  /** Ordinal + 1 per slot, 0 for none; with `itemOffsets`, of each item. */
  readonly items: Ordinals
  /** Of a list: where a slot's items start in `items`. Null for a field of one value. */
  readonly itemOffsets: Ascending | null
  /** Per value its slots. */
  readonly postings: Postings
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
  /** Per word its values. */
  readonly postings: Postings
  /** The words of more than `MANY_VALUES` values, and how many slots each has: the sum over its values. */
  readonly heavyWords: Uint32Array
  readonly heavyWeights: Uint32Array
}

/** Values of a word up to which its slots are counted when asked for. */
export const MANY_VALUES = 16

/** How many slots the word has, at most: what two of its values share in a list counts twice. */
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
 * The arrays of a field in the order of the arena, after the uuids. `values` and `valueIndex` are of terms the blocks and their
 * starts, of numbers the bases and the steps; uuids are `values` alone.
 */
export const PARTS = [
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

export type Part = (typeof PARTS)[number]
export type ColumnArrays = Readonly<Record<Part, ArenaArray>>

/** The fields that have a column, in the order of the arena. */
export function columnFields(service: Service): readonly Field[] {
  return COLUMN_FIELDS[service]
}

const COLUMN_FIELDS: Readonly<Record<Service, readonly Field[]>> = {
  company: FIELDS.company.filter(field => field.name !== 'uuid'),
  contact: FIELDS.contact.filter(field => field.name !== 'uuid'),
}
