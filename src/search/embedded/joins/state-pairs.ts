/** The pairs of all segments of a state, and the sums over them, as data that can be posted to another thread. */
import type { IndexState } from '../index-state.ts'
import { cacheByPair } from '../segment/cache-by-pair.ts'
import { openSegment } from '../segment/open-segment.ts'
import type { SegmentData } from '../segment/segment.ts'
import { contactSums } from './contact-sums.ts'
import { openPairs, type Pairs, pairsOf } from './pairs.ts'

/**
 * Returns `state` with the pairs of its segments and the sums. Computes those that this thread does not have yet. A damaged
 * segment has none, and each of its pairs is reported once: it must not keep changes from being published. A query that needs it
 * fails.
 */
export function withPairs(state: IndexState, onDamaged: (error: unknown) => void): IndexState {
  const pairOf = (contacts: SegmentData, companies: SegmentData) => {
    const known = computed.has(contacts, companies)
    const { pair, error } = computed.get(contacts, companies)
    if (!known && error !== undefined) onDamaged(error)
    return pair
  }
  const pairs = state.contact.map(contacts =>
    state.company.map(companies => pairOf(contacts.segment, companies.segment)),
  )
  const sums = state.company.map(({ segment }, place) => {
    const present = state.contact.flatMap((contacts, row): [string, Pairs][] => {
      const pair = pairs[row][place]
      return pair === null ? [] : [[contacts.segment.id, pair]]
    })
    return contactSums(segment, new Map(present))
  })
  return { ...state, pairs: pairs.map(row => row.map(pair => pair?.buffer ?? null)), sums }
}

/** What this thread has computed. */
const computed = cacheByPair((contacts: SegmentData, companies: SegmentData) => {
  try {
    return { pair: pairsOf.get(openSegment(contacts), openSegment(companies)) }
  } catch (error) {
    return { pair: null, error }
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
