/** A batch of changes: a small segment of the new versions, the old ones dead, one new list. The old list stays as it is. */
import type { Service } from '../../fields.ts'
import type { Change, IndexedRecord } from '../engine.ts'
import { createSegmentBuilder } from './build-segment.ts'
import { killAll } from './dead-sets.ts'
import type { Entry, IndexState } from './index-state.ts'
import { uuidBytes } from './uuids.ts'

/** The state after `changes`; of several changes of one record the last counts. Applying a batch twice changes nothing more. */
export function applyChanges(state: IndexState, changes: readonly Change[]): IndexState {
  return {
    company: applyTo(state.company, 'company', changes),
    contact: applyTo(state.contact, 'contact', changes),
  }
}

function applyTo(entries: readonly Entry[], service: Service, changes: readonly Change[]): readonly Entry[] {
  const last = new Map<string, IndexedRecord | null>()
  for (const change of changes) if (change.service === service) last.set(change.uuid, change.record)
  if (last.size === 0) return entries
  const uuids = [...last.keys()].map(uuidBytes)
  const left = entries.map(entry => killAll(entry, uuids)).filter(entry => entry.live > 0)
  const builder = createSegmentBuilder(service)
  for (const record of last.values()) if (record !== null) builder.add(record)
  const segment = builder.finish()
  return segment === null ? left : [...left, { segment, dead: null, live: segment.size }]
}
