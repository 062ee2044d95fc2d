import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { DEFAULT_POLICY, installMerge, planMerge } from '../../src/search/embedded/update/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/update/merge-segments.ts'
import type { Change } from '../../src/search/engine.ts'
import { liveUuids } from './live-uuids.ts'

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

/** The contacts with the numbers `from` to `to` (exclusive). */
function contacts(from: number, to: number): readonly Change[] {
  return Array.from({ length: to - from }, (_, index) => {
    const id = uuid(from + index)
    return { service: 'contact', uuid: id, record: { uuid: id } }
  })
}

function apply(state: IndexState, ...batches: (readonly Change[])[]): IndexState {
  return batches.reduce(applyChanges, state)
}

test('a segment with many dead records is rewritten, also while a small one has some', () => {
  const state = apply(emptyState(), contacts(0, 10), contacts(10, 110), [...contacts(0, 5), ...contacts(10, 60)])
  const plan = planMerge(state, { ...DEFAULT_POLICY, floor: 20 })
  assert.deepEqual(
    plan?.inputs.map(({ segment, live }) => [segment.size, live]),
    [[100, 50]],
  )
})

test('a merge is kept if all records of one of its inputs die while it runs', () => {
  const before = apply(emptyState(), contacts(0, 10), contacts(10, 30), contacts(30, 35))
  const plan = { inputs: before.contact.slice(0, 2) }
  const merged = runMerge(plan)
  const after = installMerge(apply(before, contacts(0, 12)), plan, merged)
  assert.deepEqual(
    after.contact.map(({ segment, live }) => [segment.size, live]),
    [
      [30, 18],
      [5, 5],
      [12, 12],
    ],
  )
  assert.deepEqual(
    after.contact.flatMap(liveUuids).sort(),
    contacts(0, 35).map(change => change.uuid),
  )
})

test('records of an input that has disappeared stay dead, and alive where they were newer', () => {
  const before = apply(emptyState(), contacts(0, 10), contacts(5, 30))
  const plan = { inputs: before.contact }
  const after = installMerge(apply(before, contacts(0, 5)), plan, runMerge(plan))
  assert.deepEqual(
    after.contact.flatMap(liveUuids).sort(),
    contacts(0, 30).map(change => change.uuid),
  )
})

test('a merge is dropped if its inputs are gone: all of their records have died, or the index was rebuilt', () => {
  const before = apply(emptyState(), contacts(0, 10), contacts(10, 30))
  const plan = { inputs: before.contact }
  const merged = runMerge(plan)
  const replaced = apply(before, contacts(0, 30))
  assert.equal(installMerge(replaced, plan, merged), replaced)
  const rebuilt = apply(emptyState(), contacts(0, 30))
  assert.equal(installMerge(rebuilt, plan, merged), rebuilt)
})
