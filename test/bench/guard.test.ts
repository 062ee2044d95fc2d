import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, comparisonTable, type Pairs, pooled } from '../../bench/guard/compare.ts'

function pairs(unit: Pairs['unit'], there: readonly number[], here: readonly number[]): Pairs {
  return { name: 'a row', unit, there, here }
}

test('a row is marked if all pairs point in the same direction and the median differs by more than 5 %', () => {
  const before = [100, 100, 100]
  for (const [after, verdict] of [
    [[110, 101, 120], 'worse'],
    [[90, 99, 80], 'better'],
    [[110, 99, 120], ''],
    [[103, 101, 104], ''],
    [[97, 99, 96], ''],
  ] as const)
    assert.equal(compare(pairs('ms', before, after)).verdict, verdict, String(after))
})

test('the ratio is one of time, also for rates', () => {
  const { ratio, lowest, highest, verdict } = compare(pairs('rows/s', [100, 100, 100], [50, 80, 40]))
  assert.deepEqual([ratio, lowest, highest, verdict], [2, 1.25, 2.5, 'worse'])
})

test('classes that deviate in opposite directions cancel out together', () => {
  const all = [pairs('ms', [1, 1], [2, 2]), pairs('ms', [100, 100], [50, 50])]
  const together = compare(pooled('together', all))
  assert.equal(together.ratio.toFixed(6), '1.000000')
  assert.deepEqual([...together.here, ...together.there].map(Math.round), [10, 10, 10, 10])
})

test('with an even number of pairs, the ratio is between the two in the middle', () => {
  assert.equal(compare(pairs('s', [1, 1, 1, 1], [1, 2, 8, 10])).ratio, 4)
})

test('the table has the medians of both, and the ratios', () => {
  const { header, rows } = comparisonTable([compare(pairs('ms', [1, 2, 3], [2, 4, 6]))], 'abc1234')
  assert.deepEqual(header, ['medians', 'unit', 'abc1234', 'this tree', 'ratio', 'lowest', 'highest', 'beyond noise'])
  assert.deepEqual(rows, [['a row', 'ms', '2.00', '4.00', '2.00', '2.00', '2.00', 'worse']])
})
