/** Collects the values of a text, keyword or list field. Each distinct value is folded and split into words once. */
import type { Field } from '../../../fields.ts'
import { eachItemOfArray } from '../../../records/read/binary-rows.ts'
import { hasBothCases, haveBothCases } from '../../../text/case.ts'
import { fold } from '../../../text/fold.ts'
import { isPlainNumber, wordsOfPhone } from '../../../text/phone-digits.ts'
import { wordsOfFolded } from '../../../text/words.ts'
import type { TermBytes } from '../segment/terms.ts'
import { createNumberList } from '../sets/number-list.ts'
import { type Collector, moveItems } from './collector.ts'
import { type ColumnParts, spelledBits } from './column-arrays.ts'
import { type DistinctTerms, distinctTerms } from './distinct-terms.ts'
import { createTermTable } from './term-table.ts'

export function textCollector(field: Field): Collector {
  const values = createTermTable(fold)
  const isPhone = field.format === 'phone'
  const wordsOf = isPhone ? wordsOfPhone : wordsOfFolded
  const words = createTermTable()
  /** The words of all values in order, and where the words of each value end. */
  const sequences = createNumberList()
  const sequenceEnds = createNumberList()
  const items = createNumberList()
  /** Where the items of each record end. Only for list fields. */
  const ends = createNumberList()

  /** Adds an item with the value of that number. `known` is the number of values before it, so an equal number is new. */
  function take(number: number, known: number): void {
    if (number === known) {
      takeWords(values.startOf(number), values.bytes())
      sequenceEnds.push(sequences.length())
    }
    items.push(number + 1)
  }

  /** Splits the folded value at `start` to `end` of the blob into words. ASCII is split without creating strings. */
  function takeWords(start: number, end: number): void {
    const blob = values.blob()
    for (let place = start; place < end; place++) {
      if (blob[place] <= 0x7f) continue
      for (const word of wordsOf(blob.toString('utf8', start, end))) sequences.push(words.numberOf(word))
      return
    }
    if (isPhone && !isPlainNumber(blob, start, end)) {
      for (const word of wordsOfPhone(blob.toString('latin1', start, end))) sequences.push(words.numberOf(word))
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
  const marksSpelled = field.answered === 'lower'
  /** 1 for each record whose value has both cases. */
  const spelled = createNumberList()
  return {
    field,
    add(value) {
      if (marksSpelled) spelled.push(typeof value === 'string' && hasBothCases(value) ? 1 : 0)
      if (isList) {
        if (value !== null) for (const item of value as readonly string[]) addText(item)
        ends.push(items.length())
      } else if (value === null) items.push(0)
      else addText(value as string)
    },
    addCell(row, start, end) {
      if (marksSpelled) spelled.push(start >= 0 && haveBothCases(row, start, end) ? 1 : 0)
      if (isList) {
        if (start >= 0) eachItemOfArray(row, start, addBytes)
        ends.push(items.length())
      } else if (start < 0) items.push(0)
      else addBytes(row, start, end)
    },
    bytes: () => Math.max(values.bytes(), words.bytes()),
    take(order) {
      const parts = assembleParts(
        {
          values: values.take(),
          words: words.take(),
          sequences: sequences.toArray(),
          sequenceEnds: sequenceEnds.toArray(),
          items: items.toArray(),
          ends: isList ? ends.toArray() : null,
          spelled: marksSpelled ? spelled.toArray() : null,
        },
        order,
      )
      for (const list of [items, ends, spelled, sequences, sequenceEnds]) list.clear()
      return parts
    },
  }
}

/** Everything that a collector has gathered. Values and words are numbered in the order of arrival. */
interface Collected {
  readonly values: TermBytes
  readonly words: TermBytes
  readonly sequences: Uint32Array
  readonly sequenceEnds: Uint32Array
  readonly items: Uint32Array
  /** Null if the field is not a list. */
  readonly ends: Uint32Array | null
  /** 1 for each record whose value has both cases. Null if the field does not need it. */
  readonly spelled: Uint32Array | null
}

/** Sorts values and words, and replaces their numbers with ordinals. */
function assembleParts(collected: Collected, order: Uint32Array): ColumnParts {
  const { sequences, sequenceEnds, items, ends, spelled } = collected
  const values = distinctTerms(collected.values)
  const words = distinctTerms(collected.words)
  return {
    values: values.terms,
    valueCount: values.count,
    ...(ends === null
      ? { items: moveItems(items, order, values.ordinals), itemOffsets: null }
      : moveLists(items, ends, order, values.ordinals)),
    spelled: spelled && spelledBits(order.length, slot => spelled[order[slot]] === 1),
    words: {
      terms: words.terms,
      count: words.count,
      ...moveSequences(sequences, sequenceEnds, values.places, words),
    },
  }
}

const PLUS = 0x2b
const HASH = 0x23

/** For folded ASCII, which has no capitals. */
function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

/** `moveItems` for list fields. Items of a record that are equal after folding are stored once. */
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

/** The words of each distinct value as ordinals. */
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
