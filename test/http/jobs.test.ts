import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

const NEW_JOB = { job_type: 'insert_csv_file', job_data: { s3_key: 'uploads/x.csv' } }

async function createJob(extra: object = {}) {
  const { status, body } = await server.post('/common/jobs/create', {
    ...NEW_JOB,
    ...extra,
  })
  assert.equal(status, 200, JSON.stringify(body))
  return body.data
}

test('A job can be read, cancelled and retried', async () => {
  const job = await createJob({ retry_count: 1 })
  const path = `/common/jobs/${job.uuid}`
  assert.deepEqual((await server.get(path)).body, { success: true, data: job })
  const conflict = await server.post(`${path}/retry`)
  assert.equal(conflict.status, 409)
  assert.match(conflict.body.error, /^ERR_CONFLICT: /)
  const cancelled = await server.post(`${path}/cancel`)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.data.status, 'failed')
  assert.match(cancelled.body.data.job_response.runtime_errors[0], /^ERR_CANCELLED: /)
  assert.equal((await server.post(`${path}/cancel`)).status, 409)
  const again = await server.post(`${path}/retry/`, {})
  assert.equal(again.status, 200)
  assert.equal(again.body.data.status, 'retry_in_queued')
})

test('The state of the queue shows waiting jobs, running jobs with their speed, and failures', async () => {
  const before = (await server.get('/common/jobs/stats')).body.data
  const waiting = await createJob()
  await server.post(`/common/jobs/${(await createJob()).uuid}/cancel`)
  await server.database.pool.query(
    `UPDATE jobs SET status = 'processing', claim = nextval('job_claims'), worker = 1, lease_until = now(),
       claimed_at = now() - interval '10 seconds', progress = '{"rows_read": 5000}', rows_before = 1000
     WHERE uuid = $1`,
    [(await createJob()).uuid],
  )
  const { status, body } = await server.get('/common/jobs/stats')
  assert.equal(status, 200)
  const { depth, oldest_waiting_seconds: oldest, running, failures } = body.data
  const jobs = (of: { status: string; jobs: number }[], name: string) =>
    of.find(each => each.status === name)?.jobs ?? 0
  assert.equal(jobs(depth, 'open'), jobs(before.depth, 'open') + 1)
  assert.equal(jobs(depth, 'processing'), 1)
  assert.ok(oldest >= 0)
  assert.equal(running.length, 1)
  assert.equal(running[0].rows_read, 5000)
  assert.ok(running[0].rows_per_second > 300 && running[0].rows_per_second <= 400, running[0].rows_per_second)
  assert.deepEqual(failures, {
    last_hour: before.failures.last_hour + 1,
    last_day: before.failures.last_day + 1,
  })
  assert.equal((await server.get(`/common/jobs/${waiting.uuid}`)).body.data.status, 'open')
  assert.equal(
    (await server.send('GET', '/common/jobs/stats', undefined, { authorization: 'Bearer wrong' })).status,
    401,
  )
})

test('Without retry_count there are no retries, and empty members count as not sent', async () => {
  assert.equal((await createJob()).retry_count, 0)
  assert.equal((await createJob({ retry_count: null, retry_interval: null })).retry_count, 0)
  assert.equal((await createJob({ retry_count: 0 })).retry_count, 0)
  for (const retry_count of [{}, []]) {
    const { status, body } = await server.post('/common/jobs/create', { ...NEW_JOB, retry_count })
    assert.equal(status, 400)
    assert.equal(body.error, 'ERR_INVALID_RETRY_COUNT: retry_count must be integer')
  }
})

test('Jobs are listed newest first, filtered by one or several types and statuses', async () => {
  const older = await createJob()
  const newer = await createJob()
  const uuids = async (body: object) =>
    (await server.post('/common/jobs', body)).body.data.map((job: { uuid: string }) => job.uuid)
  assert.deepEqual((await uuids({})).slice(0, 2), [newer.uuid, older.uuid])
  assert.deepEqual(await uuids({ limit: 1 }), [newer.uuid])
  assert.deepEqual((await uuids({ status: 'open', job_type: ['insert_csv_file'] })).slice(0, 2), [
    newer.uuid,
    older.uuid,
  ])
  assert.deepEqual(await uuids({ status: ['completed'] }), [])
  assert.deepEqual(await uuids({ job_type: 'export_csv_file' }), [])
  assert.ok((await uuids({ status: null, job_type: [], limit: 0 })).length > 2)
})

test('A new job has the size of the file it will read, or an estimate of the file it will write', async () => {
  const upload = (await server.get('/common/upload-url?filename=sized.csv')).body
  assert.equal((await fetch(upload.upload_url, { method: 'PUT', body: 'name\nAcme Sized\n' })).status, 200)
  const imported = await createJob({ job_data: { s3_key: upload.s3_key } })
  await server.post('/companies/batch-upsert', [{ name: 'One' }, { name: 'Two' }, { name: 'Three' }])
  const wanted = async (limit: number) =>
    (
      await createJob({
        job_type: 'export_csv_file',
        job_data: { service: 'company', vql: { select_columns: ['uuid', 'name'], limit } },
      })
    ).uuid
  const sizes = await server.database.pool.query<{ size: number }>(
    'SELECT size FROM jobs WHERE uuid = ANY ($1) ORDER BY id',
    [[imported.uuid, await wanted(3), await wanted(1)]],
  )
  const [file, three, one] = sizes.rows.map(row => row.size)
  assert.equal(file, 'name\nAcme Sized\n'.length)
  assert.ok(one! > 0)
  assert.equal(three, 3 * one!)
})
