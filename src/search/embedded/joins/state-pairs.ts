/** The pairs of all segments of a state, as data that can be posted to another thread. */
import type { IndexState } from '../index-state.ts'
import { cacheByPair } from '../segment/cache-by-pair.ts'
import { openSegment } from '../segment/open-segment.ts'
import type { SegmentData } from '../segment/segment.ts'
import { openPairs, pairsOf } from './pairs.ts'

/**
 * Returns `state` with the pairs of its segments. Computes those that this thread does not have yet. A damaged segment has none,
 * and each of its pairs is reported once: it must not keep changes from being published. A query that needs it fails.
 */
export function withPairs(state: IndexState, onDamaged: (error: unknown) => void): IndexState {
  const bufferOf = (contacts: SegmentData, companies: SegmentData) => {
    const known = buffers.has(contacts, companies)
    const { buffer, error } = buffers.get(contacts, companies)
    if (!known && error !== undefined) onDamaged(error)
    return buffer
  }
  const pairs = state.contact.map(contacts =>
    state.company.map(companies => bufferOf(contacts.segment, companies.segment)),
  )
  return { ...state, pairs }
}

/** What this thread has computed. */
const buffers = cacheByPair((contacts: SegmentData, companies: SegmentData) => {
  try {
    return { buffer: pairsOf.get(openSegment(contacts), openSegment(companies)).buffer }
  } catch (error) {
    return { buffer: null, error }
  }
})

/** Makes this thread use the pairs of a state that it has received. To be called after `adoptState`. */
export function adoptPairs({ contact, company, pairs }: IndexState): void {
  pairs?.forEach((row, contactPlace) => {
    const contacts = openSegment(contact[contactPlace].segment)
    row.forEach((buffer, companyPlace) => {
      const companies = openSegment(company[companyPlace].segment)
      if (buffer !== null && !pairsOf.has(contacts, companies)) pairsOf.provide(contacts, companies, openPairs(buffer))
    })
  })
}
