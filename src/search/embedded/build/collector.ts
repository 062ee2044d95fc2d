/** What collects the values of one field, record by record, and makes of them what a column is written from. */
import type { Field } from '../../../fields.ts'
import type { IndexedRecord } from '../../engine.ts'
import type { ColumnParts } from './column-arrays.ts'

export interface Collector {
  readonly field: Field
  /** The value of the next record. */
  add(value: IndexedRecord[string]): void
  /** The same as PostgreSQL sends it in its binary format; a negative `start` is NULL. */
  addCell(row: Buffer, start: number, end: number): void
  bytes(): number
  /** All that was collected; `order` tells for every slot which record it is. The collector is empty afterwards. */
  take(order: Uint32Array): ColumnParts
}

/** Numbers + 1 per record to ordinals + 1 per slot. */
export function moveItems(numbers: Uint32Array, order: Uint32Array, ordinals: Uint32Array): Uint32Array {
  return order.map(record => (numbers[record] === 0 ? 0 : ordinals[numbers[record] - 1] + 1))
}
