/** Exact counts. If the postings alone give the number, no set is built. */
import type { Service } from '../../../fields.ts'
import type { Condition } from '../../../vql/query.ts'
import type { IndexState } from '../index-state.ts'
import { compile } from '../query/compile.ts'
import type { Matcher } from '../query/matcher.ts'
import { UNLIMITED } from '../query/meter.ts'
import { planCondition } from '../query/plan.ts'
import { liveSlots, type Part, partsOf, withReader } from '../query/reader.ts'
import { listBits } from '../sets/bitset.ts'
import { countSlots } from '../sets/slots.ts'

export function count(state: IndexState, service: Service, where: Condition, meter = UNLIMITED): number {
  return withReader(state, meter, reader => {
    const node = planCondition(service, where)
    return partsOf(reader, service).reduce((sum, part) => sum + countPart(part, compile(part, node)), 0)
  })
}

function countPart(part: Part, matcher: Matcher): number {
  const { segment, dead, live } = part
  const gone = segment.size - live
  // While there are few dead records, checking them one by one is cheaper than building the set of matches.
  const few = dead === null || matcher.withinCost(gone) < segment.size / 32 + matcher.cost
  const total = matcher.exact ? matcher.estimate : few ? matcher.count?.() : undefined
  if (!few || total === undefined) return countSlots(liveSlots(part, matcher.all()))
  if (dead === null) return total
  return total - matcher.within(listBits(dead)).length
}
