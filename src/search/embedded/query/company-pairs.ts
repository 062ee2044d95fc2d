/** Goes from the companies of one segment to the contacts of another that refer to them, and back, through joins/pairs.ts. */
import { companyColumn, type Pairs, pairs } from '../joins/pairs.ts'
import type { Bits } from '../sets/bitset.ts'
import { hasBit, setBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { createNumberList } from '../sets/number-list.ts'
import { hasSlot, lowerBoundIn, type Slots } from '../sets/slots.ts'
import type { Part } from './reader.ts'

/**
 * Calls `take` for each live company of the segment `company` that contacts of `part` refer to, with its ordinal of
 * `company_id` and its slot, in ascending order.
 */
export function eachNamed(part: Part, company: Part, take: (ordinal: number, slot: number) => void): void {
  const { kind, slots, ordinals } = pairsOf(part, company)
  const { dead } = company
  if (kind === 'few') {
    for (let place = 0; place < ordinals.length; place++) {
      const slot = slots[place]
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
  const found = createNumberList()
  eachOrdinal(pairsOf(part, company), slots, found.push)
  return found.toArray()
}

/**
 * Sets the bits of the items of `company_id` (see `itemBits`) that refer to one of these companies. Returns the number of contacts
 * that have one of them, dead ones included.
 */
export function markItems(part: Part, company: Part, slots: Slots, bits: Bits): number {
  let total = 0
  eachOrdinal(pairsOf(part, company), slots, (ordinal, contacts) => {
    setBit(bits, ordinal + 1)
    total += contacts
  })
  return total
}

/** The number of contacts of `part` whose company is in `slots`, dead contacts included. */
export function countContacts(part: Part, company: Part, slots: Slots): number {
  const { kind, contacts } = pairsOf(part, company)
  let total = 0
  if (kind === 'many') {
    // The loop is written out, because this one is the whole cost of counting the contacts of many companies.
    if (slots.kind === 'dense') {
      const { bits } = slots
      for (let index = 0; index < bits.length; index++) {
        for (let word = bits[index]; word !== 0; word &= word - 1) {
          total += contacts[(index << 5) + 31 - Math.clz32(word & -word)]
        }
      }
    } else {
      for (let place = 0; place < slots.list.length; place++) total += contacts[slots.list[place]]
    }
    return total
  }
  eachOrdinal(pairsOf(part, company), slots, (_, contacts) => {
    total += contacts
  })
  return total
}

function eachOrdinal(pairs: Pairs, companies: Slots, take: (ordinal: number, contacts: number) => void): void {
  const { kind, slots, ordinals, contacts } = pairs
  if (kind === 'many') {
    eachSlot(companies, slot => {
      if (ordinals[slot] !== 0) take(ordinals[slot] - 1, contacts[slot])
    })
  } else if (companies.kind === 'sparse' && companies.list.length < slots.length) {
    const { list } = companies
    let place = 0
    for (let index = 0; index < list.length && place < slots.length; index++) {
      place = lowerBoundIn(slots, list[index], place)
      if (slots[place] === list[index]) take(ordinals[place], contacts[place])
    }
  } else {
    for (let place = 0; place < slots.length; place++) {
      if (hasSlot(companies, slots[place])) take(ordinals[place], contacts[place])
    }
  }
}

/** Returns a function from an ordinal of `company_id` to the slot of its live company, or -1 if the segment does not have it. */
export function slotFinder(part: Part, company: Part): (ordinal: number) => number {
  const { kind, slots, ordinals } = pairsOf(part, company)
  const { dead } = company
  if (kind === 'many') {
    return ordinal => {
      const slot = slots[ordinal] - 1
      return slot >= 0 && dead !== null && hasBit(dead, slot) ? -1 : slot
    }
  }
  return ordinal => {
    const place = lowerBoundIn(ordinals, ordinal)
    return ordinals[place] === ordinal && (dead === null || !hasBit(dead, slots[place])) ? slots[place] : -1
  }
}

/**
 * The index of a segment of companies and a slot in it, as one number: index times `PLACES` plus slot. -1 for a contact
 * without a live company.
 */
export const PLACES = 2 ** 32

/** Returns a function from a slot of `part` to the place of the contact's live company. */
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

function pairsOf(part: Part, company: Part): Pairs {
  return pairs.get(part.segment, company.segment)
}
