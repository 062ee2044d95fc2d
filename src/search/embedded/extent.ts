/** The smallest and the largest number of a field among the matching records. */
import type { Field, Service } from '../../fields.ts'
import type { Condition } from '../../vql/query.ts'
import { companiesOf } from './company-counts.ts'
import type { IndexState } from './index-state.ts'
import { isJoined, type Matched, matchAll, withReader } from './reader.ts'
import { countSlots, hasSlot } from './slots.ts'

export interface Extent {
  readonly min: number
  readonly max: number
}

export function extent(state: IndexState, service: Service, field: Field, where: Condition): Extent | null {
  return withReader(state, reader => {
    const matched = matchAll(reader, service, where)
    const extents = (isJoined(service, field) ? companiesOf(reader, matched) : matched).map(one => extentOf(one, field))
    return extents.reduce(widen, null)
  })
}

function widen(a: Extent | null, b: Extent | null): Extent | null {
  if (a === null || b === null) return a ?? b
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }
}

/** Few matches are looked at one by one; of many, one is soon met when walking in from either end of the order. */
function extentOf({ part, slots }: Matched, field: Field): Extent | null {
  const { items, values, postings } = part.segment.column(field)
  if (values.kind !== 'numbers') return null
  const { numbers } = values
  const count = countSlots(slots)
  if (count === 0) return null
  if (slots.kind === 'sparse') {
    let low = numbers.length
    let high = -1
    for (const slot of slots.list) {
      if (items[slot] === 0) continue
      low = Math.min(low, items[slot] - 1)
      high = Math.max(high, items[slot] - 1)
    }
    return high < 0 ? null : { min: numbers[low], max: numbers[high] }
  }
  let first = 0
  while (first < postings.length && !hasSlot(slots, postings[first])) first++
  if (first === postings.length) return null
  let last = postings.length - 1
  while (!hasSlot(slots, postings[last])) last--
  return { min: numbers[items[postings[first]] - 1], max: numbers[items[postings[last]] - 1] }
}
