/**
 * The index as a whole: for each service a list of segments, each with the set of its records that are dead by now.
 * Nothing in it ever changes: a batch of changes, or a merge, makes a new list. So a query that holds a list sees one
 * moment, and a list can be posted to another thread: it is plain data over `SharedArrayBuffer`s.
 *
 * What the other files of this folder do with it:
 *   apply-changes.ts  applyChanges(state, changes: readonly Change[]): IndexState
 *   build-state.ts    createStateBuilder(): { add(changes: readonly Change[]): void; finish(): IndexState }   (bulk load)
 *   merge-policy.ts   planMerge(state, policy?): MergePlan | null         what should be merged next
 *   merge-segments.ts runMerge(plan): SegmentData | null                  pure, for a worker thread; null: nothing was alive
 *   merge-policy.ts   installMerge(state, plan, merged): IndexState       with what died meanwhile
 *   search.ts         search(state, query): Hit[]; scan(state, query, portion?): Generator<readonly string[]>
 *   count.ts          count(state, service, where): number
 *   facet.ts          facet(state, request): Facet[]
 *   extent.ts         extent(state, service, field, where): { min, max } | null
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

export function liveCount(state: IndexState, service: Service): number {
  return state[service].reduce((sum, entry) => sum + entry.live, 0)
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
