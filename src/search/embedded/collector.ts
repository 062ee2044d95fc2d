/** Collects the values of one field, record by record, and makes of them what a column is written from. */
import type { Field } from '../../fields.ts'
import { eachItemOfArray, readBigint, readTimestamp } from '../../records/binary-rows.ts'
import { fold } from '../../text/fold.ts'
import { wordsOfFolded } from '../../text/words.ts'
import type { IndexedRecord } from '../engine.ts'
import type { ColumnParts } from './column-arrays.ts'
import { type DistinctTerms, distinctTerms } from './distinct-terms.ts'
import { createNumberList } from './number-list.ts'
import { lowerBoundIn } from './slots.ts'
import { createTermTable } from './term-table.ts'

type RecordValue = IndexedRecord[string]

export interface Collector {
  readonly field: Field
  /** The value of the next record. */
  add(value: RecordValue): void
  /** The same as PostgreSQL sends it in its binary format; a negative `start` is NULL. */
  addCell(row: Buffer, start: number, end: number): void
  bytes(): number
  /** All that was collected; `order` tells for every slot which record it is. The collector is empty afterwards. */
  take(order: Uint32Array): ColumnParts
}

export function createCollector(field: Field): Collector {
  if (field.kind === 'integer' || field.kind === 'date') return numberCollector(field)
  return field.kind === 'uuid' ? uuidCollector(field) : textCollector(field)
}

function numberCollector(field: Field): Collector {
  let numbers = new Float64Array(16)
  let count = 0
  function push(number: number): void {
    if (count === numbers.length) {
      const larger = new Float64Array(2 * count)
      larger.set(numbers)
      numbers = larger
    }
    numbers[count++] = number
  }
  const decode = field.kind === 'date' ? readTimestamp : readBigint
  return {
    field,
    add(value) {
      push(value === null ? Number.NaN : (value as number))
    },
    addCell(row, start) {
      push(start < 0 ? Number.NaN : decode(row, start))
    },
    bytes: () => 8 * count,
    take(order) {
      const sorted = numbers.slice(0, count).sort()
      let distinct = 0
      for (let place = 0; place < count; place++) {
        // NaN comes last and is no value.
        if (Number.isNaN(sorted[place])) break
        if (place === 0 || sorted[place] !== sorted[distinct - 1]) sorted[distinct++] = sorted[place]
      }
      const values = sorted.slice(0, distinct)
      const find = rankFinder(values)
      const items = order.map(record => (Number.isNaN(numbers[record]) ? 0 : find(numbers[record]) + 1))
      numbers = new Float64Array(16)
      count = 0
      return { values, valueCount: distinct, items, itemOffsets: null, words: null }
    },
  }
}

/** Where a number stands among sorted ones: a guess by its size tells between which two of 65,536 marks to search. */
function rankFinder(values: Float64Array): (value: number) => number {
  const lowest = values[0] ?? 0
  const spread = (values.at(-1) ?? 0) - lowest
  const last = Math.min(65_536, values.length) - 1
  const markOf = (value: number) => (spread === 0 ? 0 : Math.floor(((value - lowest) / spread) * last))
  const marks = new Uint32Array(last + 3)
  for (const value of values) marks[markOf(value) + 1]++
  for (let mark = 1; mark < marks.length; mark++) marks[mark] += marks[mark - 1]
  return value => {
    const mark = markOf(value)
    return lowerBoundIn(values, value, marks[mark], marks[mark + 1])
  }
}

function uuidCollector(field: Field): Collector {
  const uuids = createTermTable()
  const items = createNumberList()
  return {
    field,
    add(value) {
      items.push(value === null ? 0 : uuids.numberOfUuid(value as string) + 1)
    },
    addCell(row, start, end) {
      items.push(start < 0 ? 0 : uuids.numberOfExact(row, start, end) + 1)
    },
    bytes: uuids.bytes,
    take(order) {
      const distinct = distinctTerms(uuids.take())
      const numbers = items.toArray()
      items.clear()
      return {
        values: distinct.terms.blob,
        valueCount: distinct.count,
        items: moveItems(numbers, order, distinct.ordinals),
        itemOffsets: null,
        words: null,
      }
    },
  }
}

function textCollector(field: Field): Collector {
  const values = createTermTable(fold)
  const words = createTermTable()
  /** The words of each value in a row, and where each value's end. */
  const sequences = createNumberList()
  const sequenceEnds = createNumberList()
  const items = createNumberList()
  /** Where each record's items end; of lists only. */
  const ends = createNumberList()

  /** Adds the item of that number among the values, which were `known` before. */
  function take(number: number, known: number): void {
    if (number === known) {
      takeWords(values.startOf(number), values.bytes())
      sequenceEnds.push(sequences.length())
    }
    items.push(number + 1)
  }

  /** The words of the folded value from `start` to `end` of the blob; of plain ASCII they are cut without making strings. */
  function takeWords(start: number, end: number): void {
    const blob = values.blob()
    for (let place = start; place < end; place++) {
      if (blob[place] <= 0x7f) continue
      for (const word of wordsOfFolded(blob.toString('utf8', start, end))) sequences.push(words.numberOf(word))
      return
    }
    for (let place = start; place < end; ) {
      const from = place
      while (place < end && isLetterOrDigit(blob[place])) place++
      if (place === from) {
        place++
        continue
      }
      while (place < end && (blob[place] === PLUS || blob[place] === HASH)) place++
      sequences.push(words.numberOfExact(blob, from, place))
    }
  }

  function addText(text: string): void {
    const known = values.size()
    take(values.numberOf(text), known)
  }
  function addBytes(row: Buffer, start: number, end: number): void {
    const known = values.size()
    take(values.numberOfBytes(row, start, end), known)
  }
  const isList = field.kind === 'list'
  return {
    field,
    add(value) {
      if (isList) {
        if (value !== null) for (const item of value as readonly string[]) addText(item)
        ends.push(items.length())
      } else if (value === null) items.push(0)
      else addText(value as string)
    },
    addCell(row, start, end) {
      if (isList) {
        if (start >= 0) eachItemOfArray(row, start, addBytes)
        ends.push(items.length())
      } else if (start < 0) items.push(0)
      else addBytes(row, start, end)
    },
    bytes: () => Math.max(values.bytes(), words.bytes()),
    take(order) {
      const distinct = distinctTerms(values.take())
      const distinctWords = distinctTerms(words.take())
      const numbers = items.toArray()
      const parts = {
        values: distinct.terms,
        valueCount: distinct.count,
        ...(isList
          ? moveLists(numbers, ends.toArray(), order, distinct.ordinals)
          : { items: moveItems(numbers, order, distinct.ordinals), itemOffsets: null }),
        words: {
          terms: distinctWords.terms,
          count: distinctWords.count,
          ...moveSequences(sequences.toArray(), sequenceEnds.toArray(), distinct.places, distinctWords),
        },
      }
      for (const list of [items, ends, sequences, sequenceEnds]) list.clear()
      return parts
    },
  }
}

const PLUS = 0x2b
const HASH = 0x23

/** Of what is folded: no capitals. */
function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

/** Numbers + 1 per record to ordinals + 1 per slot. */
function moveItems(numbers: Uint32Array, order: Uint32Array, ordinals: Uint32Array): Uint32Array {
  return order.map(record => (numbers[record] === 0 ? 0 : ordinals[numbers[record] - 1] + 1))
}

/** The same for lists. What became equal by folding stands once in a record. */
function moveLists(numbers: Uint32Array, ends: Uint32Array, order: Uint32Array, ordinals: Uint32Array) {
  const items = new Uint32Array(numbers.length)
  const itemOffsets = new Uint32Array(order.length + 1)
  let end = 0
  order.forEach((record, slot) => {
    const start = end
    for (let place = record === 0 ? 0 : ends[record - 1]; place < ends[record]; place++) {
      const item = ordinals[numbers[place] - 1] + 1
      if (!items.subarray(start, end).includes(item)) items[end++] = item
    }
    itemOffsets[slot + 1] = end
  })
  return { items: items.slice(0, end), itemOffsets }
}

/** The words of each distinct value, as ordinals. */
function moveSequences(numbers: Uint32Array, ends: Uint32Array, values: Uint32Array, words: DistinctTerms) {
  const sequences = new Uint32Array(numbers.length)
  const sequenceOffsets = new Uint32Array(values.length + 1)
  let end = 0
  values.forEach((value, ordinal) => {
    for (let place = value === 0 ? 0 : ends[value - 1]; place < ends[value]; place++) {
      sequences[end++] = words.ordinals[numbers[place]]
    }
    sequenceOffsets[ordinal + 1] = end
  })
  return { sequences: sequences.slice(0, end), sequenceOffsets }
}
