/** The first contacts of the companies that have given values: whose uuid a facet of a company's field reports. */

import { companyColumn, eachNamed, ordinalsOfSlots } from '../query/company-pairs.ts'
import type { Matched } from '../query/match-all.ts'
import { liveSlots, type Part } from '../query/reader.ts'
import { numberAt } from '../segment/ascending.ts'
import { membersOf } from '../segment/postings.ts'
import type { Column } from '../segment/segment.ts'
import { smaller, type UuidRow } from '../segment/uuids.ts'
import { firstSlot } from '../sets/each-slot.ts'
import { firstCommon } from '../sets/slots.ts'

/** Companies of a value up to which their contacts are looked at one company at a time. */
const FEW_COMPANIES = 64

/**
 * Per value (an ordinal of `column`, a column of the segment `company`) the matching contact with the smallest uuid whose company is
 * alive and has it. There is one for each.
 */
export function firstContacts(
  matched: readonly Matched[],
  company: Part,
  column: Column,
  values: readonly number[],
): readonly UuidRow[] {
  const rows: (UuidRow | undefined)[] = values.map(() => undefined)
  for (const one of matched) {
    const firsts = firstsOfPart(one, company, column, values)
    firsts.forEach((index, place) => {
      if (index < 0) return
      const row = { rows: one.part.segment.uuids, index }
      const before = rows[place]
      rows[place] = before === undefined ? row : smaller(before, row)
    })
  }
  return rows.map(row => row!)
}

/** Per value the first slot, or -1. */
function firstsOfPart({ part, slots }: Matched, company: Part, column: Column, values: readonly number[]): number[] {
  const { items, postings } = companyColumn(part.segment)
  const firsts = values.map(() => -1)
  /** Where the values of many companies are among `values`. */
  const many = new Map<number, number>()
  values.forEach((value, place) => {
    const companies = ordinalsOfSlots(part, company, liveSlots(company, membersOf(column.postings, value)))
    if (companies.length > FEW_COMPANIES) {
      many.set(value, place)
      return
    }
    for (const ordinal of companies) {
      const slot = firstCommon(membersOf(postings, ordinal), slots)
      if (slot >= 0 && (firsts[place] < 0 || slot < firsts[place])) firsts[place] = slot
    }
  })
  if (many.size === 0) return firsts
  // The more companies, the sooner a contact of one is met: all such values are looked for in one walk.
  const companyOf = companiesByOrdinal(part, company)
  const meet = (slot: number, item: number) => {
    const place = many.get(item - 1)
    if (place === undefined) return
    many.delete(item - 1)
    firsts[place] = slot
  }
  firstSlot(slots, slot => {
    const companySlot = items[slot] === 0 ? -1 : companyOf[items[slot] - 1] - 1
    if (companySlot < 0) return false
    if (column.itemOffsets === null) {
      meet(slot, column.items[companySlot])
    } else {
      const end = numberAt(column.itemOffsets, companySlot + 1)
      for (let place = numberAt(column.itemOffsets, companySlot); place < end; place++) meet(slot, column.items[place])
    }
    return many.size === 0
  })
  return firsts
}

/** Per ordinal of `company_id` the slot + 1 of the live company of that segment, 0 for none. */
function companiesByOrdinal(part: Part, company: Part): Int32Array {
  const slots = part.reader.scratch.zeroed(32 * companyColumn(part.segment).values.size)
  eachNamed(part, company, (ordinal, slot) => {
    slots[ordinal] = slot + 1
  })
  return slots
}
