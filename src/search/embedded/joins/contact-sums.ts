/**
 * The number of contacts of each company, summed over the large segments of contacts: those that refer to a good part of the
 * companies. Without it, a count of contacts by a condition on companies walks the matching companies once per segment of contacts.
 * A batch of changes is not large, so it leaves the sums as they are, and its contacts are counted on their own.
 *
 * The writer thread computes the sums of a state with its pairs (state-pairs.ts).
 */
import type { ContactSums } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import type { PairLists, Pairs } from './pairs.ts'

/** A segment of contacts is summed if at least one in this many companies of the other segment has contacts in it. */
const FEW = 8

/** The last sums of each segment of companies that this thread has computed. */
const last = new WeakMap<SegmentData, ContactSums>()

/**
 * The sums for a segment of companies. `pairs` has its pairs with each segment of contacts, by id. Returns null if fewer than two of
 * them are large. Computes the sums only if those are others than at the last call.
 */
export function contactSums(companies: SegmentData, pairs: ReadonlyMap<string, Pairs>): ContactSums | null {
  const large = new Map([...pairs].filter(([, pair]) => pair.layout === 'table' || isLarge(pair, companies)))
  if (large.size < 2) {
    last.delete(companies)
    return null
  }
  const known = last.get(companies)
  if (known?.segments.length === large.size && known.segments.every(id => large.has(id))) return known
  const contacts = new Uint32Array(new SharedArrayBuffer(4 * companies.size))
  for (const pair of large.values()) addContacts(contacts, pair)
  const sums = { segments: [...large.keys()], contacts }
  last.set(companies, sums)
  return sums
}

function isLarge({ slots }: PairLists, { size }: SegmentData): boolean {
  return slots.length * FEW >= size
}

function addContacts(sums: Uint32Array, pair: Pairs): void {
  if (pair.layout === 'table') {
    const { contactsOf } = pair
    for (let slot = 0; slot < sums.length; slot++) sums[slot] += contactsOf[slot]
  } else {
    const { slots, contacts } = pair
    for (let place = 0; place < slots.length; place++) sums[slots[place]] += contacts[place]
  }
}
