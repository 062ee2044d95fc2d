/**
 * The index as a whole: for each service a list of segments, each with the set of its records that are dead by now.
 * Nothing in it ever changes: a batch of changes, or a merge, makes a new list. So a query that holds a list sees one
 * moment, and a list can be posted to another thread: it is plain data over `SharedArrayBuffer`s.
 *
 * How to read this folder:
 * 1. sets/: sets of records of one segment, as bits or as lists of slots.
 * 2. segment/: what is stored. Start with segment.ts; the other files are its parts.
 * 3. build/: how a segment is made from records (build-segment.ts), and all segments from the database (build-index.ts).
 * 4. update/: how the index follows the feed. writer-thread.ts applies changes, merger-thread.ts makes one segment of several.
 * 5. query/: which records satisfy a condition. plan.ts prepares it, compile.ts makes matchers, join.ts leads from companies to contacts.
 * 6. answer/: what is returned for them: pages (search.ts), counts, facets, extents.
 * 7. snapshot/: the index on disk.
 * engine.ts is the entrance: it answers queries, and starts the writer thread.
 * Segments, queries and answers are synchronous and do no I/O.
 */
import type { Service } from '../../fields.ts'
import type { Position } from '../engine.ts'
import type { SegmentData } from './segment/segment.ts'

export interface Entry {
  readonly segment: SegmentData
  /** A bit per slot, set for records that were replaced or deleted since the segment was built; null: none. */
  readonly dead: Int32Array<SharedArrayBuffer> | null
  /** Records that are not dead. */
  readonly live: number
}

/** In the order in which the segments were made. */
export type IndexState = Readonly<Record<Service, readonly Entry[]>>

/** A state of the index with the position in the feed that it shows. */
export interface Published {
  readonly state: IndexState
  readonly position: Position
}

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
