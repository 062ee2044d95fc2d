/** A collector gathers the values of one field, record by record, and produces the parts of its column. */
import type { Field } from '../../../fields.ts'
import type { IndexedRecord } from '../../engine.ts'
import type { ColumnParts } from './column-arrays.ts'

export interface Collector {
  readonly field: Field
  /** Adds the value of the next record. */
  add(value: IndexedRecord[string]): void
  /** Adds the value of the next record in PostgreSQL's binary format. A negative `start` means NULL. */
  addCell(row: Buffer, start: number, end: number): void
  bytes(): number
  /** Returns everything collected. `order` holds the record number of each slot. The collector is then empty. */
  take(order: Uint32Array): ColumnParts
}

/** Turns value numbers + 1 per record into ordinals + 1 per slot. */
export function moveItems(numbers: Uint32Array, order: Uint32Array, ordinals: Uint32Array): Uint32Array {
  return order.map(record => (numbers[record] === 0 ? 0 : ordinals[numbers[record] - 1] + 1))
}
