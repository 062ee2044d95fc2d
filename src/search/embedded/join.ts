/**
 * From companies to their contacts: a condition on companies becomes a set of slots there, then of ordinals of `company_id`
 * (company-pairs.ts), then a condition like "company_id is one of these".
 */
import { hasBit } from './bitset.ts'
import { companyColumn, namedCompanies, ordinalsOfSlots, slotFinder } from './company-pairs.ts'
import { compile } from './compile.ts'
import type { Matcher } from './matcher.ts'
import { createNumberList } from './number-list.ts'
import type { Node } from './plan.ts'
import { countOfAll } from './postings.ts'
import { liveSlots, type Part, type Reader } from './reader.ts'
import type { Column } from './segment.ts'
import { concatenate, hasSlot, type Slots, sparse } from './slots.ts'
import { findUuid } from './uuids.ts'
import { ordinalsMatcher } from './value-matchers.ts'

export function joinMatcher(part: Part, node: Node & { readonly type: 'join' }): Matcher {
  const { segment, reader } = part
  const { scratch } = reader
  const column = companyColumn(segment)
  const matchers = companyMatchers(reader, node)
  const companies = Math.max(
    1,
    reader.companies.reduce((sum, { segment }) => sum + segment.size, 0),
  )
  const wanted = matchers.reduce((sum, matcher) => sum + matcher.estimate, 0)
  const named = column.values.size
  const having = countOfAll(column.postings)
  let resolved: Matcher | null = null
  const resolve = () => {
    resolved ??= ordinalsMatcher(column, ordinalsOf(part, joinedCompanies(reader, node)), scratch)
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
      return ordinalsMatcher(column, refine(part, node, ordinals), scratch).within(list)
    },
  }
}

/** Tells of a contact whether its company is alive and satisfies the join's condition. */
export function joinTest(part: Part, node: Node & { readonly type: 'join' }): (slot: number) => boolean {
  const { items } = companyColumn(part.segment)
  const joined = joinedCompanies(part.reader, node)
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

function companyMatchers(reader: Reader, node: Node & { readonly type: 'join' }): readonly Matcher[] {
  let matchers = reader.joins.get(node)
  if (matchers === undefined) {
    matchers = reader.companies.map(part => compile(part, node.of))
    reader.joins.set(node, matchers)
  }
  return matchers
}

/** The live companies that satisfy the join's condition, per segment; found once a query. */
function joinedCompanies(reader: Reader, node: Node & { readonly type: 'join' }): readonly Slots[] {
  let slots = reader.joined.get(node)
  if (slots === undefined) {
    slots = companyMatchers(reader, node).map((matcher, index) => liveSlots(reader.companies[index], matcher.all()))
    reader.joined.set(node, slots)
  }
  return slots
}

/** The ordinals of `company_id` that name one of these companies; `companies` per segment of companies. */
function ordinalsOf(part: Part, companies: readonly Slots[]): Uint32Array {
  return concatenate(companies.map((slots, index) => ordinalsOfSlots(part, part.reader.companies[index], slots)))
}

/** Which of a few ordinals (ascending) name a live company that satisfies the condition. */
function refine(part: Part, node: Node & { readonly type: 'join' }, ordinals: Uint32Array): Uint32Array {
  const { reader, segment } = part
  const matchers = companyMatchers(reader, node)
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
