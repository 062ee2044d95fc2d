/**
 * From companies to their contacts. A contact's `company_id` is a column like any other, with a dictionary of distinct uuids
 * sorted; a segment of companies is sorted by uuid too. So which ordinal of a segment of contacts is which slot of a segment of
 * companies is found by walking both once, and kept with the pair of segments: both are immutable, so it never goes stale,
 * and no global numbering of companies is needed that threads would have to share, save and clean up. A changed company is a
 * slot of a new, small segment, whose pairs are found by binary search; no contact is touched.
 *
 * A condition on companies becomes a set of slots there, then of ordinals of `company_id`, then a condition like
 * "company_id is one of these".
 */
import { findField } from '../../fields.ts'
import { type Bits, hasBit } from './bitset.ts'
import { compile } from './compile.ts'
import type { Matcher } from './matcher.ts'
import type { Node } from './plan.ts'
import { countOfAll } from './postings.ts'
import { liveSlots, type Part, type Reader } from './reader.ts'
import type { Column, Segment } from './segment.ts'
import { gallopIn, type Slots, sparse, toList } from './slots.ts'
import { compareUuids, lowerBoundUuid } from './uuids.ts'
import { ordinalsMatcher } from './value-matchers.ts'

const COMPANY_ID = findField('contact', 'company_id')!

/** Companies that a segment of companies has and contacts of a segment of contacts name: both ascending, aligned. */
export interface Pairs {
  /** Ordinals of `company_id`. */
  readonly ordinals: Uint32Array
  readonly slots: Uint32Array
}

export function companyColumn(contacts: Segment): Column {
  return contacts.column(COMPANY_ID)
}

const known = new WeakMap<Segment, WeakMap<Segment, Pairs>>()

export function pairsOf(contacts: Segment, companies: Segment): Pairs {
  let own = known.get(contacts)
  if (own === undefined) {
    own = new WeakMap()
    known.set(contacts, own)
  }
  let pairs = own.get(companies)
  if (pairs === undefined) {
    pairs = findPairs(contacts, companies)
    own.set(companies, pairs)
  }
  return pairs
}

function findPairs(contacts: Segment, companies: Segment): Pairs {
  const { values } = companyColumn(contacts)
  if (values.kind !== 'uuids') throw new TypeError('company_id holds uuids')
  const named = values.rows
  const rows = companies.uuids
  const bound = Math.min(values.size, companies.size)
  const ordinals = new Uint32Array(bound)
  const slots = new Uint32Array(bound)
  let count = 0
  let ordinal = 0
  let slot = 0
  while (ordinal < values.size && slot < companies.size) {
    const order = compareUuids(named, ordinal, rows, slot)
    if (order === 0) {
      ordinals[count] = ordinal++
      slots[count++] = slot++
    } else if (order < 0) {
      ordinal = values.size > 16 * companies.size ? lowerBoundUuid(named, rows, slot, ordinal) : ordinal + 1
    } else {
      slot = companies.size > 16 * values.size ? lowerBoundUuid(rows, named, ordinal, slot) : slot + 1
    }
  }
  return { ordinals: ordinals.slice(0, count), slots: slots.slice(0, count) }
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
  let resolved: Matcher | null = null
  const resolve = () => {
    resolved ??= ordinalsMatcher(column, ordinalsOf(part, joinedCompanies(reader, node)), scratch)
    return resolved
  }
  return {
    estimate: wanted === 0 ? 0 : Math.max(1, (Math.min(wanted, companies) / companies) * countOfAll(column.postings)),
    exact: false,
    cost:
      matchers.reduce((sum, matcher) => sum + matcher.cost, 0) +
      Math.min(wanted, named) +
      (wanted / companies) * countOfAll(column.postings) +
      segment.size / 32,
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
  return concatenate(
    companies.map((slots, index) => {
      const pairs = pairsOf(part.segment, part.reader.companies[index].segment)
      return slots.kind === 'sparse' ? ordinalsOfList(pairs, slots.list) : ordinalsOfBits(pairs, slots.bits)
    }),
  )
}

export function ordinalsOfBits(pairs: Pairs, bits: Bits): Uint32Array {
  const ordinals = new Uint32Array(pairs.slots.length)
  let count = 0
  for (let index = 0; index < ordinals.length; index++) {
    if (hasBit(bits, pairs.slots[index])) ordinals[count++] = pairs.ordinals[index]
  }
  return ordinals.subarray(0, count)
}

/** Steps through the shorter of the two and searches in the longer. */
export function ordinalsOfList(pairs: Pairs, slots: Uint32Array): Uint32Array {
  const short = slots.length < pairs.slots.length ? slots : pairs.slots
  const long = short === slots ? pairs.slots : slots
  const ordinals = new Uint32Array(short.length)
  let count = 0
  let place = 0
  for (let index = 0; index < short.length && place < long.length; index++) {
    place = gallopIn(long, short[index], place)
    if (long[place] === short[index]) ordinals[count++] = pairs.ordinals[short === slots ? place : index]
  }
  return ordinals.subarray(0, count)
}

/** Which of a few ordinals (ascending) name a live company that satisfies the condition. */
function refine(part: Part, node: Node & { readonly type: 'join' }, ordinals: Uint32Array): Uint32Array {
  const { reader, segment } = part
  const matchers = companyMatchers(reader, node)
  const found = reader.companies.map((company, index) => {
    const pairs = pairsOf(segment, company.segment)
    const places: number[] = []
    let place = 0
    for (const ordinal of ordinals) {
      place = gallopIn(pairs.ordinals, ordinal, place)
      if (place < pairs.ordinals.length && pairs.ordinals[place] === ordinal) places.push(place)
    }
    const slots = Uint32Array.from(places, at => pairs.slots[at])
    const live = toList(liveSlots(company, sparse(slots)))
    const satisfying = live.length === 0 ? live : matchers[index].within(live)
    return ordinalsOfList(pairs, satisfying)
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
