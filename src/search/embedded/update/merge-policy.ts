/**
 * Decides which segments to merge (`planMerge`) and puts the result in place (`installMerge`). It is a tiered policy like
 * Lucene's. The number of live records of a segment determines its level; the segments of a level are about `factor` times as
 * large as those of the level below. Once a level has `factor` segments, they are merged into one of the next level. A record
 * is therefore copied once per level, there are at most about `factor` segments per level, and a segment that has lost many
 * records falls to a lower level.
 */
import type { Service } from '../../../fields.ts'
import { type Entry, type IndexState, withEntries } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import { allDead, findDead, killAll } from './dead-sets.ts'

/** The segments of one service to merge into one. Records that die after planning are handled by `installMerge`. */
export interface MergePlan {
  readonly inputs: readonly Entry[]
}

export interface MergePolicy {
  /** A level with this many segments is merged. */
  readonly factor: number
  /** Segments with at most this many live records are on the lowest level. */
  readonly floor: number
  /** The largest number of records of a merged segment. */
  readonly largest: number
  /** The largest size of its inputs in bytes. Merging unpacks the terms of a field, and their offsets have 32 bits. */
  readonly largestBytes: number
  /** A segment of more than `floor` records is rewritten on its own if a larger share of them is dead. */
  readonly deadShare: number
}

export const DEFAULT_POLICY: MergePolicy = {
  factor: 8,
  floor: 2000,
  largest: 1_000_000,
  largestBytes: 2 ** 31,
  deadShare: 0.2,
}

/** Plans the next merge, the smallest segments first. Returns null if nothing needs to be merged. */
export function planMerge(state: IndexState, policy: MergePolicy = DEFAULT_POLICY): MergePlan | null {
  return planService(state.company, policy) ?? planService(state.contact, policy)
}

function planService(entries: readonly Entry[], policy: MergePolicy): MergePlan | null {
  const levels = Map.groupBy(entries, entry =>
    Math.max(0, Math.ceil(Math.log(entry.live / policy.floor) / Math.log(policy.factor))),
  )
  for (const level of [...levels.keys()].sort((a, b) => a - b)) {
    const members = levels.get(level)!
    if (members.length < policy.factor) continue
    const inputs = withinBounds(members, policy)
    if (inputs.length > 1) return { inputs }
  }
  const decayed = entries.find(
    ({ live, segment: { size } }) => size > policy.floor && size - live > policy.deadShare * size,
  )
  return decayed === undefined ? null : { inputs: [decayed] }
}

/** The state without the segments that have these ids, for planning after their merge has failed. */
export function withoutSegments(state: IndexState, ids: ReadonlySet<string>): IndexState {
  if (ids.size === 0) return state
  const rest = (entries: readonly Entry[]) => entries.filter(entry => !ids.has(entry.segment.id))
  return { company: rest(state.company), contact: rest(state.contact) }
}

/** The smallest entries, as many as fit into one segment. */
function withinBounds(entries: readonly Entry[], policy: MergePolicy): readonly Entry[] {
  let records = 0
  let bytes = 0
  const inputs: Entry[] = []
  for (const entry of [...entries].sort((a, b) => a.live - b.live)) {
    records += entry.live
    bytes += entry.segment.buffer.byteLength
    if (records > policy.largest || bytes > policy.largestBytes) break
    inputs.push(entry)
  }
  return inputs
}

/**
 * Replaces the inputs of a finished merge with its result. Records that died in the inputs after planning are marked as dead
 * in the result. An input is missing if all of its records have died. If all inputs are missing, for that reason or because the
 * index was rebuilt, the state is returned unchanged.
 */
export function installMerge(state: IndexState, plan: MergePlan, merged: SegmentData | null): IndexState {
  const service: Service = plan.inputs[0].segment.service
  const entries = state[service]
  const ids = new Set(plan.inputs.map(entry => entry.segment.id))
  const present = entries.filter(entry => ids.has(entry.segment.id))
  if (present.length === 0) return state
  const rest = entries.filter(entry => !ids.has(entry.segment.id))
  if (merged === null) return withEntries(state, service, rest)
  const diedMeanwhile = plan.inputs.flatMap(before => {
    const now = present.find(entry => entry.segment.id === before.segment.id)
    return findDead(now ?? allDead(before), before)
  })
  const entry = killAll({ segment: merged, dead: null, live: merged.size }, diedMeanwhile)
  if (entry.live === 0) return withEntries(state, service, rest)
  const at = entries.indexOf(present[0])
  return withEntries(state, service, rest.toSpliced(at, 0, entry))
}
