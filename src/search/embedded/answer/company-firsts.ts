/** For a facet over a company field: the first matching contact of each value. The facet reports its uuid. */

import { companyColumn } from '../joins/pairs.ts'
import { eachNamed, ordinalsOfSlots } from '../query/company-pairs.ts'
import type { Matched } from '../query/match-all.ts'
import { liveSlots, type Part, spelledSlots } from '../query/reader.ts'
import { numberAt } from '../segment/ascending.ts'
import { membersOf } from '../segment/postings.ts'
import type { Column } from '../segment/segment.ts'
import { smaller, type UuidRow } from '../segment/uuids.ts'
import { hasBit } from '../sets/bitset.ts'
import { firstSlot } from '../sets/each-slot.ts'
import { firstCommon } from '../sets/slots.ts'

/** If a value has at most this many companies, their contacts are looked up one company at a time. */
const FEW_COMPANIES = 64

/**
 * For each value (an ordinal of `column`, a column of the segment `company`), the matching contact with the smallest uuid
 * whose company is alive and has the value; with `spelled`, in a spelling with both cases. Undefined if there is none.
 */
export function firstContacts(
  matched: readonly Matched[],
  company: Part,
  column: Column,
  values: readonly number[],
  spelled: boolean,
): readonly (UuidRow | undefined)[] {
  const rows: (UuidRow | undefined)[] = values.map(() => undefined)
  for (const one of matched) {
    const firsts = firstsOfPart(one, company, column, values, spelled)
    firsts.forEach((index, place) => {
      if (index < 0) return
      const row = { rows: one.part.segment.uuids, index }
      const before = rows[place]
      rows[place] = before === undefined ? row : smaller(before, row)
    })
  }
  return rows
}

/** The first slot for each value, or -1. */
function firstsOfPart(
  { part, slots }: Matched,
  company: Part,
  column: Column,
  values: readonly number[],
  spelled: boolean,
): number[] {
  if (spelled && column.spelled === null) return values.map(() => -1)
  const { items, postings } = companyColumn(part.segment)
  const firsts = values.map(() => -1)
  /** The values with many companies, and their index in `values`. */
  const many = new Map<number, number>()
  values.forEach((value, place) => {
    const named = liveSlots(company, membersOf(column.postings, value))
    const companies = ordinalsOfSlots(part, company, spelled ? spelledSlots(column, named, part.reader) : named)
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
  // The more companies a value has, the sooner a contact of one of them comes up. One pass over the contacts finds all of
  // these values.
  const companyOf = companiesByOrdinal(part, company)
  const meet = (slot: number, item: number) => {
    const place = many.get(item - 1)
    if (place === undefined) return
    many.delete(item - 1)
    firsts[place] = slot
  }
  firstSlot(slots, slot => {
    const companySlot = items[slot] === 0 ? -1 : companyOf[items[slot] - 1] - 1
    if (companySlot < 0 || (spelled && !hasBit(column.spelled!, companySlot))) return false
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

/** For each ordinal of `company_id`, the slot + 1 of the live company in that segment, or 0 if there is none. */
function companiesByOrdinal(part: Part, company: Part): Int32Array {
  const slots = part.reader.scratch.numbers(companyColumn(part.segment).values.size)
  eachNamed(part, company, (ordinal, slot) => {
    slots[ordinal] = slot + 1
  })
  return slots
}
