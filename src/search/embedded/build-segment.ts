/**
 * Records into a segment: collects them (in any order), then sorts, numbers and writes. Values that repeat are folded
 * and cut into words once. A pure function of its records, so that it can run in a worker thread.
 */
import { randomUUID } from 'node:crypto'
import type { Field, Service } from '../../fields.ts'
import { fold } from '../../text/fold.ts'
import { wordsOfFolded } from '../../text/words.ts'
import type { IndexedRecord } from '../engine.ts'
import { writeArena } from './arena.ts'
import { type ColumnParts, columnArrays, type TermBytes } from './column-arrays.ts'
import { createNumberList, type NumberList } from './number-list.ts'
import { columnFields, PARTS, type SegmentData } from './segment.ts'
import { sortTerms } from './sort-terms.ts'
import { UUID_BYTES, writeUuid } from './uuids.ts'

export interface SegmentBuilder {
  /** Records so far. */
  size(): number
  /** UTF-16 code units of all distinct values so far: what decides how long blobs become. */
  weight(): number
  /** Takes a record; the caller sees to it that no uuid comes twice. */
  add(record: IndexedRecord): void
  /** The segment of all records taken; null when there are none. The builder is empty then. */
  finish(): SegmentData | null
}

/** The values of one field, as they come. */
interface Collector {
  readonly field: Field
  /** Numbers of distinct values; each value's number is its place here. */
  readonly numbers: Map<string | number, number>
  /** The value's number + 1, or 0, per record or per item. */
  readonly items: NumberList
  /** Where the items of each record start; for lists. */
  readonly starts: NumberList
}

export function createSegmentBuilder(service: Service): SegmentBuilder {
  const uuids: string[] = []
  const collectors: Collector[] = columnFields(service).map(field => ({
    field,
    numbers: new Map(),
    items: createNumberList(),
    starts: createNumberList(),
  }))
  let weight = 0

  function numberOf(collector: Collector, value: string | number): number {
    let number = collector.numbers.get(value)
    if (number === undefined) {
      number = collector.numbers.size
      collector.numbers.set(value, number)
      weight += typeof value === 'string' ? value.length : 0
    }
    return number
  }

  return {
    size: () => uuids.length,
    weight: () => weight,
    add(record) {
      uuids.push(record.uuid)
      for (const collector of collectors) {
        const value = record[collector.field.name] ?? null
        if (collector.field.kind === 'list') {
          collector.starts.push(collector.items.length())
          if (value !== null) {
            for (const item of value as readonly string[]) collector.items.push(numberOf(collector, item) + 1)
          }
        } else {
          collector.items.push(value === null ? 0 : numberOf(collector, value as string | number) + 1)
        }
      }
    },
    finish() {
      if (uuids.length === 0) return null
      const size = uuids.length
      const order = sortUuids(uuids)
      const arrays = collectors.flatMap(collector => {
        const column = columnArrays(sortColumn(collector, order.places), size)
        collector.numbers.clear()
        collector.items.clear()
        collector.starts.clear()
        return PARTS.map(part => column[part])
      })
      uuids.length = 0
      weight = 0
      const buffer = writeArena([order.rows, ...arrays], size, service === 'company' ? 0 : 1)
      return { id: randomUUID(), service, size, buffer }
    },
  }
}

/** The uuids as sorted rows, and the place among `uuids` that each slot comes from. */
function sortUuids(uuids: readonly string[]) {
  const unsorted = new Uint8Array(uuids.length * UUID_BYTES)
  uuids.forEach((uuid, index) => {
    writeUuid(uuid, unsorted, index * UUID_BYTES)
  })
  const places = sortTerms(unsorted, rowOffsets(uuids.length))
  return { rows: pickRows(unsorted, places), places }
}

function rowOffsets(count: number): Uint32Array {
  return Uint32Array.from({ length: count + 1 }, (_, index) => index * UUID_BYTES)
}

function pickRows(rows: Uint8Array, places: Uint32Array): Uint8Array {
  const picked = new Uint8Array(places.length * UUID_BYTES)
  places.forEach((place, index) => {
    picked.set(rows.subarray(place * UUID_BYTES, (place + 1) * UUID_BYTES), index * UUID_BYTES)
  })
  return picked
}

/** The distinct values sorted, and every slot's items as ordinals of that. */
function sortColumn(collector: Collector, places: Uint32Array): ColumnParts {
  const { field, numbers } = collector
  if (field.kind === 'uuid') {
    const uuids = [...(numbers.keys() as Iterable<string>)]
    const order = sortUuids(uuids)
    return {
      values: order.rows,
      valueCount: uuids.length,
      ...moveItems(collector, places, invert(order.places)),
      words: null,
    }
  }
  if (field.kind === 'integer' || field.kind === 'date') {
    const distinct = [...(numbers.keys() as Iterable<number>)]
    const values = Float64Array.from(distinct).sort()
    const rank = new Map<number, number>()
    values.forEach((value, ordinal) => {
      rank.set(value, ordinal)
    })
    const ordinals = Uint32Array.from(distinct, value => rank.get(value)!)
    return { values, valueCount: values.length, ...moveItems(collector, places, ordinals), words: null }
  }
  const folded = new Map<string, number>()
  const foldedOf = Uint32Array.from([...(numbers.keys() as Iterable<string>)], value => numberIn(folded, fold(value)))
  const values = sortStrings([...folded.keys()])
  const ordinals = foldedOf.map(number => values.ordinals[number])
  return {
    values: values.terms,
    valueCount: folded.size,
    ...moveItems(collector, places, ordinals),
    words: wordsOfValues(values.sorted),
  }
}

function wordsOfValues(values: readonly string[]): NonNullable<ColumnParts['words']> {
  const numbers = new Map<string, number>()
  const sequences = createNumberList()
  const sequenceOffsets = new Uint32Array(values.length + 1)
  values.forEach((value, ordinal) => {
    for (const word of wordsOfFolded(value)) sequences.push(numberIn(numbers, word))
    sequenceOffsets[ordinal + 1] = sequences.length()
  })
  const words = sortStrings([...numbers.keys()])
  return {
    terms: words.terms,
    count: numbers.size,
    sequences: sequences.toArray().map(number => words.ordinals[number]),
    sequenceOffsets,
  }
}

function numberIn(numbers: Map<string, number>, key: string): number {
  let number = numbers.get(key)
  if (number === undefined) {
    number = numbers.size
    numbers.set(key, number)
  }
  return number
}

/** Distinct strings in the order of their UTF-8 bytes; `ordinals[i]` is the rank of `strings[i]`. */
function sortStrings(strings: readonly string[]) {
  const unsorted = encodeTerms(strings)
  const order = sortTerms(unsorted.blob, unsorted.offsets)
  const sorted = Array.from(order, place => strings[place])
  return { sorted, ordinals: invert(order), terms: encodeTerms(sorted) }
}

function encodeTerms(strings: readonly string[]): TermBytes {
  let bound = 0
  for (const text of strings) bound += 3 * text.length
  let bytes = Buffer.allocUnsafeSlow(Math.min(bound, 1 << 20))
  const offsets = new Uint32Array(strings.length + 1)
  let end = 0
  strings.forEach((text, index) => {
    if (end + 3 * text.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(bound, 2 * bytes.length + 3 * text.length))
      bytes.copy(larger, 0, 0, end)
      bytes = larger
    }
    end += bytes.write(text, end)
    offsets[index + 1] = end
  })
  return { blob: bytes.subarray(0, end), offsets }
}

function invert(order: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(order.length)
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank]] = rank
  return ranks
}

/** Items in the order of slots, as ordinals + 1. What became equal by folding stands once in a list. */
function moveItems(collector: Collector, places: Uint32Array, ordinals: Uint32Array) {
  const items = collector.items.toArray()
  if (collector.field.kind !== 'list') {
    return { items: places.map(place => (items[place] === 0 ? 0 : ordinals[items[place] - 1] + 1)), itemOffsets: null }
  }
  const starts = collector.starts.toArray()
  const moved = createNumberList()
  const itemOffsets = new Uint32Array(places.length + 1)
  places.forEach((place, slot) => {
    const own = new Set<number>()
    for (let item = starts[place]; item < (starts[place + 1] ?? items.length); item++)
      own.add(ordinals[items[item] - 1])
    for (const ordinal of own) moved.push(ordinal + 1)
    itemOffsets[slot + 1] = moved.length()
  })
  return { items: moved.toArray(), itemOffsets }
}
