/**
 * Builds a segment from records in any order: collects their values, sorts and numbers them, and writes the arrays. A value
 * that occurs in several records is folded and split into words only once. The segment depends on nothing but its records,
 * so this can run in any thread or process.
 */
import { randomUUID } from 'node:crypto'
import { FIELDS, type Field, type Service } from '../../../fields.ts'
import type { TakeRow } from '../../../records/read/binary-rows.ts'
import type { IndexedRecord } from '../../engine.ts'
import { writeArena } from '../segment/arena.ts'
import { ARRAYS, columnFields, type SegmentData } from '../segment/segment.ts'
import { UUID_BYTES } from '../segment/uuids.ts'
import { numberCollector } from './collect-numbers.ts'
import { textCollector } from './collect-texts.ts'
import { uuidCollector } from './collect-uuids.ts'
import type { Collector } from './collector.ts'
import { columnArrays } from './column-arrays.ts'
import { sortTerms } from './sort-terms.ts'
import { createTermTable } from './term-table.ts'

export interface SegmentBuilder {
  /** The number of records so far. */
  size(): number
  /** The size in bytes of the largest field so far, which decides when a segment is full. */
  bytes(): number
  /** Adds a record. The caller ensures that no uuid is added twice. */
  add(record: IndexedRecord): void
  /** Adds a record in PostgreSQL's binary format, with the fields of the service in order. */
  readonly addRow: TakeRow
  /** Returns the segment of all records added, or null if there are none. The builder is then empty. */
  finish(): SegmentData | null
}

export function createSegmentBuilder(service: Service): SegmentBuilder {
  const uuids = createTermTable()
  const collectors: readonly Collector[] = columnFields(service).map(collectorOf)
  /** For each collector, the position of its field in a row. */
  const inRow = collectors.map(collector => FIELDS[service].indexOf(collector.field))
  const uuidInRow = FIELDS[service].findIndex(field => field.name === 'uuid')
  return {
    size: uuids.size,
    bytes: () => Math.max(...collectors.map(collector => collector.bytes())),
    add(record) {
      uuids.numberOfUuid(record.uuid)
      for (const collector of collectors) collector.add(record[collector.field.name] ?? null)
    },
    addRow(row, places) {
      uuids.numberOfExact(row, places[2 * uuidInRow], places[2 * uuidInRow + 1])
      for (let index = 0; index < collectors.length; index++) {
        const place = 2 * inRow[index]
        collectors[index].addCell(row, places[place], places[place + 1])
      }
    },
    finish() {
      const size = uuids.size()
      if (size === 0) return null
      const { blob, offsets } = uuids.take()
      const order = sortTerms(blob, offsets)
      const arrays = collectors.flatMap(collector => {
        const column = columnArrays(collector.field, collector.take(order), size)
        return ARRAYS.map(name => column[name])
      })
      const buffer = writeArena([pickRows(blob, order), ...arrays])
      return { id: randomUUID(), service, size, buffer }
    },
  }
}

function collectorOf(field: Field): Collector {
  if (field.kind === 'integer' || field.kind === 'date') return numberCollector(field)
  return field.kind === 'uuid' ? uuidCollector(field) : textCollector(field)
}

function pickRows(rows: Uint8Array, order: Uint32Array): Uint8Array {
  const picked = new Uint8Array(rows.length)
  let end = 0
  for (const place of order) {
    for (let byte = place * UUID_BYTES; byte < (place + 1) * UUID_BYTES; byte++) picked[end++] = rows[byte]
  }
  return picked
}
