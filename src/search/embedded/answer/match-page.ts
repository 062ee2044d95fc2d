/**
 * The candidates for a page. When a query has a condition on companies, building the set of all contacts that satisfy it is
 * most of the work of a page: 2 ms with 1,000,000 contacts, 180 ms with 10,000,000. If a good share of the contacts satisfy
 * the condition, it is faster to go through the contacts in order and test the company of each until the page is full. Only
 * the other conditions of the query are then turned into a set.
 */
import type { Service } from '../../../fields.ts'
import { companyMatchers, compile } from '../query/compile.ts'
import { joinTest } from '../query/join.ts'
import type { Matched } from '../query/match-all.ts'
import { and, fixed } from '../query/matcher.ts'
import type { Join, Node } from '../query/plan.ts'
import { liveSlots, type Part, partsOf, type Reader } from '../query/reader.ts'
import { countSlots } from '../sets/slots.ts'

export interface Candidates extends Matched {
  /** Returns true for the slots that match. Null if all of them do. */
  readonly test: ((slot: number) => boolean) | null
  /** The approximate share of the slots that match. */
  readonly share: number
}

/** The smallest share assumed for a negated join, whose share may be estimated as 0 although some contacts match. */
const MIN_SHARE = 1 / 64
/** Testing one contact costs about as much as adding this many contacts to a set. */
const LOOK = 4

/** `need` is the number of rows that will be read, including those before the page. */
export function matchForPage(reader: Reader, service: Service, node: Node, need: number): readonly Candidates[] {
  const all = node.type === 'and' ? node.of : [node]
  const joins = all.filter(isJoin)
  const others = all.filter(child => !isJoin(child))
  return partsOf(reader, service).map(part => {
    const whole = () => ({ part, slots: liveSlots(part, compile(part, node).all()), test: null, share: 1 })
    if (joins.length === 0) return whole()
    const share = joins.reduce((product, join) => product * shareOf(part, join), 1)
    const looks = (need / share) * LOOK
    const rest = compile(part, others.length === 0 ? { type: 'all' } : { type: 'and', of: others })
    if (looks >= rest.estimate) return whole()
    const slots = liveSlots(part, rest.all())
    if (looks < countSlots(slots)) {
      const tests = joins.map(join => testOf(part, join))
      return { part, slots, test: (slot: number) => tests.every(test => test(slot)), share }
    }
    const matchers = [fixed(slots), ...joins.map(join => compile(part, join))]
    return { part, slots: and(matchers, part.segment.size, reader.scratch).all(), test: null, share: 1 }
  })
}

function isJoin(node: Node): boolean {
  return node.type === 'join' || (node.type === 'not' && node.of.type === 'join')
}

function shareOf(part: Part, node: Node): number {
  const inner = node.type === 'not' ? node.of : node
  const share = compile(part, inner).estimate / part.segment.size
  return node.type === 'not' ? Math.max(MIN_SHARE, 1 - share) : share
}

function testOf(part: Part, node: Node): (slot: number) => boolean {
  if (node.type === 'not') {
    const test = testOf(part, node.of)
    return slot => !test(slot)
  }
  return joinTest(part, node as Join, companyMatchers(part.reader, node as Join))
}
