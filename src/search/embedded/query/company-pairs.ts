/**
 * Which companies the contacts of a segment refer to. `company_id` is a column like any other, with a sorted dictionary of
 * distinct uuids, and a segment of companies is sorted by uuid too. Walking both once therefore maps the slots of a segment
 * of companies to the ordinals of a segment of contacts. The mapping is cached per pair of segments. Both are immutable, so
 * it never goes stale, and there is no global numbering of companies for threads to share, save and clean up. A changed
 * company is a slot in a new, small segment, whose ordinals are found by binary search; contacts are not touched.
 */
import { findField } from '../../../fields.ts'
import type { Column, Segment } from '../segment/segment.ts'
import { compareUuids, lowerBoundUuid, UUID_BYTES } from '../segment/uuids.ts'
import { hasBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { createNumberList } from '../sets/number-list.ts'
import { hasSlot, lowerBoundIn, type Slots } from '../sets/slots.ts'
import { cacheByPair } from './cache-by-pair.ts'
import type { Part } from './reader.ts'

const COMPANY_ID = findField('contact', 'company_id')!

export function companyColumn(contacts: Segment): Column {
  return contacts.column(COMPANY_ID)
}

/** The distinct values of `company_id` in a segment of contacts, sorted. */
export function namedCompanies(contacts: Segment): Uint8Array {
  const { values } = companyColumn(contacts)
  if (values.kind !== 'uuids') throw new TypeError('company_id holds uuids')
  return values.rows
}

/**
 * The companies of one segment that contacts of another segment refer to. `ordinals` are those of `company_id`.
 * - many: `ordinals` holds the ordinal + 1 of each company slot, `slots` the slot + 1 of each ordinal; 0 means none.
 * - few: both are ascending, aligned lists. This is the usual case, because most segments are small.
 */
type Pairs =
  | { readonly kind: 'many'; readonly ordinals: Uint32Array; readonly slots: Uint32Array }
  | { readonly kind: 'few'; readonly slots: Uint32Array; readonly ordinals: Uint32Array }

/** With more than this many company slots for each one that is referred to, the pairs are stored as lists. */
const FEW = 8

const pairsOf = cacheByPair((contacts: Segment, companies: Segment) =>
  findPairs(namedCompanies(contacts), companies.uuids),
)

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
  const byOrdinal = new Uint32Array(count)
  for (let place = 0; place < slots.length(); place++) {
    bySlot[slots.at(place)] = ordinals.at(place) + 1
    byOrdinal[ordinals.at(place)] = slots.at(place) + 1
  }
  return { kind: 'many', ordinals: bySlot, slots: byOrdinal }
}

/**
 * Calls `take` for each live company of the segment `company` that contacts of `part` refer to, with its ordinal of
 * `company_id` and its slot, in ascending order.
 */
export function eachNamed(part: Part, company: Part, take: (ordinal: number, slot: number) => void): void {
  const pairs = pairsOf(part.segment, company.segment)
  const { ordinals } = pairs
  const { dead } = company
  if (pairs.kind === 'few') {
    for (let place = 0; place < ordinals.length; place++) {
      const slot = pairs.slots[place]
      if (dead === null || !hasBit(dead, slot)) take(ordinals[place], slot)
    }
  } else {
    for (let slot = 0; slot < ordinals.length; slot++) {
      if (ordinals[slot] !== 0 && (dead === null || !hasBit(dead, slot))) take(ordinals[slot] - 1, slot)
    }
  }
}

/** The ordinals of `company_id`, ascending, of those companies in `slots` that contacts of `part` refer to. */
export function ordinalsOfSlots(part: Part, company: Part, slots: Slots): Uint32Array {
  const pairs = pairsOf(part.segment, company.segment)
  const found = createNumberList()
  if (pairs.kind === 'many') {
    eachSlot(slots, slot => {
      if (pairs.ordinals[slot] !== 0) found.push(pairs.ordinals[slot] - 1)
    })
  } else if (slots.kind === 'sparse' && slots.list.length < pairs.slots.length) {
    let place = 0
    for (let index = 0; index < slots.list.length && place < pairs.slots.length; index++) {
      place = lowerBoundIn(pairs.slots, slots.list[index], place)
      if (pairs.slots[place] === slots.list[index]) found.push(pairs.ordinals[place])
    }
  } else {
    for (let place = 0; place < pairs.slots.length; place++) {
      if (hasSlot(slots, pairs.slots[place])) found.push(pairs.ordinals[place])
    }
  }
  return found.toArray()
}

/** Returns a function from an ordinal of `company_id` to the company's slot, or -1 if it is not in the segment. */
export function slotFinder(part: Part, company: Part): (ordinal: number) => number {
  const pairs = pairsOf(part.segment, company.segment)
  const { slots, ordinals } = pairs
  if (pairs.kind === 'many') return ordinal => slots[ordinal] - 1
  return ordinal => {
    const place = lowerBoundIn(ordinals, ordinal)
    return ordinals[place] === ordinal ? slots[place] : -1
  }
}
