import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALL_SELECTED,
  countSelected,
  isSelected,
  NO_SELECTION,
  selectRows,
  whereSelected,
} from '../../console/src/explore/selection/selection.ts'

const where = { keyword_match: { must: { country: 'germany' } } }

test('single rows are selected by their uuids', () => {
  const some = selectRows(selectRows(NO_SELECTION, ['a', 'b', 'c'], true), ['b'], false)
  assert.deepEqual(
    [...'abc'].map(uuid => isSelected(some, uuid)),
    [true, false, true],
  )
  assert.equal(countSelected(some, 50), 2)
  assert.deepEqual(whereSelected(some, where), { keyword_match: { must: { uuid: ['a', 'c'] } } })
  assert.equal(NO_SELECTION.kind === 'rows' && NO_SELECTION.uuids.size, 0)
})

test('everything is selected by the query, without the rows that were taken out', () => {
  assert.equal(whereSelected(ALL_SELECTED, where), where)
  const most = selectRows(selectRows(ALL_SELECTED, ['a', 'b'], false), ['a'], true)
  assert.deepEqual(
    [...'abc'].map(uuid => isSelected(most, uuid)),
    [true, false, true],
  )
  assert.equal(countSelected(most, 50), 49)
  assert.deepEqual(whereSelected(most, where), { and: [where, { keyword_match: { must_not: { uuid: ['b'] } } }] })
})
