/**
 * The number of contacts of each company, summed over the segments of contacts whose pair is a table (pairs.ts): those that refer to
 * a large part of the companies. Without it, a count of contacts by a condition on companies walks the matching companies once per
 * segment of contacts. The pair of a batch of changes is a list, so it leaves the sums as they are, and its contacts are counted on
 * their own.
 *
 * The writer thread computes the sums of a state with its pairs (state-pairs.ts).
 */
import type { ContactSums } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import type { Pairs, PairTable } from './pairs.ts'

/** The last sums of each segment of companies that this thread has computed. */
const last = new WeakMap<SegmentData, ContactSums>()

/**
 * The sums for a segment of companies. `pairs` has its pairs with each segment of contacts, by id. Returns null if fewer than two of
 * them are tables. Computes the sums only if the tables are others than at the last call.
 */
export function contactSums(companies: SegmentData, pairs: ReadonlyMap<string, Pairs>): ContactSums | null {
  const tables = new Map<string, PairTable>()
  for (const [id, pair] of pairs) if (pair.layout === 'table') tables.set(id, pair)
  if (tables.size < 2) {
    last.delete(companies)
    return null
  }
  const known = last.get(companies)
  if (known?.segments.length === tables.size && known.segments.every(id => tables.has(id))) return known
  const contacts = new Uint32Array(new SharedArrayBuffer(4 * companies.size))
  for (const { contactsOf } of tables.values()) {
    for (let slot = 0; slot < contacts.length; slot++) contacts[slot] += contactsOf[slot]
  }
  const sums = { segments: [...tables.keys()], contacts }
  last.set(companies, sums)
  return sums
}
