/**
 * Bulk load: builds segments from records of one service, in any order. Records are only held until they fill a segment, so
 * the memory required depends on the size of a segment, not on the amount of data.
 */

import type { Service } from '../../../fields.ts'
import type { TakeRow } from '../../../records/read/binary-rows.ts'
import type { IndexedRecord } from '../../engine.ts'
import type { SegmentData } from '../segment/segment.ts'
import { createSegmentBuilder } from './build-segment.ts'

/** A segment is full when it has this many records, or when the values of one field have this many bytes. */
const MAX_RECORDS = 1_000_000
const MAX_BYTES = 2 ** 28

export interface BulkBuilder {
  /** Adds a record. Each uuid is added at most once. */
  add(record: IndexedRecord): void
  /** Adds a record in PostgreSQL's binary format. */
  readonly addRow: TakeRow
  /** Builds the last segment from the remaining records. */
  finish(): void
}

/** `take` is called with each segment as soon as it is full. */
export function createBulkBuilder(
  service: Service,
  take: (segment: SegmentData) => void,
  maxRecords = MAX_RECORDS,
): BulkBuilder {
  const builder = createSegmentBuilder(service)
  function flush(): void {
    const segment = builder.finish()
    if (segment !== null) take(segment)
  }
  function flushIfFull(): void {
    const size = builder.size()
    if (size >= maxRecords || (size % 64 === 0 && builder.bytes() >= MAX_BYTES)) flush()
  }
  return {
    add(record) {
      builder.add(record)
      flushIfFull()
    },
    addRow(row, places) {
      builder.addRow(row, places)
      flushIfFull()
    },
    finish: flush,
  }
}
