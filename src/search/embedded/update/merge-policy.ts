/**
 * When segments merge: a tiered policy, as Lucene's. Segments belong to levels by their live records, each level `factor`
 * times the one below; a level with `factor` segments becomes one segment of the next. So a record is copied once a level,
 * a list has at most about `factor` segments a level, and a segment that many records of have died falls to a lower level.
 */
import type { Service } from '../../../fields.ts'
import type { Entry, IndexState } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import { findDead, killAll } from './dead-sets.ts'

/** Segments of one service that become one. What dies after the plan was made, `installMerge` makes up for. */
export interface MergePlan {
  readonly inputs: readonly Entry[]
}

export interface MergePolicy {
  /** Segments that make a level full. */
  readonly factor: number
  /** Records up to which a segment is of the lowest level. */
  readonly floor: number
  /** No segment becomes larger than that: records, and bytes (merging unpacks a field's terms, to which offsets have 32 bits). */
  readonly largest: number
  readonly largestBytes: number
  /** A segment with a larger share of dead is rewritten by itself. */
  readonly deadShare: number
}

export const DEFAULT_POLICY: MergePolicy = {
  factor: 8,
  floor: 2000,
  largest: 1_000_000,
  largestBytes: 2 ** 31,
  deadShare: 0.2,
}

/** What should be merged next, the smallest first; null when nothing should. */
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
  const decayed = entries.find(({ live, segment }) => segment.size - live > policy.deadShare * segment.size)
  return decayed === undefined || decayed.segment.size <= policy.floor ? null : { inputs: [decayed] }
}

/** What merges may be planned of while the merge of the segments with these ids is not possible. */
export function withoutSegments(state: IndexState, ids: ReadonlySet<string>): IndexState {
  if (ids.size === 0) return state
  const rest = (entries: readonly Entry[]) => entries.filter(entry => !ids.has(entry.segment.id))
  return { company: rest(state.company), contact: rest(state.contact) }
}

/** The smallest of the entries, as many as one segment may hold. */
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
 * Puts a finished merge in the place of its inputs; what died in them since the plan was made dies in it too. A list that
 * does not have the inputs any more (it was rebuilt) stays as it is.
 */
export function installMerge(state: IndexState, plan: MergePlan, merged: SegmentData | null): IndexState {
  const service: Service = plan.inputs[0].segment.service
  const entries = state[service]
  const ids = new Set(plan.inputs.map(entry => entry.segment.id))
  const present = entries.filter(entry => ids.has(entry.segment.id))
  if (present.length !== plan.inputs.length) return state
  const rest = entries.filter(entry => !ids.has(entry.segment.id))
  if (merged === null) return { ...state, [service]: rest }
  const diedMeanwhile = plan.inputs.flatMap(before => {
    const now = present.find(entry => entry.segment.id === before.segment.id)!
    return findDead(now, before)
  })
  const entry = killAll({ segment: merged, dead: null, live: merged.size }, diedMeanwhile)
  if (entry.live === 0) return { ...state, [service]: rest }
  const at = entries.indexOf(present[0])
  const before = entries.slice(0, at).filter(other => !ids.has(other.segment.id)).length
  return { ...state, [service]: [...rest.slice(0, before), entry, ...rest.slice(before)] }
}
