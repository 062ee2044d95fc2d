/** The smallest and the largest value of a numeric field among the matching records. */
import type { Field, Service } from '../../../fields.ts'
import type { Condition } from '../../../vql/query.ts'
import type { IndexState } from '../index-state.ts'
import { type Matched, matchAll } from '../query/match-all.ts'
import { UNLIMITED } from '../query/meter.ts'
import { isJoined, withReader } from '../query/reader.ts'
import { numberAt } from '../segment/ascending.ts'
import { membersOf } from '../segment/postings.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { countSlots, firstCommon } from '../sets/slots.ts'
import { companiesOf } from './company-counts.ts'

export interface Extent {
  readonly min: number
  readonly max: number
}

export function extent(
  state: IndexState,
  service: Service,
  field: Field,
  where: Condition,
  meter = UNLIMITED,
): Extent | null {
  return withReader(state, meter, reader => {
    const matched = matchAll(reader, service, where)
    const extents = (isJoined(service, field) ? companiesOf(reader, matched) : matched).map(one => extentOf(one, field))
    return extents.reduce(widen, null)
  })
}

function widen(a: Extent | null, b: Extent | null): Extent | null {
  if (a === null || b === null) return a ?? b
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }
}

/**
 * The number of values tried from each end of the order before falling back to reading all matches: they may all be far
 * from the ends.
 */
const WALKED = 1024
/** The cost of reading the value of a match. */
const READ = 2

/** Few matches are read one by one. With many, walking in from either end of the order finds one soon. */
function extentOf({ part, slots }: Matched, field: Field): Extent | null {
  const { items, values, postings } = part.segment.column(field)
  if (values.kind !== 'numbers') return null
  const { numbers, size } = values
  let low = 0
  let high = size - 1
  const hasMatch = (ordinal: number) => firstCommon(membersOf(postings, ordinal), slots) >= 0
  if (slots.kind === 'dense') {
    while (low < Math.min(size, WALKED) && !hasMatch(low)) low++
    while (high > Math.max(low, size - WALKED) && !hasMatch(high)) high--
  }
  if (slots.kind === 'sparse' || (low < size && !hasMatch(low)) || (high > low && !hasMatch(high))) {
    low = size
    high = -1
    part.reader.meter.spend(countSlots(slots) * READ)
    eachSlot(slots, slot => {
      const ordinal = items[slot] - 1
      if (ordinal < 0) return
      if (ordinal < low) low = ordinal
      if (ordinal > high) high = ordinal
    })
  }
  return low > high ? null : { min: numberAt(numbers, low), max: numberAt(numbers, high) }
}
