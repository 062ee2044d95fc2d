/** The smallest and the largest number of a field among the matching records. */
import type { Field, Service } from '../../fields.ts'
import type { Condition } from '../../vql/query.ts'
import { numberAt } from './ascending.ts'
import { companiesOf } from './company-counts.ts'
import type { IndexState } from './index-state.ts'
import { membersOf } from './postings.ts'
import { isJoined, type Matched, matchAll, withReader } from './reader.ts'
import { firstCommon } from './slots.ts'

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
  const { numbers, size } = values
  let low = 0
  let high = size - 1
  if (slots.kind === 'sparse') {
    low = size
    high = -1
    for (const slot of slots.list) {
      if (items[slot] === 0) continue
      low = Math.min(low, items[slot] - 1)
      high = Math.max(high, items[slot] - 1)
    }
  } else {
    while (low < size && firstCommon(membersOf(postings, low), slots) < 0) low++
    while (high > low && firstCommon(membersOf(postings, high), slots) < 0) high--
  }
  return low > high ? null : { min: numberAt(numbers, low), max: numberAt(numbers, high) }
}
