/** From matching contacts to their companies: how many matching contacts each live company has, and which comes first. */
import { hasBit, setBit } from './bitset.ts'
import { eachSlot } from './each-slot.ts'
import { companyColumn, pairsOf } from './join.ts'
import type { Matched, Part, Reader } from './reader.ts'
import { dense } from './slots.ts'
import { compareUuids } from './uuids.ts'

/** A row of 16 bytes within an array of them. */
export interface UuidPlace {
  readonly part: Part
  readonly slot: number
}

/** The live companies that have matching contacts, per segment of companies. */
export function companiesOf(reader: Reader, matched: readonly Matched[]): readonly Matched[] {
  return countByCompany(reader, matched).map(({ part, counts }) => {
    const bits = reader.scratch.zeroed(part.segment.size)
    for (let slot = 0; slot < counts.length; slot++) if (counts[slot] > 0) setBit(bits, slot)
    return { part, slots: dense(bits) }
  })
}

export interface CompanyCounts {
  readonly part: Part
  /** Per slot of the segment of companies: its matching contacts. */
  readonly counts: Uint32Array
  /** Where the one with the smallest uuid is: the number of the segment of contacts, and the slot there. */
  readonly firstPart: Uint16Array
  readonly firstSlot: Uint32Array
}

export function countByCompany(reader: Reader, matched: readonly Matched[]): readonly CompanyCounts[] {
  const results = reader.companies.map(part => ({
    part,
    counts: new Uint32Array(part.segment.size),
    firstPart: new Uint16Array(part.segment.size),
    firstSlot: new Uint32Array(part.segment.size),
  }))
  matched.forEach(({ part, slots }, number) => {
    const { items, values } = companyColumn(part.segment)
    const counts = new Uint32Array(values.size)
    const first = new Uint32Array(values.size)
    eachSlot(slots, slot => {
      const item = items[slot]
      if (item !== 0 && counts[item - 1]++ === 0) first[item - 1] = slot
    })
    for (const result of results) {
      const { ordinals, slots: companies } = pairsOf(part.segment, result.part.segment)
      const { dead } = result.part
      for (let place = 0; place < ordinals.length; place++) {
        const ordinal = ordinals[place]
        const company = companies[place]
        if (counts[ordinal] === 0 || (dead !== null && hasBit(dead, company))) continue
        const before = matched[result.firstPart[company]].part.segment.uuids
        if (
          result.counts[company] === 0 ||
          compareUuids(part.segment.uuids, first[ordinal], before, result.firstSlot[company]) < 0
        ) {
          result.firstPart[company] = number
          result.firstSlot[company] = first[ordinal]
        }
        result.counts[company] += counts[ordinal]
      }
    }
  })
  return results
}
