/**
 * From companies to their contacts. A contact's `company_id` is a column like any other, with a dictionary of distinct uuids
 * sorted; a segment of companies is sorted by uuid too. So which slot of a segment of companies is which ordinal of a segment of
 * contacts is found by walking both once, and kept with the pair of segments: both are immutable, so it never goes stale,
 * and no global numbering of companies is needed that threads would have to share, save and clean up. A changed company is a
 * slot of a new, small segment, whose ordinals are found by binary search; no contact is touched.
 *
 * A condition on companies becomes a set of slots there, then of ordinals of `company_id`, then a condition like
 * "company_id is one of these".
 */
import { findField } from '../../fields.ts'
import { hasBit } from './bitset.ts'
import { compile } from './compile.ts'
import { eachSlot } from './each-slot.ts'
import type { Matcher } from './matcher.ts'
import { createNumberList } from './number-list.ts'
import type { Node } from './plan.ts'
import { countOfAll } from './postings.ts'
import { liveSlots, type Part, type Reader } from './reader.ts'
import type { Column, Segment } from './segment.ts'
import { hasSlot, type Slots, sparse } from './slots.ts'
import { compareUuids, findUuid, lowerBoundUuid, UUID_BYTES } from './uuids.ts'
import { ordinalsMatcher } from './value-matchers.ts'

const COMPANY_ID = findField('contact', 'company_id')!

export function companyColumn(contacts: Segment): Column {
  return contacts.column(COMPANY_ID)
}

/** The uuids that contacts of a segment name, sorted. */
export function namedCompanies(contacts: Segment): Uint8Array {
  const { values } = companyColumn(contacts)
  if (values.kind !== 'uuids') throw new TypeError('company_id holds uuids')
  return values.rows
}

/**
 * Which companies of a segment contacts of a segment name: `ordinals` are those of `company_id`. When they are many, per slot of the
 * companies the ordinal + 1, 0 for none; when they are few, both in lists, ascending and aligned: most segments are small.
 */
type Pairs =
  | { readonly kind: 'many'; readonly ordinals: Uint32Array }
  | { readonly kind: 'few'; readonly slots: Uint32Array; readonly ordinals: Uint32Array }

/** Slots of companies for each that is named, from which on they are few. */
const FEW = 8

const known = new WeakMap<Segment, WeakMap<Segment, Pairs>>()

function pairsOf(contacts: Segment, companies: Segment): Pairs {
  let own = known.get(contacts)
  if (own === undefined) {
    own = new WeakMap()
    known.set(contacts, own)
  }
  let pairs = own.get(companies)
  if (pairs === undefined) {
    pairs = findPairs(namedCompanies(contacts), companies.uuids)
    own.set(companies, pairs)
  }
  return pairs
}

function findPairs(named: Uint8Array, rows: Uint8Array): Pairs {
  const count = named.length / UUID_BYTES
  const size = rows.length / UUID_BYTES
  const slots = createNumberList()
  const ordinals = createNumberList()
  let ordinal = 0
  let slot = 0
  while (ordinal < count && slot < size) {
    const order = compareUuids(named, ordinal, rows, slot)
    if (order === 0) {
      slots.push(slot++)
      ordinals.push(ordinal++)
    } else if (order < 0) {
      ordinal = count > 16 * size ? lowerBoundUuid(named, rows, slot, ordinal) : ordinal + 1
    } else {
      slot = size > 16 * count ? lowerBoundUuid(rows, named, ordinal, slot) : slot + 1
    }
  }
  if (slots.length() * FEW < size) return { kind: 'few', slots: slots.toArray(), ordinals: ordinals.toArray() }
  const bySlot = new Uint32Array(size)
  for (let place = 0; place < slots.length(); place++) bySlot[slots.at(place)] = ordinals.at(place) + 1
  return { kind: 'many', ordinals: bySlot }
}

/** Calls `take` with each company of the segment that contacts of the part name, and its ordinal of `company_id`, ascending. */
export function eachNamed(part: Part, company: Part, take: (ordinal: number, slot: number) => void): void {
  const pairs = pairsOf(part.segment, company.segment)
  const { ordinals } = pairs
  if (pairs.kind === 'few') {
    for (let place = 0; place < ordinals.length; place++) take(ordinals[place], pairs.slots[place])
  } else {
    for (let slot = 0; slot < ordinals.length; slot++) if (ordinals[slot] !== 0) take(ordinals[slot] - 1, slot)
  }
}

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

/** The ordinals, ascending, of those of a segment's companies that contacts of the part name. */
export function ordinalsOfSlots(part: Part, company: Part, slots: Slots): Uint32Array {
  const pairs = pairsOf(part.segment, company.segment)
  const found = createNumberList()
  if (pairs.kind === 'few') {
    for (let place = 0; place < pairs.slots.length; place++) {
      if (hasSlot(slots, pairs.slots[place])) found.push(pairs.ordinals[place])
    }
  } else {
    eachSlot(slots, slot => {
      if (pairs.ordinals[slot] !== 0) found.push(pairs.ordinals[slot] - 1)
    })
  }
  return found.toArray()
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

export function concatenate(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1) return lists[0]
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let end = 0
  for (const list of lists) {
    all.set(list, end)
    end += list.length
  }
  return all
}
