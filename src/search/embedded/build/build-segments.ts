/**
 * The bulk load: records of one service in any order into segments. Records are held only until they fill a segment, so the
 * memory this takes is that of a segment, not of the data.
 */

import type { Service } from '../../../fields.ts'
import type { TakeRow } from '../../../records/read/binary-rows.ts'
import type { IndexedRecord } from '../../engine.ts'
import type { SegmentData } from '../segment/segment.ts'
import { createSegmentBuilder } from './build-segment.ts'

/** Records, and bytes of the values of one field, that make a segment. */
const MOST_RECORDS = 1_000_000
const MOST_BYTES = 2 ** 28

export interface BulkBuilder {
  /** Takes a record; one uuid comes once at most. */
  add(record: IndexedRecord): void
  /** The same as PostgreSQL sends it. */
  readonly addRow: TakeRow
  /** What was not a whole segment yet. */
  finish(): void
}

/** `take` gets every segment as soon as it is full. */
export function createBulkBuilder(
  service: Service,
  take: (segment: SegmentData) => void,
  mostRecords = MOST_RECORDS,
): BulkBuilder {
  const builder = createSegmentBuilder(service)
  function flush(): void {
    const segment = builder.finish()
    if (segment !== null) take(segment)
  }
  function flushIfFull(): void {
    const size = builder.size()
    if (size >= mostRecords || (size % 64 === 0 && builder.bytes() >= MOST_BYTES)) flush()
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
