import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jobLines, jobRow } from '../../src/commands/job-lines.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { startWorker } from '../../src/jobs/queue/worker.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { openTestStore } from '../helpers/store.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { temporaryDirectory } from './processes.ts'
import { runCommand } from './run-command.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

test('jobs are listed newest first, shown, cancelled and retried, by the rules of the HTTP API', async () => {
  const { pool, url } = await createTestDatabase()
  const dataDir = temporaryDirectory()
  const jobs = async (...args: string[]) =>
    await runCommand(['jobs', ...args], { DATABASE_URL: url, DATA_DIR: dataDir })
  assert.deepEqual(await jobs('list'), { code: 0, stdout: '', stderr: 'no jobs\n' })

  const create = async (jobType: string, data: object) =>
    (await createJob(pool, { jobType, data: { ...data }, retryCount: 0, retryIntervalSeconds: 30 })).uuid
  const first = await create('insert_csv_file', { s3_key: 'uploads/a.csv' })
  const second = await create('export_csv_file', { service: 'contact' })
  const { stdout } = await jobs('list')
  assert.match(
    stdout,
    new RegExp(`^UUID +STATUS  TYPE +PROGRESS  AGE
${second}  open    export_csv_file  0 rows    \\d+ s
${first}  open    insert_csv_file  0 rows    \\d+ s
$`),
  )
  const listed = (await jobs('list', '--json', '--type', 'insert_csv_file')).stdout
  assert.equal(JSON.parse(listed).uuid, first)
  assert.deepEqual(await jobs('list', '--status', 'failed'), { code: 0, stdout: '', stderr: 'no such jobs\n' })

  assert.match((await jobs('show', first)).stdout, /^status +open\n[\s\S]*^file +.*files\/uploads\/a\.csv$/m)
  assert.equal((await jobs('cancel', first)).stdout, `cancelled job ${first}; 0 rows stored so far\n`)
  assert.match(
    (await jobs('show', first)).stdout,
    /^status +failed\n[\s\S]*^message +Cancelled\nerror +ERR_CANCELLED: /m,
  )
  await assert.rejects(jobs('cancel', first), { code: 'ERR_CONFLICT' })
  await assert.rejects(jobs('retry', second), { code: 'ERR_CONFLICT' })
  for (const name of ['show', 'cancel', 'retry'])
    await assert.rejects(jobs(name, UNKNOWN), { code: 'ERR_NOT_FOUND', message: `there is no job ${UNKNOWN}` })

  assert.deepEqual(await jobs('retry', first), {
    code: 0,
    stdout: `job ${first} is in the queue\n`,
    stderr: 'no server is running: the job waits until you start `connectra serve`\n',
  })
  assert.equal(JSON.parse((await jobs('cancel', '--json', second)).stdout).status, 'failed')

  const log = { info() {}, warn() {}, error() {} }
  const parts = { databaseUrl: url, engine: null, store: await openTestStore(dataDir), log, limits: { concurrency: 1 } }
  const handlers = { export_csv_file: async () => ({ messages: 'exported' }) }
  // A command that runs one job is not a server.
  const single = startWorker({ ...parts, handlers, only: UNKNOWN })
  await waitUntil('its worker is connected', () => single.state().connected)
  await jobs('cancel', first)
  assert.match((await jobs('retry', first)).stderr, /^no server is running/)
  const worker = startWorker({ ...parts, handlers })
  await waitUntil('the worker is connected', () => worker.state().connected)
  assert.deepEqual(await jobs('retry', second), { code: 0, stdout: `job ${second} is in the queue\n`, stderr: '' })
  await waitUntil('the job has completed', async () => (await getJob(pool, second)).status === 'completed')
  await Promise.all([single.stop(), worker.stop()])
})

test('a job is described with all that a person needs', () => {
  const now = new Date('2026-01-15T10:30:00Z')
  const importing: Job = {
    id: 1,
    uuid: UNKNOWN,
    jobType: 'insert_csv_file',
    status: 'retry_in_queued',
    data: { s3_key: 'uploads/a.csv', mapping: { Firma: 'company' } },
    retryCount: 2,
    attempts: 1,
    progress: { rowsRead: 1200, rowsTotal: null, rowsStored: 1188, rowsRejected: 12, bytesRead: 21, bytesTotal: 100 },
    response: { messages: 'Failed: no more', runtimeErrors: ['ERR_INTERNAL: no more'], rejectsS3Key: 'rejects/a.csv' },
    runAfter: new Date('2026-01-15T10:30:30Z'),
    createdAt: new Date('2026-01-15T10:27:00Z'),
    updatedAt: new Date('2026-01-15T10:29:48Z'),
  }
  assert.deepEqual(jobRow(importing, now), [
    UNKNOWN,
    'retry_in_queued',
    'insert_csv_file',
    '1,200 rows, 12 rejected, 21 %',
    '3 min',
  ])
  assert.deepEqual(
    jobLines(importing, now, key => `/data/files/${key}`),
    [
      `job            ${UNKNOWN}`,
      'type           insert_csv_file',
      'status         retry_in_queued',
      'created        2026-01-15 10:27:00 UTC, 3 min ago',
      'last change    2026-01-15 10:29:48 UTC, 12 s ago',
      'attempts       1, with up to 2 retries after failures',
      'next attempt   2026-01-15 10:30:30 UTC',
      'file           /data/files/uploads/a.csv',
      'options        {"mapping":{"Firma":"company"}}',
      'progress       1,200 rows, 12 rejected, 21 %',
      'stored         1,188 rows',
      'message        Failed: no more',
      'error          ERR_INTERNAL: no more',
      'rejected rows  /data/files/rejects/a.csv',
    ],
  )
})
