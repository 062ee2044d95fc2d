/** The pairs of segments, which the writer thread computes for all threads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adoptState, emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { pairs } from '../../src/search/embedded/joins/pairs.ts'
import { adoptPairs, withPairs } from '../../src/search/embedded/joins/state-pairs.ts'
import { openSegment } from '../../src/search/embedded/segment/open-segment.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
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

function pairsOf(state: IndexState, company: number) {
  return pairs.get(openSegment(state.contact[0]!.segment), openSegment(state.company[company]!.segment))
}

test('the pairs of few and of many companies have the companies that contacts refer to, and their contacts', () => {
  const state = stateOf(CONTACTS, companies(0, 9), companies(8, 90))
  assert.deepEqual(
    { ...pairsOf(state, 0), buffer: null },
    {
      kind: 'many',
      slots: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0),
      ordinals: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
      contacts: new Uint32Array(9).fill(3),
      buffer: null,
    },
  )
  assert.deepEqual(
    { ...pairsOf(state, 1), buffer: null },
    {
      kind: 'few',
      slots: Uint32Array.of(0, 1),
      ordinals: Uint32Array.of(8, 9),
      contacts: Uint32Array.of(3, 3),
      buffer: null,
    },
  )
})

test('a state that was received brings its pairs along, and a thread keeps those that it has', () => {
  const sent = withPairs(stateOf(CONTACTS, companies(0, 9), companies(20, 25)))
  assert.equal(sent.pairs?.length, 2)
  const first = adoptState(structuredClone(sent), emptyState())
  adoptPairs(first)
  assert.equal(pairsOf(first, 0).buffer, first.pairs![0]!.buffer)
  assert.equal(pairsOf(first, 1).buffer, first.pairs![1]!.buffer)

  const again = adoptState(structuredClone(sent), first)
  adoptPairs(again)
  assert.equal(pairsOf(again, 0).buffer, first.pairs![0]!.buffer)
})
