/** Creates the views of a segment over its buffer, without copying. */
import type { Field } from '../../../fields.ts'
import type { Bits } from '../sets/bitset.ts'
import { type ArenaArray, readArray } from './arena.ts'
import type { Ascending } from './ascending.ts'
import type { Postings } from './postings.ts'
import {
  type Column,
  columnFields,
  PARTS,
  type Part,
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
  const first = 1 + PARTS.length * columnFields(data.service).findIndex(({ name }) => name === field.name)
  const part = <T extends ArenaArray>(name: Part) => readArray(data.buffer, first + PARTS.indexOf(name)) as T
  const ascending = (bases: Part, steps: Part): Ascending => ({ bases: part(bases), steps: part(steps) })
  const postings: Postings = {
    members: data.size,
    offsets: ascending('postingBases', 'postingSteps'),
    list: part('postings'),
    denseKeys: part('denseValues'),
    denseCounts: part('denseCounts'),
    denseBits: part('denseBits'),
  }
  const size = postings.offsets.steps.length - 1
  const spelled: Bits = part('spelled')
  return {
    field,
    size: data.size,
    values: openValues(field, size, part),
    items: part('items'),
    itemOffsets: field.kind === 'list' ? ascending('itemBases', 'itemSteps') : null,
    postings,
    spelled: spelled.length === 0 ? null : spelled,
    words: hasWords(field) ? openWords(size, part, ascending) : null,
  }
}

type ReadPart = <T extends ArenaArray>(name: Part) => T

function openValues(field: Field, size: number, part: ReadPart): Values {
  if (field.kind === 'uuid') return { kind: 'uuids', rows: part('values'), size }
  if (!hasWords(field)) return { kind: 'numbers', numbers: { bases: part('values'), steps: part('valueIndex') }, size }
  const terms: Terms = { blocks: part('values'), starts: part('valueIndex'), size }
  return { kind: 'terms', terms, signatures: openSignatures(part('valueSignatures'), terms), size }
}

function openWords(values: number, part: ReadPart, ascending: (bases: Part, steps: Part) => Ascending): Words {
  const postings: Postings = {
    members: values,
    offsets: ascending('wordPostingBases', 'wordPostingSteps'),
    list: part('wordPostings'),
    denseKeys: part('denseWords'),
    denseCounts: part('denseWordCounts'),
    denseBits: part('denseWordBits'),
  }
  const terms: Terms = { blocks: part('words'), starts: part('wordIndex'), size: postings.offsets.steps.length - 1 }
  return {
    terms,
    signatures: openSignatures(part('wordSignatures'), terms),
    sequences: {
      bytes: part('sequences'),
      offsets: ascending('sequenceBases', 'sequenceSteps'),
      frequent: part('frequentWords'),
    },
    postings,
    heavyWords: part('heavyWords'),
    heavyWeights: part('heavyWeights'),
  }
}
