/** The pairs of segments, which the writer thread computes for all threads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adoptState, emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { pairsOf } from '../../src/search/embedded/joins/pairs.ts'
import { adoptPairs, withPairs } from '../../src/search/embedded/joins/state-pairs.ts'
import { openSegment } from '../../src/search/embedded/segment/open-segment.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { installMerge } from '../../src/search/embedded/update/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/update/merge-segments.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

function change(service: Change['service'], number: number, values: Partial<IndexedRecord> = {}): Change {
  return { service, uuid: uuid(number), record: { uuid: uuid(number), ...values } as IndexedRecord }
}

/** Contacts 0 to 29 of companies 0 to 9; company 9 is unknown. */
const CONTACTS = Array.from({ length: 30 }, (_, index) =>
  change('contact', 100 + index, { company_id: uuid(index % 10) }),
)
const companies = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => change('company', from + index))

function stateOf(...batches: (readonly Change[])[]): IndexState {
  return batches.reduce(applyChanges, emptyState())
}

function pairsIn(state: IndexState, company: number) {
  return pairsOf.get(openSegment(state.contact[0]!.segment), openSegment(state.company[company]!.segment))
}

function mustNotHappen(error: unknown): void {
  throw error
}

test('pairs have the companies that contacts refer to, and their contacts', () => {
  const state = stateOf(CONTACTS, companies(0, 9), companies(8, 90))
  assert.deepEqual(
    { ...pairsIn(state, 0), buffer: null },
    {
      layout: 'table',
      slots: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0),
      ordinals: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
      contacts: new Uint32Array(9).fill(3),
      buffer: null,
    },
  )
  assert.deepEqual(
    { ...pairsIn(state, 1), buffer: null },
    {
      layout: 'lists',
      slots: Uint32Array.of(0, 1),
      ordinals: Uint32Array.of(8, 9),
      contacts: Uint32Array.of(3, 3),
      buffer: null,
    },
  )
})

test('the pairs of many contacts and a changed company take little memory', () => {
  const contacts = Array.from({ length: 2000 }, (_, index) =>
    change('contact', 10_000 + index, { company_id: uuid(index) }),
  )
  const state = stateOf(contacts, companies(0, 2000), companies(7, 8))
  assert.equal(pairsIn(state, 0).layout, 'table')
  assert.ok(pairsIn(state, 1).buffer.byteLength < 200)
})

test('a state that was received brings its pairs along, and a thread keeps those that it has', () => {
  const sent = withPairs(stateOf(CONTACTS, companies(0, 9), companies(20, 25), companies(5, 6)), mustNotHappen)
  const first = adoptState(structuredClone(sent), emptyState())
  adoptPairs(first)
  const buffers = first.pairs![0]!
  assert.equal(buffers.length, 3)
  buffers.forEach((buffer, company) => {
    assert.equal(pairsIn(first, company).buffer, buffer)
    assert.deepEqual({ ...pairsIn(first, company), buffer: null }, { ...pairsIn(sent, company), buffer: null })
  })
  const again = adoptState(structuredClone(sent), first)
  adoptPairs(again)
  buffers.forEach((buffer, company) => {
    assert.equal(pairsIn(again, company).buffer, buffer)
  })
})

test('a changed state has no pairs of the state before', () => {
  const state = withPairs(stateOf(CONTACTS, companies(0, 9), companies(20, 25)), mustNotHappen)
  assert.equal(applyChanges(state, companies(30, 31)).pairs, undefined)
  const plan = { inputs: state.company }
  assert.equal(installMerge(state, plan, runMerge(plan)).pairs, undefined)
})

test('a damaged segment has no pairs, is reported once, and the other segments have theirs', () => {
  const state = stateOf(CONTACTS, companies(0, 9), companies(20, 25))
  const [whole, cut] = state.company
  const segment = { ...cut!.segment, buffer: cut!.segment.buffer.slice(0, 16) }
  const damaged = { ...state, company: [whole!, { ...cut!, segment }] }
  const errors: unknown[] = []
  for (let round = 0; round < 3; round++) {
    const { pairs } = withPairs(damaged, error => errors.push(error))
    assert.deepEqual(
      pairs!.map(row => row.map(buffer => buffer !== null)),
      [[true, false]],
    )
  }
  assert.equal(errors.length, 1)
})
