/** Collects the values of one field, record by record, and makes of them what a column is written from. */
import type { Field } from '../../fields.ts'
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
  bytes(): number
  /** All that was collected; `order` tells for every slot which record it is. The collector is empty afterwards. */
  take(order: Uint32Array): ColumnParts
}

export function createCollector(field: Field): Collector {
  if (field.kind === 'integer' || field.kind === 'date') return numberCollector(field)
  return field.kind === 'uuid' ? uuidCollector(field) : textCollector(field)
}

function numberCollector(field: Field): Collector {
  let numbers: number[] = []
  return {
    field,
    add(value) {
      numbers.push(value === null ? Number.NaN : (value as number))
    },
    bytes: () => 8 * numbers.length,
    take(order) {
      const sorted = Float64Array.from(numbers.filter(number => !Number.isNaN(number))).sort()
      const values = sorted.filter((number, place) => place === 0 || number !== sorted[place - 1])
      const items = order.map(record => (Number.isNaN(numbers[record]) ? 0 : lowerBoundIn(values, numbers[record]) + 1))
      numbers = []
      return { values, valueCount: values.length, items, itemOffsets: null, words: null }
    },
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
  function numberOf(text: string): number {
    const known = values.size()
    const number = values.numberOf(text)
    if (number === known) {
      for (const word of wordsOfFolded(fold(text))) sequences.push(words.numberOf(word))
      sequenceEnds.push(sequences.length())
    }
    return number
  }
  const items = createNumberList()
  /** Where each record's items end; of lists only. */
  const ends = createNumberList()
  return {
    field,
    add(value) {
      if (field.kind === 'list') {
        if (value !== null) for (const item of value as readonly string[]) items.push(numberOf(item) + 1)
        ends.push(items.length())
      } else {
        items.push(value === null ? 0 : numberOf(value as string) + 1)
      }
    },
    bytes: () => Math.max(values.bytes(), words.bytes()),
    take(order) {
      const distinct = distinctTerms(values.take())
      const distinctWords = distinctTerms(words.take())
      const numbers = items.toArray()
      const parts = {
        values: distinct.terms,
        valueCount: distinct.count,
        ...(field.kind === 'list'
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
