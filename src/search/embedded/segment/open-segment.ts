/** Creates the views of a segment over its buffer, without copying. */
import type { Field } from '../../../fields.ts'
import type { Bits } from '../sets/bitset.ts'
import { type ArenaArray, readArray } from './arena.ts'
import type { Ascending } from './ascending.ts'
import type { Postings } from './postings.ts'
import {
  ARRAYS,
  type ArrayName,
  type Column,
  columnFields,
  type Segment,
  type SegmentData,
  type Values,
  type Words,
} from './segment.ts'
import { openSignatures } from './signatures.ts'
import type { Terms } from './terms.ts'

function hasWords(field: Field): boolean {
  return field.kind === 'text' || field.kind === 'keyword' || field.kind === 'list'
}

const opened = new WeakMap<SegmentData, Segment>()

export function openSegment(data: SegmentData): Segment {
  let segment = opened.get(data)
  if (segment === undefined) {
    // By name, because the fields of a query from another thread are copies.
    const columns = new Map<string, Column>()
    segment = {
      ...data,
      uuids: readArray(data.buffer, 0) as Uint8Array,
      column(field) {
        let column = columns.get(field.name)
        if (column === undefined) {
          column = openColumn(data, field)
          columns.set(field.name, column)
        }
        return column
      },
    }
    opened.set(data, segment)
  }
  return segment
}

function openColumn(data: SegmentData, field: Field): Column {
  const first = 1 + ARRAYS.length * columnFields(data.service).findIndex(({ name }) => name === field.name)
  const array = <T extends ArenaArray>(name: ArrayName) => readArray(data.buffer, first + ARRAYS.indexOf(name)) as T
  const ascending = (bases: ArrayName, steps: ArrayName): Ascending => ({ bases: array(bases), steps: array(steps) })
  const postings: Postings = {
    members: data.size,
    offsets: ascending('postingBases', 'postingSteps'),
    list: array('postings'),
    denseKeys: array('denseValues'),
    denseCounts: array('denseCounts'),
    denseBits: array('denseBits'),
  }
  const size = postings.offsets.steps.length - 1
  const spelled: Bits = array('spelled')
  return {
    field,
    size: data.size,
    values: openValues(field, size, array),
    items: array('items'),
    itemOffsets: field.kind === 'list' ? ascending('itemBases', 'itemSteps') : null,
    postings,
    spelled: spelled.length === 0 ? null : spelled,
    words: hasWords(field) ? openWords(size, array, ascending) : null,
  }
}

type ReadArray = <T extends ArenaArray>(name: ArrayName) => T

function openValues(field: Field, size: number, array: ReadArray): Values {
  if (field.kind === 'uuid') return { kind: 'uuids', rows: array('values'), size }
  if (!hasWords(field))
    return { kind: 'numbers', numbers: { bases: array('values'), steps: array('valueIndex') }, size }
  const terms: Terms = { blocks: array('values'), starts: array('valueIndex'), size }
  return { kind: 'terms', terms, signatures: openSignatures(array('valueSignatures'), terms), size }
}

function openWords(
  values: number,
  array: ReadArray,
  ascending: (bases: ArrayName, steps: ArrayName) => Ascending,
): Words {
  const postings: Postings = {
    members: values,
    offsets: ascending('wordPostingBases', 'wordPostingSteps'),
    list: array('wordPostings'),
    denseKeys: array('denseWords'),
    denseCounts: array('denseWordCounts'),
    denseBits: array('denseWordBits'),
  }
  const terms: Terms = { blocks: array('words'), starts: array('wordIndex'), size: postings.offsets.steps.length - 1 }
  return {
    terms,
    signatures: openSignatures(array('wordSignatures'), terms),
    sequences: {
      bytes: array('sequences'),
      offsets: ascending('sequenceBases', 'sequenceSteps'),
      frequent: array('frequentWords'),
    },
    postings,
    heavyWords: array('heavyWords'),
    heavyWeights: array('heavyWeights'),
  }
}
