/** Histories of an index: batches of changes, bulk loads, merges whose inputs change meanwhile, and posts between threads. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adoptState, type Entry, emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { adoptPairs, withPairs } from '../../src/search/embedded/joins/state-pairs.ts'
import type { StoredFile } from '../../src/search/embedded/snapshot/manifest.ts'
import { readSnapshot } from '../../src/search/embedded/snapshot/read-snapshot.ts'
import { writeSnapshot } from '../../src/search/embedded/snapshot/write-snapshot.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { installMerge, type MergePolicy, planMerge } from '../../src/search/embedded/update/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/update/merge-segments.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { bulkLoad } from '../engines/bulk-load.ts'
import type { Records } from '../engines/reference.ts'
import { liveUuids } from '../search/live-uuids.ts'

export type Step =
  | { readonly type: 'change'; readonly changes: readonly Change[] }
  /**
   * `meanwhile` happens after the merge was planned and before its result is installed. `loses`: then all records of its first input
   * are deleted.
   */
  | {
      readonly type: 'merge'
      readonly policy: MergePolicy
      readonly meanwhile: readonly Step[]
      readonly loses: boolean
    }
  /** Merges until nothing is left to merge. */
  | { readonly type: 'merge all'; readonly policy: MergePolicy }
  | { readonly type: 'post' }
  /** Reloads all records, in segments of `portion` records. */
  | { readonly type: 'bulk'; readonly portion: number }
  /** Writes a snapshot to disk and reads it again. */
  | { readonly type: 'snapshot' }
  /** Remembers this moment. Queries are run on it too, after all later steps. */
  | { readonly type: 'moment' }

/** A state of the index as it is published, and the live records according to simple bookkeeping. */
export interface Moment {
  readonly state: IndexState
  readonly records: Records
  /** Some versions of records that were replaced or deleted. They must no longer be found by their values. */
  readonly gone: Records
}

export interface Replayed {
  /** The last one is the end of the history. */
  readonly moments: readonly Moment[]
  /** How often each kind of step had an effect. */
  readonly steps: Readonly<Record<string, number>>
}

/** The largest number of `gone` versions per service. */
const REMEMBERED = 500

/** Deletes the records that the entry has alive. */
function deletionsOf(entry: Entry): readonly Change[] {
  const { service } = entry.segment
  return liveUuids(entry).map(uuid => ({ service, uuid, record: null }))
}

export async function replay(history: readonly Step[]): Promise<Replayed> {
  const alive = { company: new Map<string, IndexedRecord>(), contact: new Map<string, IndexedRecord>() }
  const gone = { company: [] as IndexedRecord[], contact: [] as IndexedRecord[] }
  const moments: Moment[] = []
  const steps: Record<string, number> = {}
  let state = emptyState()
  let published = state
  let directory: string | null = null
  let seq = 0
  const written = new Map<string, StoredFile>()

  const done = (what: string) => {
    steps[what] = (steps[what] ?? 0) + 1
  }
  const now = (): Moment => ({
    state,
    records: { company: [...alive.company.values()], contact: [...alive.contact.values()] },
    gone: { company: [...gone.company], contact: [...gone.contact] },
  })

  /** As the writer does after each change. */
  function publish(): void {
    if (state.pairs !== undefined) return
    const before = new Set(published.sums)
    state = withPairs(state, error => {
      throw error
    })
    for (const sums of state.sums!) if (sums !== null) done(before.has(sums) ? 'kept sums' : 'computed sums')
    published = state
  }

  function change(changes: readonly Change[]): void {
    for (const { service, uuid, record } of changes) {
      done(record === null ? 'delete' : alive[service].has(uuid) ? 'update' : 'insert')
      const before = alive[service].get(uuid)
      if (before !== undefined && gone[service].length < REMEMBERED) gone[service].push(before)
      if (record === null) alive[service].delete(uuid)
      else alive[service].set(uuid, record)
    }
    state = applyChanges(state, changes)
  }

  function bulk(portion: number): void {
    state = bulkLoad({ company: alive.company.values(), contact: alive.contact.values() }, portion)
  }

  /** To a thread that has nothing yet, which also gets the pairs. */
  function post(): void {
    state = adoptState(structuredClone(state), emptyState())
    adoptPairs(state)
  }

  /** Writes over the files of an earlier snapshot, as a running index does. */
  async function snapshot(): Promise<void> {
    directory ??= await mkdtemp(join(tmpdir(), 'connectra-soak-'))
    await writeSnapshot(directory, { state, position: { seq: ++seq, token: 'soak' } }, written)
    const read = await readSnapshot(directory, new AbortController().signal)
    if (read?.position.seq !== seq) throw new Error('a different snapshot was read than written')
    state = read.state
  }

  async function merge(policy: MergePolicy, meanwhile: readonly Step[], loses = false): Promise<boolean> {
    const plan = planMerge(state, policy)
    if (plan === null) {
      await takeAll(meanwhile)
      return false
    }
    const merged = structuredClone(runMerge(structuredClone(plan)))
    const before = state
    await takeAll(meanwhile)
    if (loses) await take({ type: 'change', changes: deletionsOf(plan.inputs[0]!) })
    const known = state
    state = installMerge(state, plan, merged)
    if (loses && state !== known) done('merged without an input')
    done(plan.inputs.length === 1 ? 'merged one' : 'merged several')
    if (known !== before && state !== known) done('merged with changes meanwhile')
    if (![...state.company, ...state.contact].some(entry => entry.segment.id === merged?.id)) done('merged all dead')
    return true
  }

  async function take(step: Step): Promise<void> {
    done(step.type)
    switch (step.type) {
      case 'change':
        change(step.changes)
        break
      case 'merge':
        await merge(step.policy, step.meanwhile, step.loses)
        break
      case 'merge all':
        for (let left = 20; left > 0 && (await merge(step.policy, [])); left--);
        break
      case 'post':
        post()
        break
      case 'bulk':
        bulk(step.portion)
        break
      case 'snapshot':
        await snapshot()
        break
      case 'moment':
        moments.push(now())
    }
    publish()
  }

  async function takeAll(list: readonly Step[]): Promise<void> {
    for (const step of list) await take(step)
  }

  try {
    await takeAll(history)
  } finally {
    if (directory !== null) await rm(directory, { recursive: true })
  }
  return { moments: [...moments, now()], steps }
}
