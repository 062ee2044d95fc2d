/**
 * A segment: some records of one service, frozen. What a segment keeps:
 *
 * - The uuids, 16 bytes each, sorted. A record's **slot** is its rank among them; so slots in order are records in
 *   the default order, a uuid is found by binary search, and every list of slots is already in the order of ties.
 * - For every other field the **dictionary** of its distinct values: folded texts, 16-byte uuids, or plain
 *   numbers, sorted. A value's rank is its ordinal.
 * - A **column**: per slot the ordinal of its value plus one, 0 where it is missing; for a list all of its items, with offsets.
 * - The **postings**: per ordinal its slots. Since values are sorted, this one array is also the list of all records in
 *   the order (value, uuid): a sorted page is a walk along it, a range of numbers or a prefix is one stretch of it.
 * - **Words are about values, not about records**: a dictionary of words, per word the ordinals of the values that have it,
 *   per value its words in a row. A phrase is verified on distinct values; 1,000,000 titles are but some ten thousand.
 *
 * `SegmentData` is what travels between threads; `openSegment` gives it its views, once per thread.
 */
import { FIELDS, type Field, type Service } from '../../fields.ts'
import { type ArenaArray, readArray } from './arena.ts'
import { openTerms, type Terms } from './terms.ts'

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
  readonly itemOffsets: Uint32Array | null
  /** Where a value's slots start in `postings`. */
  readonly postingOffsets: Uint32Array
  readonly postings: Uint32Array
  /** Null for fields without words: numbers, dates, uuids. */
  readonly words: Words | null
}

/** The distinct values of a field, sorted. */
export type Values =
  | { readonly kind: 'terms'; readonly terms: Terms; readonly size: number }
  | { readonly kind: 'uuids'; readonly rows: Uint8Array; readonly size: number }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array; readonly size: number }

export interface Words {
  readonly terms: Terms
  /** The words of each value, as ordinals, in order. */
  readonly sequences: Ordinals
  readonly sequenceOffsets: Uint32Array
  /** The values of each word, ascending. */
  readonly postings: Uint32Array
  readonly postingOffsets: Uint32Array
  /** How many slots each word has, at most: the sum over its values. */
  readonly weights: Uint32Array
}

/** The places of a field's arrays within the arena, after the uuids. */
export const PARTS = [
  'values',
  'valueOffsets',
  'items',
  'itemOffsets',
  'postingOffsets',
  'postings',
  'words',
  'wordOffsets',
  'sequences',
  'sequenceOffsets',
  'wordPostings',
  'wordPostingOffsets',
  'wordWeights',
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

function hasWords(field: Field): boolean {
  return field.kind === 'text' || field.kind === 'keyword' || field.kind === 'list'
}

const opened = new WeakMap<SegmentData, Segment>()

export function openSegment(data: SegmentData): Segment {
  let segment = opened.get(data)
  if (segment === undefined) {
    const columns = new Map<Field, Column>()
    segment = {
      ...data,
      uuids: readArray(data.buffer, 0) as Uint8Array,
      column(field) {
        let column = columns.get(field)
        if (column === undefined) {
          column = openColumn(data, field)
          columns.set(field, column)
        }
        return column
      },
    }
    opened.set(data, segment)
  }
  return segment
}

function openColumn(data: SegmentData, field: Field): Column {
  const first = 1 + PARTS.length * COLUMN_FIELDS[data.service].indexOf(field)
  const part = <T extends ArenaArray>(name: Part) => readArray(data.buffer, first + PARTS.indexOf(name)) as T
  return {
    field,
    size: data.size,
    values: openValues(field, part('values'), part('valueOffsets')),
    items: part('items'),
    itemOffsets: field.kind === 'list' ? part('itemOffsets') : null,
    postingOffsets: part('postingOffsets'),
    postings: part('postings'),
    words: !hasWords(field)
      ? null
      : {
          terms: openTerms(part('words'), part('wordOffsets')),
          sequences: part('sequences'),
          sequenceOffsets: part('sequenceOffsets'),
          postings: part('wordPostings'),
          postingOffsets: part('wordPostingOffsets'),
          weights: part('wordWeights'),
        },
  }
}

function openValues(field: Field, values: ArenaArray, offsets: Uint32Array): Values {
  if (field.kind === 'uuid') return { kind: 'uuids', rows: values as Uint8Array, size: values.length / 16 }
  if (!hasWords(field)) return { kind: 'numbers', numbers: values as Float64Array, size: values.length }
  const terms = openTerms(values as Uint8Array, offsets)
  return { kind: 'terms', terms, size: terms.size }
}
