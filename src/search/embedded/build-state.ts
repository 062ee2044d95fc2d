/**
 * A whole index from all records: the bulk load. Records are held only until they fill a portion, which becomes a segment;
 * portions are merged into segments as large as they may be. So the memory this takes is that of a portion, not of the data.
 */
import { SERVICES, type Service } from '../../fields.ts'
import type { Change } from '../engine.ts'
import { createSegmentBuilder, type SegmentBuilder } from './build-segment.ts'
import type { Entry, IndexState } from './index-state.ts'
import { DEFAULT_POLICY, type MergePolicy, withinBounds } from './merge-policy.ts'
import { runMerge } from './merge-segments.ts'

/** Records, and bytes of the values of one field, that make a portion. */
const PORTION_RECORDS = 125_000
const PORTION_BYTES = 2 ** 28

export interface StateBuilder {
  /** Takes records; one uuid comes once at most, and `record` is not null. */
  add(changes: readonly Change[]): void
  finish(): IndexState
}

export function createStateBuilder(policy: MergePolicy = DEFAULT_POLICY, portion = PORTION_RECORDS): StateBuilder {
  const builders: Readonly<Record<Service, SegmentBuilder>> = {
    company: createSegmentBuilder('company'),
    contact: createSegmentBuilder('contact'),
  }
  const entries: Record<Service, Entry[]> = { company: [], contact: [] }

  function flush(service: Service): void {
    const segment = builders[service].finish()
    if (segment === null) return
    entries[service].push({ segment, dead: null, live: segment.size })
    // Portions wait until they fill a segment: each record is copied once.
    const waiting = entries[service].reduce((sum, entry) => sum + (entry.live <= portion ? entry.live : 0), 0)
    if (waiting + portion > policy.largest) pack(service)
  }

  /** Merges the smallest segments, as many as one segment may hold. */
  function pack(service: Service): boolean {
    const inputs = withinBounds(entries[service], policy)
    if (inputs.length < 2) return false
    const segment = runMerge({ inputs })!
    entries[service] = entries[service].filter(entry => !inputs.includes(entry))
    entries[service].push({ segment, dead: null, live: segment.size })
    return true
  }

  function isFull(builder: SegmentBuilder): boolean {
    const size = builder.size()
    return size >= portion || (size % 64 === 0 && builder.bytes() >= PORTION_BYTES)
  }

  return {
    add(changes) {
      for (const { service, record } of changes) {
        if (record === null) continue
        const builder = builders[service]
        builder.add(record)
        if (isFull(builder)) flush(service)
      }
    },
    finish() {
      for (const service of SERVICES) {
        flush(service)
        while (pack(service));
      }
      return { company: [...entries.company], contact: [...entries.contact] }
    },
  }
}
