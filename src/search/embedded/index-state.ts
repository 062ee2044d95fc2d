/**
 * The index as a whole: for each service a list of segments, each with the set of its records that are dead by now.
 * Nothing in it ever changes: a batch of changes, or a merge, makes a new list. So a query that holds a list sees one
 * moment, and a list can be posted to another thread: it is plain data over `SharedArrayBuffer`s.
 *
 * How to read this folder:
 * - What is stored: segment.ts (its parts and why), arena.ts (one buffer), terms.ts, uuids.ts, bitset.ts, sort-terms.ts.
 * - How it comes about: build-segment.ts (collector.ts, term-table.ts, column-arrays.ts), merge-segments.ts (merge-terms.ts).
 * - How it changes: apply-changes.ts, dead-sets.ts, merge-policy.ts (planMerge, installMerge), build-segments.ts (bulk load).
 * - How it is asked: reader.ts (one moment), plan.ts, compile.ts and matcher.ts (the boolean core), value-matchers.ts,
 *   text-matchers.ts (phrase.ts, fuzzy.ts, substring.ts), join.ts (companies to contacts), column-slots.ts, slots.ts.
 * - What is answered: search.ts (order-keys.ts, company-key.ts, ordered.ts, merge-streams.ts), count.ts, facet.ts, extent.ts.
 * - Who owns it: engine.ts (the API's thread) and writer.ts (the thread that builds, applies and merges).
 * - How it lies on disk: snapshot-manifest.ts (what), snapshot-write.ts and snapshot-read.ts, snapshot-schedule.ts (when),
 *   snapshot-lock.ts (who), snapshots.ts (all of it, for the writer).
 * All but the last two is synchronous and does no I/O.
 */
import type { Service } from '../../fields.ts'
import type { SegmentData } from './segment.ts'

export interface Entry {
  readonly segment: SegmentData
  /** A bit per slot, set for records that were replaced or deleted since the segment was built; null: none. */
  readonly dead: Int32Array<SharedArrayBuffer> | null
  /** Records that are not dead. */
  readonly live: number
}

/** In the order in which the segments were made. */
export type IndexState = Readonly<Record<Service, readonly Entry[]>>

export function emptyState(): IndexState {
  return { company: [], contact: [] }
}

/**
 * A list as it came from another thread, with the segments that are known here already in place of their copies:
 * what a thread has derived from a segment (views, bitsets, joins) hangs on the object it knows.
 */
export function adoptState(received: IndexState, known: IndexState): IndexState {
  const adopt = (service: Service) => {
    const segments = new Map(known[service].map(entry => [entry.segment.id, entry.segment]))
    return received[service].map(entry => ({ ...entry, segment: segments.get(entry.segment.id) ?? entry.segment }))
  }
  return { company: adopt('company'), contact: adopt('contact') }
}
