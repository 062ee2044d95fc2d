/**
 * The state of the index: for each service a list of segments, each with the set of its dead records (those replaced or
 * deleted since the segment was built). A state is immutable: a batch of changes or a merge creates a new one. A query
 * therefore sees one moment from start to finish, and a state can be posted to another thread, because it is plain data
 * over `SharedArrayBuffer`s.
 *
 * Reading order of this folder:
 * 1. sets/: sets of records within one segment, as bitsets or as sorted lists.
 * 2. segment/: the stored data. Start with segment.ts; the other files are its parts.
 * 3. build/: building a segment from records (build-segment.ts) and the whole index from the database (build-index.ts).
 * 4. joins/: which companies the contacts of a segment refer to (pairs.ts), and how many contacts each has (contact-sums.ts).
 * 5. update/: following the change feed. The writer thread (writer-thread.ts, started by writer.ts) applies changes
 *    (apply-changes.ts) and plans merges (`planMerge` in merge-policy.ts). The merger thread runs them (merge-segments.ts).
 * 6. query/: which records satisfy a condition. plan.ts normalizes the condition, compile.ts turns it into matchers,
 *    join.ts goes from companies to contacts.
 * 7. answer/: the results. Pages and scans (search.ts, then ordered.ts), counts (count.ts), facets (facet.ts, with the
 *    counting itself in count-values.ts), smallest and largest numbers (extent.ts).
 * 8. snapshot/: the copy of the index on disk.
 * 9. threads/: answering costly queries in other threads.
 * engine.ts is the entry point: it answers queries and starts the other threads.
 *
 * With half an hour, read these, about 1,600 lines, in this order. The first lines of every other file say what it adds.
 * - How records are stored: segment/segment.ts, segment/postings.ts, and the comments of sets/slots.ts
 * - How a query is answered: query/reader.ts, query/compile.ts, query/matcher.ts, answer/search.ts, answer/ordered.ts with the
 *   interface `Key` in answer/order-keys.ts
 * - How contacts are found by their companies: joins/pairs.ts, query/join.ts
 * - How changes arrive: update/apply-changes.ts, update/merge-policy.ts
 *
 * ../feed.ts reads the changes and calls the writer. Segments, queries and answers are synchronous and do no I/O.
 * CONTRIBUTING.md says what else a new condition or field needs: the reference evaluator and the random data of the tests.
 *
 * Terms used throughout: a slot is the number of a record within its segment, an ordinal is the number of a value within
 * its dictionary. segment.ts explains both.
 */
import type { Service } from '../../fields.ts'
import type { Position } from '../engine.ts'
import type { SegmentData } from './segment/segment.ts'

export interface Entry {
  readonly segment: SegmentData
  /** One bit per slot, set if the record was replaced or deleted after the segment was built. Null if there are none. */
  readonly dead: Int32Array<SharedArrayBuffer> | null
  /** The number of records that are not dead. */
  readonly live: number
}

export interface IndexState extends Readonly<Record<Service, readonly Entry[]>> {
  /**
   * `pairs[i][j]` says which companies of entry j the contacts of entry i refer to (joins/pairs.ts). Null if a segment is damaged,
   * which the writer thread notices when it computes them, before it publishes a state. Queries that need such a segment fail.
   */
  readonly pairs?: readonly (readonly (SharedArrayBuffer | null)[])[]
  /** For each entry of companies. Null if fewer than two segments would be summed (joins/contact-sums.ts). Added with `pairs`. */
  readonly sums?: readonly (ContactSums | null)[]
}

/** For each slot of a segment of companies, the number of contacts in several segments of contacts, dead ones included. */
export interface ContactSums {
  /** The ids of these segments of contacts. */
  readonly segments: readonly string[]
  readonly contacts: Uint32Array<SharedArrayBuffer>
}

/** A state of the index and the position in the feed that it reflects. */
export interface Published {
  readonly state: IndexState
  readonly position: Position
}

/** The state with other entries of one service, and without pairs and sums, which would be those of the old entries. */
export function withEntries(state: IndexState, service: Service, entries: readonly Entry[]): IndexState {
  const { company, contact } = state
  return { company, contact, [service]: entries }
}

export function emptyState(): IndexState {
  return { company: [], contact: [] }
}

/**
 * Returns the state received from another thread, with the segments that this thread already has substituted for their
 * copies. What a thread derives from a segment (views, bitsets, joins) is cached by object identity.
 */
export function adoptState(received: IndexState, known: IndexState): IndexState {
  const adopt = (service: Service) => {
    const segments = new Map(known[service].map(entry => [entry.segment.id, entry.segment]))
    return received[service].map(entry => ({ ...entry, segment: segments.get(entry.segment.id) ?? entry.segment }))
  }
  return { ...received, company: adopt('company'), contact: adopt('contact') }
}
