/** Collects the values of a number or date field. */
import type { Field } from '../../../fields.ts'
import { readBigint, readTimestamp } from '../../../records/read/binary-rows.ts'
import { lowerBoundIn } from '../sets/slots.ts'
import type { Collector } from './collector.ts'

export function numberCollector(field: Field): Collector {
  let numbers = new Float64Array(16)
  let count = 0
  function push(number: number): void {
    if (count === numbers.length) {
      const larger = new Float64Array(2 * count)
      larger.set(numbers)
      numbers = larger
    }
    numbers[count++] = number
  }
  const decode = field.kind === 'date' ? readTimestamp : readBigint
  return {
    field,
    add(value) {
      push(value === null ? Number.NaN : (value as number))
    },
    addCell(row, start) {
      push(start < 0 ? Number.NaN : decode(row, start))
    },
    bytes: () => 8 * count,
    take(order) {
      const sorted = numbers.slice(0, count).sort()
      let distinct = 0
      for (let place = 0; place < count; place++) {
        // NaN stands for a missing value and is sorted last.
        if (Number.isNaN(sorted[place])) break
        if (place === 0 || sorted[place] !== sorted[distinct - 1]) sorted[distinct++] = sorted[place]
      }
      const values = sorted.slice(0, distinct)
      const find = rankFinder(values)
      const items = order.map(record => (Number.isNaN(numbers[record]) ? 0 : find(numbers[record]) + 1))
      numbers = new Float64Array(16)
      count = 0
      return { values, valueCount: distinct, items, itemOffsets: null, words: null }
    },
  }
}

/** Returns a function that finds the index of a number in `values`. Interpolation first narrows it to one of 65,536 ranges. */
function rankFinder(values: Float64Array): (value: number) => number {
  const lowest = values[0] ?? 0
  const spread = (values.at(-1) ?? 0) - lowest
  const last = Math.min(65_536, values.length) - 1
  const markOf = (value: number) => (spread === 0 ? 0 : Math.floor(((value - lowest) / spread) * last))
  const marks = new Uint32Array(last + 3)
  for (const value of values) marks[markOf(value) + 1]++
  for (let mark = 1; mark < marks.length; mark++) marks[mark] += marks[mark - 1]
  return value => {
    const mark = markOf(value)
    return lowerBoundIn(values, value, marks[mark], marks[mark + 1])
  }
}
