import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ageAtEnd,
  fileOf,
  isCancelled,
  type Job,
  listRequest,
  nameOfKey,
  parseJobsView,
  shareDone,
  splitError,
  statusWords,
} from '../../console/src/jobs/job/job.ts'
import { ownAddress } from '../../console/src/jobs/job/own-address.ts'
import { describeQueue } from '../../console/src/jobs/job/queue-words.ts'
import { describeAsked } from '../../console/src/jobs/job-words.ts'

const UUID = '81e705b8-ef3e-40cf-af3b-54aefbfe6d9d'
const base: Job = {
  id: 1,
  uuid: UUID,
  job_type: 'insert_csv_file',
  status: 'processing',
  data: { s3_key: `uploads/${UUID}_people.csv` },
  retry_count: 0,
  attempts: 1,
  progress: { rows_read: 5, rows_total: null, rows_stored: 4, rows_rejected: 1, bytes_read: 50, bytes_total: 200 },
  job_response: { messages: '', runtime_errors: [] },
  run_after: null,
  created_at: '2026-01-15T10:30:00.000Z',
  updated_at: '2026-01-15T10:30:30.000Z',
}

test('files have the names that people gave them', () => {
  assert.equal(nameOfKey(`uploads/command-${UUID}_people_2.csv`), 'people_2.csv')
  assert.equal(nameOfKey(`exports/${UUID}-4_contacts.csv.gz`), 'contacts.csv.gz')
  assert.equal(nameOfKey('uploads/missing.csv'), 'missing.csv')
  assert.equal(fileOf(base), 'people.csv')
  assert.equal(fileOf({ ...base, job_type: 'export_csv_file', data: { service: 'company' } }), 'Companies')
})

test('the state of a job is a word with a tone', () => {
  const failed = { ...base, status: 'failed' as const }
  const cancelled = {
    ...failed,
    job_response: { messages: 'Cancelled', runtime_errors: ['ERR_CANCELLED: the job was cancelled'] },
  }
  assert.deepEqual(statusWords(base), { text: 'Running', tone: 'info' })
  assert.deepEqual(statusWords(failed), { text: 'Failed', tone: 'bad' })
  assert.equal(isCancelled(cancelled), true)
  assert.deepEqual(statusWords(cancelled), { text: 'Cancelled', tone: 'neutral' })
  assert.equal(statusWords({ ...base, status: 'completed' }).tone, 'warn')
  assert.deepEqual(splitError('ERR_NOT_FOUND: there is no file'), {
    code: 'ERR_NOT_FOUND',
    message: 'There is no file',
  })
  assert.deepEqual(splitError('boom'), { code: null, message: 'boom' })
})

test('progress goes by bytes, else by rows, else nobody knows', () => {
  assert.equal(shareDone(base), 0.25)
  assert.equal(shareDone({ ...base, progress: { ...base.progress, bytes_total: null, rows_total: 10 } }), 0.5)
  assert.equal(shareDone({ ...base, progress: { ...base.progress, bytes_total: null } }), null)
  assert.equal(shareDone({ ...base, status: 'completed' }), 1)
  assert.equal(ageAtEnd(base, Date.parse(base.created_at) + 5000), 5)
  assert.equal(ageAtEnd({ ...base, status: 'failed' }, 0), 30)
  const reported = { ...base, status: 'completed', job_response: { ...base.job_response, seconds: 29.8 } } as const
  assert.equal(ageAtEnd(reported, 0), 29.8)
})

test('an address may hold anything', () => {
  assert.deepEqual(parseJobsView({ type: 'x', state: 5, open: '', limit: 1000 }), {
    type: null,
    state: null,
    open: null,
    limit: 25,
  })
  const view = parseJobsView({ type: 'export_csv_file', state: 'unfinished', open: UUID, limit: 100 })
  assert.deepEqual(listRequest(view, view.limit), {
    job_type: 'export_csv_file',
    status: ['open', 'in_queue', 'processing', 'retry_in_queued', 'retrying'],
    limit: 100,
  })
  assert.deepEqual(listRequest(parseJobsView({}), 25), { limit: 25 })
})

test('signed URLs of this server are asked for where the page came from', () => {
  const own = 'http://connectra.example/files/uploads/a_b.csv?expires=1&max_bytes=0&signature=x'
  assert.equal(
    ownAddress(own, 'http://localhost:8000/'),
    'http://localhost:8000/files/uploads/a_b.csv?expires=1&max_bytes=0&signature=x',
  )
  assert.equal(
    ownAddress(own, 'https://x.example/connectra/'),
    'https://x.example/connectra/files/uploads/a_b.csv?expires=1&max_bytes=0&signature=x',
  )
  const store = 'https://bucket.s3.example/uploads/a_b.csv?X-Amz-Signature=x'
  assert.equal(ownAddress(store, 'http://localhost:8000/'), store)
})

test('what was asked is said in words', () => {
  const data = { s3_key: 'uploads/a.csv', mapping: { Firma: 'company', '': null } }
  assert.deepEqual(describeAsked({ job_type: 'insert_csv_file', data }).mapping, [
    ['Firma', 'Company name'],
    ['No header', 'Ignored'],
  ])
  const vql = { where: { search: 'x' }, select_columns: ['email', 'title'], limit: 2000 }
  const asked = describeAsked({ job_type: 'export_csv_file', data: { service: 'contact', gzip: true, vql } })
  assert.deepEqual(asked.pairs, [
    ['Records', 'Contacts'],
    ['Format', 'CSV, compressed with gzip'],
    ['Columns', 'email, title'],
    ['Rows', 'The first 2,000'],
  ])
  assert.deepEqual(asked.query, { where: { search: 'x' } })
})

test('the queue is summed up', () => {
  const running = [{ uuid: UUID, job_type: 'insert_csv_file', seconds: 1, rows_read: 5, rows_per_second: 10.4 }]
  const depth = [
    { job_type: 'insert_csv_file', status: 'open' as const, jobs: 2 },
    { job_type: 'export_csv_file', status: 'retry_in_queued' as const, jobs: 1 },
    { job_type: 'insert_csv_file', status: 'processing' as const, jobs: 1 },
  ]
  const stats = { depth, running, oldest_waiting_seconds: null, failures: { last_hour: 0, last_day: 4 } }
  assert.deepEqual(describeQueue(stats), {
    waiting: 3,
    running: 1,
    longestWait: null,
    rowsPerSecond: 10,
    failedInHour: 0,
    failedInDay: 4,
  })
})
