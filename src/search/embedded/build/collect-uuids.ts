/** Collects the values of a uuid field. */
import type { Field } from '../../../fields.ts'
import { createNumberList } from '../sets/number-list.ts'
import { type Collector, moveItems } from './collector.ts'
import { distinctTerms } from './distinct-terms.ts'
import { createTermTable } from './term-table.ts'

export function uuidCollector(field: Field): Collector {
  const uuids = createTermTable()
  const items = createNumberList()
  return {
    field,
    add(value) {
      items.push(value === null ? 0 : uuids.numberOfUuid(value as string) + 1)
    },
    addCell(row, start, end) {
      items.push(start < 0 ? 0 : uuids.numberOfExact(row, start, end) + 1)
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
