/** The pairs of all segments of a state, as data that can be posted to another thread. */
import type { Entry, IndexState } from '../index-state.ts'
import { openSegment } from '../segment/open-segment.ts'
import { openPairs, pairs } from './pairs.ts'

/**
 * Returns `state` with the pairs of its segments. Computes those that this thread does not have yet. A damaged segment has none: it
 * must not keep changes from being published. A query that needs it fails.
 */
export function withPairs(state: IndexState): IndexState {
  return {
    ...state,
    pairs: state.contact.flatMap(contacts =>
      state.company.flatMap(companies => {
        const buffer = pairBuffer(contacts, companies)
        if (buffer === null) return []
        return [{ contacts: contacts.segment.id, companies: companies.segment.id, buffer }]
      }),
    ),
  }
}

function pairBuffer(contacts: Entry, companies: Entry): SharedArrayBuffer | null {
  try {
    return pairs.get(openSegment(contacts.segment), openSegment(companies.segment)).buffer
  } catch {
    return null
  }
}

/** Makes this thread use the pairs of a state that it has received. To be called after `adoptState`. */
export function adoptPairs(state: IndexState): void {
  const contacts = new Map(state.contact.map(({ segment }) => [segment.id, segment]))
  const companies = new Map(state.company.map(({ segment }) => [segment.id, segment]))
  for (const pair of state.pairs ?? []) {
    const [first, second] = [contacts.get(pair.contacts), companies.get(pair.companies)]
    if (first === undefined || second === undefined) continue
    const [a, b] = [openSegment(first), openSegment(second)]
    if (!pairs.has(a, b)) pairs.provide(a, b, openPairs(pair.buffer))
  }
}
