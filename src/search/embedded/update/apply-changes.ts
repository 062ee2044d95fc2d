/**
 * Applies a batch of changes: builds a small segment of the new versions, marks the old versions as dead, and returns a new
 * state. The old state is not modified.
 */
import type { Service } from '../../../fields.ts'
import type { Change, ChangedRows, IndexedRecord } from '../../engine.ts'
import { createSegmentBuilder } from '../build/build-segment.ts'
import { type Entry, type IndexState, withEntries } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import { uuidBytes } from '../segment/uuids.ts'
import { killAll } from './dead-sets.ts'

/** Returns the state after `changes`. The last change of a record wins. Applying a batch twice has no further effect. */
export function applyChanges(state: IndexState, changes: readonly Change[]): IndexState {
  return {
    company: applyTo(state.company, 'company', changes),
    contact: applyTo(state.contact, 'contact', changes),
  }
}

/**
 * The same for records in PostgreSQL's binary format. All of them are read before `current` is called, because the state may
 * change in the meantime.
 */
export async function applyRows(current: () => IndexState, changes: readonly ChangedRows[]): Promise<IndexState> {
  const segments: (SegmentData | null)[] = []
  for (const { service, send } of changes) {
    const builder = createSegmentBuilder(service)
    await send(builder.addRow)
    segments.push(builder.finish())
  }
  let state = current()
  changes.forEach(({ service, uuids }, place) => {
    state = withEntries(state, service, replaced(state[service], uuids, segments[place] ?? null))
  })
  return state
}

function applyTo(entries: readonly Entry[], service: Service, changes: readonly Change[]): readonly Entry[] {
  const last = new Map<string, IndexedRecord | null>()
  for (const change of changes) if (change.service === service) last.set(change.uuid, change.record)
  if (last.size === 0) return entries
  const builder = createSegmentBuilder(service)
  for (const record of last.values()) if (record !== null) builder.add(record)
  return replaced(entries, [...last.keys()], builder.finish())
}

/** Replaces the records with these uuids by those of `segment`. */
function replaced(entries: readonly Entry[], uuids: readonly string[], segment: SegmentData | null): readonly Entry[] {
  const dead = uuids.map(uuidBytes)
  const left = entries.map(entry => killAll(entry, dead)).filter(entry => entry.live > 0)
  return segment === null ? left : [...left, { segment, dead: null, live: segment.size }]
}
