import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, counted, duration, table } from '../../src/commands/format.ts'
import { progressDescriber } from '../../src/commands/progress.ts'
import type { Progress } from '../../src/jobs/job/job-context.ts'

const TOTAL = 100_000_000

function importing(rowsRead: number, rowsRejected = 0): Progress {
  const bytesRead = rowsRead * 100
  return { rowsRead, rowsTotal: null, rowsStored: rowsRead, rowsRejected, bytesRead, bytesTotal: TOTAL }
}

test('a person sees how far an import is, its rate and the time left', () => {
  const describe = progressDescriber('read')
  assert.equal(describe(importing(5_000), 0), '░░░░░░░░░░░░░░░░░░░░   0 %  5,000 rows read')
  describe(importing(255_000), 5_000)
  assert.equal(
    describe(importing(505_000, 12), 10_000),
    '██████████░░░░░░░░░░  50 %  505,000 rows read, 12 rejected, 50,000/s, 0:10 left',
  )
  assert.equal(describe(importing(1_000_000), 20_000), '████████████████████ 100 %  1,000,000 rows read, 49,500/s')
})

test('the rate is that of the last seconds, also of a job that was far when it was first seen', () => {
  const describe = progressDescriber('read')
  for (let second = 0; second <= 30; second++) describe(importing(400_000 + second * 10_000), second * 1000)
  for (let second = 31; second <= 41; second++) describe(importing(700_000 + (second - 30) * 1_000), second * 1000)
  assert.match(describe(importing(712_000), 42_000), /, 1,000\/s, 4:48 left$/)
})

test('a job that stands still has no time left to tell', () => {
  const describe = progressDescriber('read')
  describe(importing(500_000), 0)
  for (let second = 1; second < 30; second++) describe(importing(500_000), second * 1000)
  assert.match(describe(importing(500_000), 30_000), /500,000 rows read, 0\/s$/)
})

test('an export goes by its rows; without a total there is a rate alone', () => {
  const exporting = (rowsRead: number, rowsTotal: number | null): Progress => ({
    rowsRead,
    rowsTotal,
    rowsStored: rowsRead,
    rowsRejected: 0,
    bytesRead: 0,
    bytesTotal: null,
  })
  const known = progressDescriber('written')
  known(exporting(0, 1000), 0)
  assert.equal(known(exporting(250, 1000), 2000), '█████░░░░░░░░░░░░░░░  25 %  250 rows written, 125/s, 0:06 left')
  const unknown = progressDescriber('written')
  unknown(exporting(0, null), 0)
  assert.equal(unknown(exporting(250, null), 2000), '250 rows written, 125/s')
})

test('durations are hours, minutes and seconds', () => {
  assert.deepEqual([0.2, 59.5, 65, 3600, 36_061].map(duration), ['0:01', '1:00', '1:05', '1:00:00', '10:01:01'])
})

test('counts are singular or plural, ages are short, columns are aligned', () => {
  assert.deepEqual(
    [0, 1, 1200].map(rows => counted(rows, 'row')),
    ['0 rows', '1 row', '1,200 rows'],
  )
  assert.equal(counted(2, 'company', 'companies'), '2 companies')
  const now = new Date('2026-01-15T10:30:00Z')
  const ago = (seconds: number) => age(new Date(now.getTime() - seconds * 1000), now)
  assert.deepEqual([-5, 59, 60, 7199, 7200, 3 * 86_400].map(ago), ['0 s', '59 s', '1 min', '1 h', '2 h', '3 d'])
  assert.deepEqual(
    table([
      ['A', 'LONG'],
      ['xyz', ''],
    ]),
    ['A    LONG', 'xyz'],
  )
})
