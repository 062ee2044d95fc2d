/**
 * From companies to their contacts. A condition on companies is resolved to slots in the segments of companies, then to
 * ordinals of `company_id` (company-pairs.ts), and finally to a condition of the form "company_id is one of these". A count is
 * the sum of the contacts of each company (contact-sums.ts). A short list of contacts looks up its companies instead.
 */
import { companyColumn } from '../joins/pairs.ts'
import { countOfAll } from '../segment/postings.ts'
import { createNumberList } from '../sets/number-list.ts'
import { hasSlot, type Slots } from '../sets/slots.ts'
import { noItems } from './column-slots.ts'
import { companyFinder, countContacts, markItems, PLACES, segmentOf, sumOf } from './company-pairs.ts'
import { LOOK_AT_BIT, type Matcher } from './matcher.ts'
import type { Join } from './plan.ts'
import { liveSlots, type Part, type Reader } from './reader.ts'
import { itemsMatcher } from './value-matchers.ts'

/** The cost of looking up the company of a contact and adding it to a list of companies to test. */
const LOOK_UP = 50

/** The cost of marking the contacts of a company. */
const MARK = 2

/** `matchers` is the condition of the join, compiled for each segment of companies. */
export function joinMatcher(part: Part, node: Join, matchers: readonly Matcher[]): Matcher {
  const { segment, reader } = part
  const { meter } = reader
  const column = companyColumn(segment)
  const companies = Math.max(
    1,
    reader.companies.reduce((sum, { segment }) => sum + segment.size, 0),
  )
  const wanted = matchers.reduce((sum, matcher) => sum + matcher.estimate, 0)
  const having = countOfAll(column.postings)
  const markCost = Math.min(wanted, column.values.size) * MARK
  let resolved: Matcher | null = null
  const resolve = () => {
    if (resolved === null) {
      const joined = joinedCompanies(reader, node, matchers)
      meter.spend(markCost)
      resolved = resolveJoin(part, joined)
    }
    return resolved
  }
  /** Of `resolve`, in the first segment. The companies of the others are then known. */
  const resolveCost = matchers.reduce((sum, matcher) => sum + matcher.cost, 0) + markCost
  const setCost = (wanted / companies) * having + segment.size / 32
  return {
    estimate: wanted === 0 ? 0 : Math.max(1, (Math.min(wanted, companies) / companies) * having),
    exact: false,
    cost: resolveCost + setCost,
    all() {
      const matcher = resolve()
      meter.spend(setCost)
      return matcher.all()
    },
    withinCost: count => Math.min(count * LOOK_UP, resolveCost + count * LOOK_AT_BIT),
    within(list) {
      if (resolved === null && list.length * LOOK_UP < resolveCost + list.length * LOOK_AT_BIT) {
        meter.spend(list.length * LOOK_UP)
        return keepJoined(part, matchers, list)
      }
      const matcher = resolve()
      meter.spend(list.length * LOOK_AT_BIT)
      return matcher.within(list)
    },
  }
}

/** The number of contacts in all segments whose live company satisfies the condition of the join, dead contacts included. */
export function countJoined(reader: Reader, node: Join, matchers: readonly Matcher[]): number {
  const counted = reader.companies.map((company, index) => {
    const sums = reader.sums[index]
    const others = reader.contacts.filter(({ segment }) => !sums?.segments.includes(segment.id))
    const { estimate } = matchers[index]
    if (sums !== null) reader.meter.spend(estimate * MARK)
    for (const { segment } of others) reader.meter.spend(Math.min(estimate, companyColumn(segment).values.size) * MARK)
    return { company, sums, others }
  })
  const joined = joinedCompanies(reader, node, matchers)
  return counted.reduce((total, { company, sums, others }, index) => {
    const slots = joined[index]
    const summed = sums === null ? 0 : sumOf(sums.contacts, slots)
    return others.reduce((sum, part) => sum + countContacts(part, company, slots), total + summed)
  }, 0)
}

/** Returns a test for contacts: whether the company of a contact is alive and satisfies the condition of the join. */
export function joinTest(part: Part, node: Join, matchers: readonly Matcher[]): (slot: number) => boolean {
  const find = companyFinder(part)
  const joined = joinedCompanies(part.reader, node, matchers)
  return slot => {
    const place = find(slot)
    if (place < 0) return false
    const segment = segmentOf(place)
    return hasSlot(joined[segment], place - segment * PLACES)
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

/** Matches the contacts whose company is in one of the sets. `companies` has one set per segment. */
function resolveJoin(part: Part, companies: readonly Slots[]): Matcher {
  const { scratch } = part.reader
  const column = companyColumn(part.segment)
  const items = noItems(column, scratch)
  const total = companies.reduce(
    (sum, slots, index) => sum + markItems(part, part.reader.companies[index], slots, items),
    0,
  )
  return itemsMatcher(column, items, total, scratch)
}

/** Filters a short list of contacts: looks up their companies and tests each of these once. */
function keepJoined(part: Part, matchers: readonly Matcher[], list: Uint32Array): Uint32Array {
  const placeOf = companyFinder(part)
  const places = Float64Array.from(list, placeOf)
  const distinct = new Float64Array(places).sort()
  const kept = new Set<number>()
  let place = 0
  while (distinct[place] < 0) place++
  matchers.forEach((matcher, index) => {
    const slots = createNumberList()
    const end = (index + 1) * PLACES
    for (; place < distinct.length && distinct[place] < end; place++) {
      if (distinct[place] !== distinct[place - 1]) slots.push(distinct[place] - index * PLACES)
    }
    if (slots.length() > 0) for (const slot of matcher.within(slots.toArray())) kept.add(index * PLACES + slot)
  })
  return list.filter((_, index) => kept.has(places[index]))
}
