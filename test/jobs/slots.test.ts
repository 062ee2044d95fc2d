import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vacancy } from '../../src/jobs/queue/slots.ts'

const TYPES = ['insert_csv_file', 'export_csv_file']
const huge = { jobType: 'insert_csv_file', sizeBytes: 1e9 }
const small = { jobType: 'insert_csv_file', sizeBytes: 1000 }
const large = 16 << 20

test('beside a huge job, a process with two slots claims only small ones', () => {
  assert.deepEqual(vacancy({ concurrency: 2 }, TYPES, []), { jobTypes: TYPES, smallerThan: null })
  assert.deepEqual(vacancy({ concurrency: 2 }, TYPES, [huge]), { jobTypes: TYPES, smallerThan: large })
  assert.deepEqual(vacancy({ concurrency: 2 }, TYPES, [small]), { jobTypes: TYPES, smallerThan: null })
  assert.equal(vacancy({ concurrency: 2 }, TYPES, [huge, small]), null)
})

test('a process with one slot claims the job whose turn it is', () => {
  assert.deepEqual(vacancy({ concurrency: 1 }, TYPES, []), { jobTypes: TYPES, smallerThan: null })
  assert.equal(vacancy({ concurrency: 1 }, TYPES, [huge]), null)
})

test('a type at its limit is left to other processes, and a type with limit 0 is never claimed', () => {
  const limits = { concurrency: 4, byType: { insert_csv_file: 1 } }
  assert.deepEqual(vacancy(limits, TYPES, [small])?.jobTypes, ['export_csv_file'])
  assert.deepEqual(vacancy({ concurrency: 4, byType: { export_csv_file: 0 } }, TYPES, [])?.jobTypes, [
    'insert_csv_file',
  ])
  assert.equal(vacancy({ concurrency: 4, byType: { insert_csv_file: 1 } }, ['insert_csv_file'], [small]), null)
})
