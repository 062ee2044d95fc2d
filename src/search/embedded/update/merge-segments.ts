/**
 * Merges several segments into one, leaving out dead records. Texts are not analysed again: dictionaries are merged, ordinals
 * are renumbered, and the rest is derived in the same way as when building. The result depends on nothing but the inputs, so
 * this can run in any thread.
 */
import { randomUUID } from 'node:crypto'
import type { Field } from '../../../fields.ts'
import { type ColumnParts, columnArrays, spelledBits, type WordParts } from '../build/column-arrays.ts'
import type { Entry } from '../index-state.ts'
import { writeArena } from '../segment/arena.ts'
import { type Ascending, numberAt } from '../segment/ascending.ts'
import { openSegment } from '../segment/open-segment.ts'
import { ARRAYS, type Column, columnFields, type Segment, type SegmentData } from '../segment/segment.ts'
import { readSequence, type WordBuffer } from '../segment/sequences.ts'
import { type TermBytes, unpackTerms } from '../segment/terms.ts'
import { rowOffsets, UUID_BYTES } from '../segment/uuids.ts'
import { type Bits, hasBit } from '../sets/bitset.ts'
import { createNumberList } from '../sets/number-list.ts'
import type { MergePlan } from './merge-policy.ts'
import { type MergedTerms, mergeNumbers, mergeTerms } from './merge-terms.ts'

/** Where each slot of the new segment comes from: the number of the input, and the slot there. */
interface Origins {
  readonly inputs: Uint8Array | Uint16Array
  readonly slots: Uint32Array
}

/** Returns a segment with the live records of the inputs, or null if there are none. */
export function runMerge(plan: MergePlan): SegmentData | null {
  const segments = plan.inputs.map(entry => openSegment(entry.segment))
  const { rows, origins } = mergeUuids(segments, plan.inputs)
  const size = origins.slots.length
  if (size === 0) return null
  const { service } = segments[0]
  const arrays = columnFields(service).flatMap(field => {
    const merged = columnArrays(field, mergeColumn(field, segments, origins), size)
    return ARRAYS.map(name => merged[name])
  })
  const buffer = writeArena([rows, ...arrays])
  return { id: randomUUID(), service, size, buffer }
}

function mergeUuids(segments: readonly Segment[], entries: readonly Entry[]) {
  const merged = mergeTerms(
    segments.map((segment, input) => ({
      terms: rowTerms(segment.uuids),
      used: Uint8Array.from({ length: segment.size }, (_, slot) => (isDead(entries[input], slot) ? 0 : 1)),
    })),
  )
  return { rows: merged.terms.blob, origins: { inputs: merged.inputs, slots: merged.ordinals } }
}

function isDead(entry: Entry, slot: number): boolean {
  return entry.dead !== null && hasBit(entry.dead, slot)
}

function rowTerms(rows: Uint8Array): TermBytes {
  return { blob: rows, offsets: rowOffsets(rows.length / UUID_BYTES) }
}

function mergeColumn(field: Field, segments: readonly Segment[], origins: Origins): ColumnParts {
  const columns = segments.map(segment => segment.column(field))
  const used = columns.map(column => new Uint8Array(column.values.size))
  eachItem(columns, origins, (input, item) => {
    if (item !== 0) used[input][item - 1] = 1
  })
  if (field.kind === 'integer' || field.kind === 'date') {
    const merged = mergeNumbers(columns.map(numbersOf), used)
    return {
      values: merged.numbers,
      valueCount: merged.numbers.length,
      ...moveItems(field, columns, origins, merged.renumbered),
      words: null,
    }
  }
  const merged = mergeTerms(columns.map((column, input) => ({ terms: termsOf(column), used: used[input] })))
  return {
    values: field.kind === 'uuid' ? merged.terms.blob : merged.terms,
    valueCount: merged.ordinals.length,
    ...moveItems(field, columns, origins, merged.renumbered),
    spelled: mergeSpelled(columns, origins),
    words: field.kind === 'uuid' ? null : mergeWords(columns, merged),
  }
}

function mergeSpelled(columns: readonly Column[], { inputs, slots }: Origins): Bits | null {
  if (columns.every(({ spelled }) => spelled === null)) return null
  return spelledBits(slots.length, slot => {
    const { spelled } = columns[inputs[slot]]
    return spelled !== null && hasBit(spelled, slots[slot])
  })
}

function termsOf(column: Column): TermBytes {
  if (column.values.kind === 'terms') return unpackTerms(column.values.terms)
  if (column.values.kind === 'uuids') return rowTerms(column.values.rows)
  throw new TypeError('a number column has no terms')
}

function numbersOf(column: Column): Ascending {
  if (column.values.kind !== 'numbers') throw new TypeError('not a number column')
  return column.values.numbers
}

/** Merges the words of the remaining values. The words of a value are read from the input that the value comes from. */
function mergeWords(columns: readonly Column[], values: MergedTerms): WordParts {
  const words = columns.map(column => column.words!)
  const used = words.map(({ terms }) => new Uint8Array(terms.size))
  const buffer: WordBuffer = { words: new Uint32Array(16) }
  const sequences = createNumberList()
  const sequenceOffsets = new Uint32Array(values.ordinals.length + 1)
  values.ordinals.forEach((ordinal, value) => {
    const input = values.inputs[value]
    const count = readSequence(words[input].sequences, ordinal, buffer)
    for (let place = 0; place < count; place++) {
      used[input][buffer.words[place]] = 1
      sequences.push(buffer.words[place])
    }
    sequenceOffsets[value + 1] = sequenceOffsets[value] + count
  })
  const merged = mergeTerms(words.map(({ terms }, input) => ({ terms: unpackTerms(terms), used: used[input] })))
  const moved = sequences.toArray()
  values.inputs.forEach((input, value) => {
    const renumbered = merged.renumbered[input]
    for (let place = sequenceOffsets[value]; place < sequenceOffsets[value + 1]; place++) {
      moved[place] = renumbered[moved[place]]
    }
  })
  return { terms: merged.terms, count: merged.ordinals.length, sequences: moved, sequenceOffsets }
}

function eachItem(
  columns: readonly Column[],
  origins: Origins,
  visit: (input: number, item: number, slot: number) => void,
): void {
  const { inputs, slots } = origins
  for (let slot = 0; slot < slots.length; slot++) {
    const { items, itemOffsets } = columns[inputs[slot]]
    const old = slots[slot]
    if (itemOffsets === null) {
      visit(inputs[slot], items[old], slot)
    } else {
      const end = numberAt(itemOffsets, old + 1)
      for (let place = numberAt(itemOffsets, old); place < end; place++) visit(inputs[slot], items[place], slot)
    }
  }
}

function moveItems(field: Field, columns: readonly Column[], origins: Origins, renumbered: readonly Uint32Array[]) {
  const size = origins.slots.length
  if (field.kind !== 'list') {
    const items = new Uint32Array(size)
    eachItem(columns, origins, (input, item, slot) => {
      if (item !== 0) items[slot] = renumbered[input][item - 1] + 1
    })
    return { items, itemOffsets: null }
  }
  const items = createNumberList()
  const itemOffsets = new Uint32Array(size + 1)
  eachItem(columns, origins, (input, item, slot) => {
    items.push(renumbered[input][item - 1] + 1)
    itemOffsets[slot + 1]++
  })
  for (let slot = 0; slot < size; slot++) itemOffsets[slot + 1] += itemOffsets[slot]
  return { items: items.toArray(), itemOffsets }
}
