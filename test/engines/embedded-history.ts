/** Random histories of an index: batches of changes, merges whose inputs go on changing meanwhile, hand-overs between threads. */
import fc from 'fast-check'
import type { Service } from '../../src/fields.ts'
import { applyChanges } from '../../src/search/embedded/apply-changes.ts'
import { adoptState, emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { installMerge, type MergePolicy, planMerge } from '../../src/search/embedded/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/merge-segments.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { someRecord } from './arbitraries.ts'
import type { Records } from './reference.ts'

export type Step =
  | { readonly type: 'change'; readonly changes: readonly Change[] }
  /** `meanwhile` happens after the plan was made and before the merge is put in place. */
  | { readonly type: 'merge'; readonly meanwhile: readonly Change[] }
  | { readonly type: 'post' }

/** Small enough that a few batches fill levels, reach the largest size and decay. */
const POLICY: MergePolicy = { factor: 2, floor: 3, largest: 30, largestBytes: 2 ** 30, deadShare: 0.3 }
const DISTINCT = 48

function someChange(): fc.Arbitrary<Change> {
  const of = (service: Service) =>
    fc
      .tuple(someRecord(service, DISTINCT), fc.nat(4))
      .map(([record, fate]): Change => ({ service, uuid: record.uuid, record: fate === 0 ? null : record }))
  return fc.oneof({ weight: 1, arbitrary: of('company') }, { weight: 2, arbitrary: of('contact') })
}

export function someHistory(): fc.Arbitrary<readonly Step[]> {
  const batch = fc.array(someChange(), { maxLength: 25, size: 'max' })
  const few = fc.array(someChange(), { maxLength: 5 })
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('change' as const), changes: batch }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('merge' as const), meanwhile: few }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('post' as const) }) },
    ),
    { minLength: 1, maxLength: 8, size: 'max' },
  )
}

/** The index after a history, and the records that are alive by the plainest possible account. */
export function replay(history: readonly Step[]): { readonly state: IndexState; readonly records: Records } {
  const alive = { company: new Map<string, IndexedRecord>(), contact: new Map<string, IndexedRecord>() }
  let state = emptyState()
  const change = (changes: readonly Change[]) => {
    for (const { service, uuid, record } of changes) {
      if (record === null) alive[service].delete(uuid)
      else alive[service].set(uuid, record)
    }
    state = applyChanges(state, changes)
  }
  for (const step of history) {
    if (step.type === 'change') change(step.changes)
    if (step.type === 'post') state = adoptState(structuredClone(state), state)
    if (step.type === 'merge') {
      const plan = planMerge(state, POLICY)
      const merged = plan === null ? null : runMerge(structuredClone(plan))
      change(step.meanwhile)
      if (plan !== null) state = installMerge(state, plan, merged)
    }
  }
  return { state, records: { company: [...alive.company.values()], contact: [...alive.contact.values()] } }
}
