/**
 * From companies to their contacts. A condition on companies is resolved to slots in the segments of companies, then to
 * ordinals of `company_id` (company-pairs.ts), and finally to a condition of the form "company_id is one of these".
 */

import { countOfAll } from '../segment/postings.ts'
import type { Column } from '../segment/segment.ts'
import { findUuid } from '../segment/uuids.ts'
import { hasBit } from '../sets/bitset.ts'
import { createNumberList } from '../sets/number-list.ts'
import { concatenate, hasSlot, type Slots, sparse } from '../sets/slots.ts'
import { companyColumn, namedCompanies, ordinalsOfSlots, slotFinder } from './company-pairs.ts'
import type { Matcher } from './matcher.ts'
import type { Join } from './plan.ts'
import { liveSlots, type Part, type Reader } from './reader.ts'
import { ordinalsMatcher } from './value-matchers.ts'

/** `matchers` is the condition of the join, compiled for each segment of companies. */
export function joinMatcher(part: Part, node: Join, matchers: readonly Matcher[]): Matcher {
  const { segment, reader } = part
  const { scratch } = reader
  const column = companyColumn(segment)
  const companies = Math.max(
    1,
    reader.companies.reduce((sum, { segment }) => sum + segment.size, 0),
  )
  const wanted = matchers.reduce((sum, matcher) => sum + matcher.estimate, 0)
  const named = column.values.size
  const having = countOfAll(column.postings)
  let resolved: Matcher | null = null
  const resolve = () => {
    resolved ??= ordinalsMatcher(column, ordinalsOf(part, joinedCompanies(reader, node, matchers)), scratch)
    return resolved
  }
  return {
    estimate: wanted === 0 ? 0 : Math.max(1, (Math.min(wanted, companies) / companies) * having),
    exact: false,
    cost:
      matchers.reduce((sum, matcher) => sum + matcher.cost, 0) +
      Math.min(wanted, named) +
      (wanted / companies) * having +
      segment.size / 32,
    count: () => resolve().estimate,
    all: () => resolve().all(),
    within(list) {
      if (resolved !== null || list.length * 16 > named) return resolve().within(list)
      const ordinals = distinctOrdinals(column, list)
      return ordinalsMatcher(column, refine(part, matchers, ordinals), scratch).within(list)
    },
  }
}

/** Returns a test for contacts: whether the company of a contact is alive and satisfies the condition of the join. */
export function joinTest(part: Part, node: Join, matchers: readonly Matcher[]): (slot: number) => boolean {
  const { items } = companyColumn(part.segment)
  const joined = joinedCompanies(part.reader, node, matchers)
  const sources = part.reader.companies
    .map((company, index) => ({ find: slotFinder(part, company), slots: joined[index] }))
    .filter(({ slots }) => slots.kind === 'dense' || slots.list.length > 0)
  return slot => {
    const ordinal = items[slot] - 1
    if (ordinal < 0) return false
    for (const { find, slots } of sources) {
      const company = find(ordinal)
      if (company >= 0 && hasSlot(slots, company)) return true
    }
    return false
  }
}

/** The live companies that satisfy the condition of the join, one set per segment. Computed once per query. */
function joinedCompanies(reader: Reader, node: Join, matchers: readonly Matcher[]): readonly Slots[] {
  let slots = reader.joined.get(node)
  if (slots === undefined) {
    slots = matchers.map((matcher, index) => liveSlots(reader.companies[index], matcher.all()))
    reader.joined.set(node, slots)
  }
  return slots
}

/** The ordinals of `company_id` that refer to one of these companies. `companies` has one set per segment. */
function ordinalsOf(part: Part, companies: readonly Slots[]): Uint32Array {
  return concatenate(companies.map((slots, index) => ordinalsOfSlots(part, part.reader.companies[index], slots)))
}

/** Filters a short list of ordinals (ascending): keeps those that refer to a live company that satisfies the condition. */
function refine(part: Part, matchers: readonly Matcher[], ordinals: Uint32Array): Uint32Array {
  const { reader, segment } = part
  const named = namedCompanies(segment)
  const found = reader.companies.map((company, index) => {
    const live = createNumberList()
    for (const ordinal of ordinals) {
      const slot = findUuid(company.segment.uuids, named, ordinal)
      if (slot >= 0 && (company.dead === null || !hasBit(company.dead, slot))) live.push(slot)
    }
    if (live.length() === 0) return new Uint32Array(0)
    return ordinalsOfSlots(part, company, sparse(matchers[index].within(live.toArray())))
  })
  return concatenate(found)
}

function distinctOrdinals(column: Column, list: Uint32Array): Uint32Array {
  const ordinals = new Set<number>()
  for (const slot of list) if (column.items[slot] !== 0) ordinals.add(column.items[slot] - 1)
  return Uint32Array.from(ordinals).sort()
}
