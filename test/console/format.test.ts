import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countOf } from '../../console/src/ui/data/nouns.ts'
import { formatBytes, formatDuration, formatShare, inWords, shorten } from '../../console/src/ui/format.ts'

test('durations are never written with 60 seconds or 60 minutes', () => {
  const written = [0.04, 9.94, 9.96, 59.4, 59.6, 119.7, 125, 3599.6, 3720].map(formatDuration)
  const expected = [
    'under 0.1 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '2 min 0 s',
    '2 min 5 s',
    '1 h 0 min',
    '1 h 2 min',
  ]
  assert.deepEqual(written, expected)
})

test('only everything is 100%, and only nothing is 0%', () => {
  const written = [0, 0.0001, 0.0005, 0.453, 0.9994, 0.9996, 1].map(formatShare)
  assert.deepEqual(written, ['0%', '<0.1%', '0.1%', '45.3%', '99.9%', '>99.9%', '100%'])
})

test('sizes are never written with 1000 of a unit', () => {
  const written = [0, 999, 1000, 9949, 9960, 999_499, 999_600, 1_400_000, 999_600_000].map(formatBytes)
  assert.deepEqual(written, ['0 B', '999 B', '1.0 kB', '9.9 kB', '10 kB', '999 kB', '1.0 MB', '1.4 MB', '1.0 GB'])
})

test('names become words, counts have their nouns, and long texts are cut between characters', () => {
  assert.equal(inWords('snapshot_age'), 'Snapshot age')
  assert.equal(countOf(1, 'company'), '1 company')
  assert.equal(countOf(1234, 'company'), '1,234 companies')
  assert.equal(shorten('👍'.repeat(5), 3), '👍👍👍…')
  assert.equal(shorten('👍👍👍', 3), '👍👍👍')
})
