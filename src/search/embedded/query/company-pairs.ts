/** Goes from the companies of one segment to the contacts of another that refer to them, and back, through joins/pairs.ts. */
import { companyColumn, type Pairs, pairsOf } from '../joins/pairs.ts'
import { type Bits, hasBit, setBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { createNumberList } from '../sets/number-list.ts'
import { eachCommon, lowerBoundIn, type Slots } from '../sets/slots.ts'
import type { Part } from './reader.ts'

/**
 * Calls `take` for each live company of the segment `company` that contacts of `part` refer to, with its ordinal of
 * `company_id` and its slot, in ascending order.
 */
export function eachNamed(part: Part, company: Part, take: (ordinal: number, slot: number) => void): void {
  const pairs = pairsOfParts(part, company)
  const { dead } = company
  if (pairs.layout === 'table') {
    const { ordinalOf } = pairs
    for (let slot = 0; slot < ordinalOf.length; slot++) {
      if (ordinalOf[slot] !== 0 && (dead === null || !hasBit(dead, slot))) take(ordinalOf[slot] - 1, slot)
    }
  } else {
    const { slots, ordinals } = pairs
    for (let index = 0; index < ordinals.length; index++) {
      const slot = slots[index]
      if (dead === null || !hasBit(dead, slot)) take(ordinals[index], slot)
    }
  }
}

/** The ordinals of `company_id`, ascending, of those companies in `slots` that contacts of `part` refer to. */
export function ordinalsOfSlots(part: Part, company: Part, slots: Slots): Uint32Array {
  const found = createNumberList()
  eachOrdinal(pairsOfParts(part, company), slots, ordinal => found.push(ordinal))
  return found.toArray()
}

/**
 * Sets the bits of the items of `company_id` (see `itemBits`) that refer to one of these companies. Returns the number of contacts
 * that have one of them, dead ones included.
 */
export function markItems(part: Part, company: Part, slots: Slots, bits: Bits): number {
  let total = 0
  eachOrdinal(pairsOfParts(part, company), slots, (ordinal, contacts) => {
    setBit(bits, ordinal + 1)
    total += contacts
  })
  return total
}

/** The number of contacts of `part` whose company is in `slots`, dead contacts included. */
export function countContacts(part: Part, company: Part, slots: Slots): number {
  const pairs = pairsOfParts(part, company)
  if (pairs.layout === 'table') return sumOf(pairs.contactsOf, slots)
  let total = 0
  eachOrdinal(pairs, slots, (_, contacts) => {
    total += contacts
  })
  return total
}

/** The sum of the numbers of these slots. */
export function sumOf(numbers: Uint32Array, slots: Slots): number {
  let total = 0
  if (slots.kind === 'sparse') {
    for (const slot of slots.list) total += numbers[slot]
    return total
  }
  // This loop is the whole cost of counting the contacts of many companies, so it is written out.
  const { bits } = slots
  for (let index = 0; index < bits.length; index++) {
    for (let word = bits[index]; word !== 0; word &= word - 1) {
      total += numbers[(index << 5) + 31 - Math.clz32(word & -word)]
    }
  }
  return total
}

function eachOrdinal(pairs: Pairs, companies: Slots, take: (ordinal: number, contacts: number) => void): void {
  if (pairs.layout === 'table') {
    const { ordinalOf, contactsOf } = pairs
    eachSlot(companies, slot => {
      if (ordinalOf[slot] !== 0) take(ordinalOf[slot] - 1, contactsOf[slot])
    })
    return
  }
  const { slots, ordinals, contacts } = pairs
  if (companies.kind === 'dense') {
    const { bits } = companies
    for (let index = 0; index < slots.length; index++) {
      if (hasBit(bits, slots[index])) take(ordinals[index], contacts[index])
    }
  } else {
    eachCommon(companies.list, slots, (_, index) => take(ordinals[index], contacts[index]))
  }
}

/** Returns a function from an ordinal of `company_id` to the slot of its live company, or -1 if the segment does not have it. */
function slotFinder(part: Part, company: Part): (ordinal: number) => number {
  const pairs = pairsOfParts(part, company)
  const { dead } = company
  if (pairs.layout === 'table') {
    const { slotOf } = pairs
    return ordinal => {
      const slot = slotOf[ordinal] - 1
      return slot >= 0 && dead !== null && hasBit(dead, slot) ? -1 : slot
    }
  }
  const { slots, ordinals } = pairs
  return ordinal => {
    const at = lowerBoundIn(ordinals, ordinal)
    return ordinals[at] === ordinal && (dead === null || !hasBit(dead, slots[at])) ? slots[at] : -1
  }
}

/**
 * A place is a company: the index of its segment times PLACES, plus its slot there. As a number, so that lists of places are
 * typed arrays.
 */
export const PLACES = 2 ** 32

export function segmentOf(place: number): number {
  return Math.floor(place / PLACES)
}

/** Returns a function from a slot of `part` to the place of the contact's live company, or -1 if it has none. */
export function companyFinder(part: Part): (slot: number) => number {
  const { items } = companyColumn(part.segment)
  // A company is alive in one segment at most. Most are in the largest.
  const sources = part.reader.companies
    .map((company, index) => ({ find: slotFinder(part, company), first: index * PLACES, size: company.segment.size }))
    .sort((a, b) => b.size - a.size)
  return slot => {
    const ordinal = items[slot] - 1
    if (ordinal < 0) return -1
    for (let index = 0; index < sources.length; index++) {
      const found = sources[index].find(ordinal)
      if (found >= 0) return sources[index].first + found
    }
    return -1
  }
}

function pairsOfParts(part: Part, company: Part): Pairs {
  return pairsOf.get(part.segment, company.segment)
}
