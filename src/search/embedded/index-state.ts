/**
 * The index as a whole: for each service a list of segments, each with the set of its records that are dead by now.
 * Nothing in it ever changes: a batch of changes, or a merge, makes a new list. So a query that holds a list sees one
 * moment, and a list can be posted to another thread: it is plain data over `SharedArrayBuffer`s.
 *
 * How to read this folder:
 * - What is stored: segment.ts (its parts and why), arena.ts (one buffer), ascending.ts (numbers), terms.ts (bytes.ts), uuids.ts,
 *   bitset.ts, postings.ts, sequences.ts and signatures.ts; open-segment.ts gives the views.
 * - How it comes about: build-segment.ts (collector.ts, collect-texts.ts, collect-numbers.ts, collect-uuids.ts, term-table.ts,
 *   number-list.ts, distinct-terms.ts, sort-terms.ts, column-arrays.ts), merge-segments.ts (merge-terms.ts).
 * - How all of it is built from the database: build-index.ts starts processes of build-process.ts (build-segments.ts,
 *   records/binary-rows.ts), whose segments come by segment-stream.ts.
 * - How it changes: ../feed.ts brings changes; apply-changes.ts, dead-sets.ts, merge-policy.ts (planMerge, installMerge).
 * - How it is asked: reader.ts (one moment), scratch.ts, plan.ts, compile.ts and matcher.ts (the boolean core), slots.ts, each-slot.ts
 *   and column-slots.ts (sets of records), value-matchers.ts, text-matchers.ts (word-matcher.ts, phrase.ts, fuzzy.ts, substring.ts,
 *   find-term.ts), join.ts (companies to contacts, by company-pairs.ts, kept-with-pair.ts).
 * - What is answered: search.ts (match-page.ts, ordered.ts, order-keys.ts, company-key.ts, merge-streams.ts), count.ts, facet.ts (count-values.ts,
 *   top-ordinals.ts, places.ts, company-counts.ts, company-firsts.ts), extent.ts.
 * - Who owns it: engine.ts (the API's thread) and writer.ts (the thread that builds, applies and publishes), which have
 *   writer-messages.ts between them; writer-merger.ts and writer-merge.ts (the thread that merges); collect-garbage.ts and
 *   yield-to-searches.ts (what the threads owe each other).
 * - How it lies on disk: snapshot-manifest.ts (what), snapshot-write.ts and snapshot-read.ts, snapshot-schedule.ts (when),
 *   snapshot-lock.ts (who), snapshots.ts (all of it, for the writer).
 * But for the building from the database and the last two, all is synchronous and does no I/O.
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
