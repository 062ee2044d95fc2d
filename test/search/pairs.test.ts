/** The pairs of segments, which the writer thread computes for all threads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count } from '../../src/search/embedded/answer/count.ts'
import { adoptState, emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { pairsOf } from '../../src/search/embedded/joins/pairs.ts'
import { adoptPairs, withPairs } from '../../src/search/embedded/joins/state-pairs.ts'
import { openSegment } from '../../src/search/embedded/segment/open-segment.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { droppedBytes } from '../../src/search/embedded/update/collect-garbage.ts'
import { installMerge } from '../../src/search/embedded/update/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/update/merge-segments.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'

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
      slotOf: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0),
      ordinalOf: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
      contactsOf: new Uint32Array(9).fill(3),
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

/** Contacts 200 to 219 of companies 0 to 9. */
const MORE_CONTACTS = Array.from({ length: 20 }, (_, index) =>
  change('contact', 200 + index, { company_id: uuid(index % 10) }),
)

/** It has a ninth of the companies, and is not large. */
const ONE_CONTACT = [change('contact', 300, { company_id: uuid(3) })]

test('the contacts of each company are summed over the large segments', () => {
  const state = withPairs(
    stateOf(companies(0, 9), CONTACTS, MORE_CONTACTS, ONE_CONTACT, companies(50, 51)),
    mustNotHappen,
  )
  const [sums, none] = state.sums!
  assert.deepEqual(sums, {
    segments: state.contact.slice(0, 2).map(({ segment }) => segment.id),
    contacts: new Uint32Array(new SharedArrayBuffer(36)).fill(5),
  })
  assert.equal(none, null)
  assert.deepEqual(withPairs(stateOf(companies(0, 9), CONTACTS, ONE_CONTACT), mustNotHappen).sums, [null])
})

test('a segment is large by its share of the companies, also if its pair is a list', () => {
  // Each has two of ten companies; all the others are of other segments.
  const contacts = (first: number) =>
    Array.from({ length: 30 }, (_, index) => change('contact', first + index, { company_id: uuid(index + 8) }))
  const state = withPairs(stateOf(companies(0, 10), contacts(1000), contacts(2000)), mustNotHappen)
  assert.equal(pairsIn(state, 0).layout, 'lists')
  assert.deepEqual([...state.sums![0]!.contacts], [0, 0, 0, 0, 0, 0, 0, 0, 2, 2])
})

test('the sums stay until a large segment comes or goes, and are then counted as dropped', () => {
  const before = withPairs(stateOf(companies(0, 9), CONTACTS, MORE_CONTACTS), mustNotHappen)
  const small = withPairs(applyChanges(before, ONE_CONTACT), mustNotHappen)
  assert.equal(small.sums![0], before.sums![0])
  assert.equal(droppedBytes(before, structuredClone(small)), 0)
  const large = withPairs(
    applyChanges(
      small,
      CONTACTS.map(({ record }, index) => change('contact', 400 + index, { company_id: record!.company_id! })),
    ),
    mustNotHappen,
  )
  assert.deepEqual([...large.sums![0]!.contacts], new Array(9).fill(8))
  assert.equal(droppedBytes(small, large), 36)
  // The same number of large segments, one of which is another.
  const fewer = applyChanges(large, [{ service: 'contact', uuid: uuid(103), record: null }])
  const plan = { inputs: fewer.contact.slice(0, 1) }
  const rewritten = withPairs(installMerge(fewer, plan, runMerge(plan)), mustNotHappen)
  assert.deepEqual([...rewritten.sums![0]!.contacts], [8, 8, 8, 7, 8, 8, 8, 8, 8])
  const without = withPairs({ ...large, company: [] }, mustNotHappen)
  const { segment } = large.company[0]!
  const pairs = large.pairs!.flat().reduce((sum, buffer) => sum + buffer!.byteLength, 0)
  assert.equal(droppedBytes(large, without), segment.buffer.byteLength + pairs + 36)
})

test('a count by companies is exact with sums, dead contacts and dead companies, in any thread', () => {
  const wanted = (number: number) => ({ employees_count: number % 2 })
  const all = Array.from({ length: 9 }, (_, number) => change('company', number, wanted(number)))
  const gone: Change = { service: 'contact', uuid: uuid(103), record: null }
  const moved = change('contact', 201, { company_id: uuid(2) })
  const changed = change('company', 5, wanted(6))
  const deleted: Change = { service: 'company', uuid: uuid(7), record: null }
  const sent = withPairs(
    stateOf(all, CONTACTS, MORE_CONTACTS, ONE_CONTACT, [gone, moved, changed, deleted]),
    mustNotHappen,
  )
  const received = adoptState(structuredClone(sent), emptyState())
  adoptPairs(received)
  const odd = { range_query: { must: { company_employees_count: { gte: 1 } } } }
  const notOdd = { range_query: { must_not: { company_employees_count: { gte: 1 } } } }
  for (const state of [
    sent,
    received,
    { ...sent, sums: undefined },
    { company: sent.company, contact: sent.contact },
  ]) {
    // Companies 1 and 3 have five each. Company 3 has one more, and one less. Contact 201 has left company 1.
    assert.equal(count(state as IndexState, 'contact', parseWhere('contact', odd)), 9)
    assert.equal(count(state as IndexState, 'contact', parseWhere('contact', notOdd)), 50 - 9)
    // Not -0.
    assert.ok(Object.is(count({ company: state.company, contact: [] }, 'contact', parseWhere('contact', notOdd)), 0))
  }
})

test('the sums leave out a damaged segment, and the count fails that needs it', () => {
  const state = stateOf(
    companies(0, 9),
    CONTACTS,
    MORE_CONTACTS,
    MORE_CONTACTS.map((_, index) => change('contact', 500 + index, { company_id: uuid(index % 10) })),
  )
  const [whole, cut, other] = state.contact
  const segment = { ...cut!.segment, buffer: cut!.segment.buffer.slice(0, 16) }
  const damaged = withPairs({ ...state, contact: [whole!, { ...cut!, segment }, other!] }, () => {})
  assert.deepEqual(damaged.sums![0]!.segments, [whole!.segment.id, other!.segment.id])
  assert.throws(() => count(damaged, 'contact', parseWhere('contact', { exists: { must: ['company_name'] } })))
})
