/** From matching contacts to their companies: which companies they have, and how many contacts match for each company. */

import { companyColumn } from '../joins/pairs.ts'
import { eachNamed } from '../query/company-pairs.ts'
import type { Matched } from '../query/match-all.ts'
import type { Reader } from '../query/reader.ts'
import { hasBit, setBit } from '../sets/bitset.ts'
import { eachSlot } from '../sets/each-slot.ts'
import { countSlots, dense } from '../sets/slots.ts'

/** The cost of looking at the company of a contact, and of passing a company. */
const LOOK = 4
const PASS = 6

/** Of what both functions below do. */
function spendOn(reader: Reader, matched: readonly Matched[]): void {
  const contacts = matched.reduce((sum, { slots }) => sum + countSlots(slots), 0)
  const companies = reader.companies.reduce((sum, { segment }) => sum + segment.size, 0)
  reader.meter.spend(contacts * LOOK + matched.length * companies * PASS)
}

/** The live companies that have matching contacts, one set per segment of companies. */
export function companiesOf(reader: Reader, matched: readonly Matched[]): readonly Matched[] {
  spendOn(reader, matched)
  const results = reader.companies.map(part => ({ part, bits: reader.scratch.zeroed(part.segment.size) }))
  for (const { part, slots } of matched) {
    const { items, values } = companyColumn(part.segment)
    const seen = reader.scratch.zeroed(values.size)
    eachSlot(slots, slot => {
      if (items[slot] !== 0) setBit(seen, items[slot] - 1)
    })
    for (const { part: company, bits } of results) {
      eachNamed(part, company, (ordinal, slot) => {
        if (hasBit(seen, ordinal)) setBit(bits, slot)
      })
    }
  }
  return results.map(({ part, bits }) => ({ part, slots: dense(bits) }))
}

/**
 * Calls `take` for every live company with matching contacts, with the number of those contacts. A company is reported once
 * for each segment of contacts that has some; the caller adds the numbers up.
 */
export function countByCompany(
  reader: Reader,
  matched: readonly Matched[],
  take: (companyPart: number, slot: number, contacts: number) => void,
): void {
  spendOn(reader, matched)
  for (const { part, slots } of matched) {
    const { items, values } = companyColumn(part.segment)
    const counts = reader.scratch.numbers(values.size)
    eachSlot(slots, slot => {
      if (items[slot] !== 0) counts[items[slot] - 1]++
    })
    reader.companies.forEach((company, index) => {
      eachNamed(part, company, (ordinal, slot) => {
        if (counts[ordinal] > 0) take(index, slot, counts[ordinal])
      })
    })
  }
}
