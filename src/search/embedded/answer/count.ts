/** Exact counts. If the postings alone give the number, no set is built. */
import type { Service } from '../../../fields.ts'
import type { Condition } from '../../../vql/query.ts'
import type { IndexState } from '../index-state.ts'
import { companyMatchers, compile } from '../query/compile.ts'
import { countJoined } from '../query/join.ts'
import type { Matcher } from '../query/matcher.ts'
import { UNLIMITED } from '../query/meter.ts'
import { type Node, planCondition } from '../query/plan.ts'
import { liveSlots, type Part, partsOf, type Reader, withReader } from '../query/reader.ts'
import { listBits } from '../sets/bitset.ts'
import { countSlots, dense, intersect } from '../sets/slots.ts'

export function count(state: IndexState, service: Service, where: Condition, meter = UNLIMITED): number {
  return withReader(state, meter, reader => {
    const node = planCondition(service, where)
    const parts = partsOf(reader, service)
    const joined = countByCompanies(reader, node)
    return joined === null
      ? parts.reduce((sum, part) => sum + countPart(part, compile(part, node)), 0)
      : parts.reduce((sum, part) => (part.dead === null ? sum : sum - countDead(part, compile(part, node))), joined)
  })
}

/** The number of contacts if the condition is only about their companies, dead contacts included. Null if it is not. */
function countByCompanies(reader: Reader, node: Node): number | null {
  if (node.type === 'join') return countJoined(reader, node, companyMatchers(reader, node))
  if (node.type !== 'not') return null
  const others = countByCompanies(reader, node.of)
  return others === null ? null : reader.contacts.reduce((sum, { segment }) => sum + segment.size, 0) - others
}

function countPart(part: Part, matcher: Matcher): number {
  const few = hasFewDead(part, matcher)
  const total = matcher.exact ? matcher.estimate : few ? matcher.count?.() : undefined
  if (!few || total === undefined) return countSlots(liveSlots(part, matcher.all()))
  return total - countDead(part, matcher)
}

/** While there are few dead records, checking them one by one is cheaper than building the set of matches. */
function hasFewDead({ segment, dead, live }: Part, matcher: Matcher): boolean {
  return dead === null || matcher.withinCost(segment.size - live) < segment.size / 32 + matcher.cost
}

/** The number of dead records that match. */
function countDead(part: Part, matcher: Matcher): number {
  const { dead, reader } = part
  if (dead === null) return 0
  return hasFewDead(part, matcher)
    ? matcher.within(listBits(dead)).length
    : countSlots(intersect(matcher.all(), dense(dead), reader.scratch))
}
