import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../src/database/pool.ts'
import { jobToJson } from '../../src/jobs/job/job.ts'
import type { ClaimedJob, Progress } from '../../src/jobs/job/job-context.ts'
import {
  checkpointSql,
  claimJob,
  completeJob,
  failJob,
  postponeJob,
  releaseJob,
  renewLeases,
  reportProgress,
  startJob,
} from '../../src/jobs/queue/claims.ts'
import { cancelJob, createJob, getJob, listJobs, type NewJob, retryJob } from '../../src/jobs/queue/queue.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()
const WORKER = 1
/** Each test has its own job type, so that it does not see the jobs of other tests. */
let types = 0

function newType(): string {
  return `type_${++types}`
}

function request(jobType: string, extra: Partial<NewJob> = {}): NewJob {
  return { jobType, data: { s3_key: 'uploads/a.csv' }, retryCount: 0, retryIntervalSeconds: 0, ...extra }
}

function progressOf(rows: number): Progress {
  return { rowsRead: rows, rowsTotal: null, rowsStored: rows, rowsRejected: 0, bytesRead: rows * 10, bytesTotal: 1000 }
}

async function claim(jobType: string): Promise<ClaimedJob> {
  const job = await claimJob(pool, WORKER, { jobTypes: [jobType] })
  assert.ok(job, 'there should be a job to claim')
  return job
}

async function status(uuid: string): Promise<string> {
  return (await getJob(pool, uuid)).status
}

test('a job goes from open to in_queue, processing and completed', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type))
  assert.equal(await status(uuid), 'open')
  const { claim: held } = await claim(type)
  assert.equal(await status(uuid), 'in_queue')
  assert.equal(await startJob(pool, held), true)
  assert.equal(await status(uuid), 'processing')
  const response = { messages: 'Successfully imported 150 records', rejectsS3Key: 'rejects/a.csv' }
  assert.equal(await completeJob(pool, held, response, progressOf(150)), true)
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'completed')
  assert.deepEqual(job.response, { ...response, runtimeErrors: [] })
  assert.equal(job.progress.rowsStored, 150)
  assert.equal(job.attempts, 1)
})

test('a job without retries fails at its first failure', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type))
  const { claim: held } = await claim(type)
  await failJob(pool, held, 'ERR_UNAVAILABLE: the store does not answer', false)
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'failed')
  assert.deepEqual(job.response.runtimeErrors, ['ERR_UNAVAILABLE: the store does not answer'])
  assert.equal(job.response.messages, 'Failed: the store does not answer')
  assert.equal(await claimJob(pool, WORKER, { jobTypes: [type] }), null)
})

test('a failing job is retried until its retries are used up, and lists every failure', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 2 }))
  for (const run of [1, 2, 3]) {
    const { claim: held } = await claim(type)
    assert.equal(await status(uuid), run === 1 ? 'in_queue' : 'retrying')
    await startJob(pool, held)
    assert.equal(await status(uuid), run === 1 ? 'processing' : 'retrying')
    await failJob(pool, held, `ERR_INTERNAL: failure ${run}`, false)
    const job = await getJob(pool, uuid)
    assert.equal(job.status, run === 3 ? 'failed' : 'retry_in_queued')
    assert.equal(job.attempts, run)
    assert.equal(job.runAfter === null, run === 3)
  }
  assert.deepEqual((await getJob(pool, uuid)).response.runtimeErrors, [
    'ERR_INTERNAL: failure 1',
    'ERR_INTERNAL: failure 2',
    'ERR_INTERNAL: failure 3',
  ])
})

test('the pause before a retry doubles, up to an hour', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 12, retryIntervalSeconds: 30 }))
  const pauses: number[] = []
  for (let run = 1; run <= 10; run++) {
    const { claim: held } = await claim(type)
    await failJob(pool, held, 'ERR_INTERNAL: again', false)
    assert.equal(await claimJob(pool, WORKER, { jobTypes: [type] }), null, 'it is not due yet')
    const { rows } = await pool.query(
      'UPDATE jobs SET run_after = now() FROM jobs AS old WHERE jobs.id = old.id AND jobs.uuid = $1 ' +
        'RETURNING round(extract(epoch FROM old.run_after - old.updated_at))::int AS pause',
      [uuid],
    )
    pauses.push(rows[0].pause)
  }
  assert.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
})

test('an error that a retry cannot fix fails the job at once', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 3 }))
  await failJob(pool, (await claim(type)).claim, 'ERR_NOT_FOUND: there is no file', true)
  assert.equal(await status(uuid), 'failed')
})

test('when many workers claim at once, each job goes to exactly one, the oldest first', async () => {
  const type = newType()
  const uuids: string[] = []
  for (let index = 0; index < 20; index++) uuids.push((await createJob(pool, request(type))).uuid)
  const claimed: string[] = []
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      for (;;) {
        const job = await claimJob(pool, index + 1, { jobTypes: [type] })
        if (!job) return
        claimed.push(job.uuid)
      }
    }),
  )
  assert.deepEqual(claimed.toSorted(), uuids.toSorted())
  const next = await createJob(pool, request(type))
  await createJob(pool, request(type))
  assert.equal((await claim(type)).uuid, next.uuid)
})

test('a small job passes an older huge one, unless that has waited as long as it takes', async () => {
  const type = newType()
  const huge = await createJob(pool, request(type, { sizeBytes: 5_000_000_000 }))
  const small = await createJob(pool, request(type, { sizeBytes: 1000 }))
  const unknown = await createJob(pool, request(type))
  await pool.query(`UPDATE jobs SET turn = turn - interval '20 minutes' WHERE uuid = $1`, [huge.uuid])
  const order = [await claim(type), await claim(type), await claim(type)].map(job => job.uuid)
  assert.deepEqual(order, [huge.uuid, small.uuid, unknown.uuid])
  const another = await createJob(pool, request(type, { sizeBytes: 5_000_000_000 }))
  const later = await createJob(pool, request(type, { sizeBytes: 1000 }))
  assert.equal((await claimJob(pool, WORKER, { jobTypes: [type], smallerThan: 1001 }))?.uuid, later.uuid)
  assert.equal(await claimJob(pool, WORKER, { jobTypes: [type], smallerThan: 1001 }), null)
  assert.equal((await claim(type)).uuid, another.uuid)
})

test('a postponed job waits longer each time, says why, and uses no retry', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type))
  const pauses: number[] = []
  for (let run = 1; run <= 8; run++) {
    const { claim: held } = await claim(type)
    await startJob(pool, held)
    await postponeJob(pool, held, 'the disk is full: free some space')
    const job = await getJob(pool, uuid)
    assert.equal(job.status, 'open')
    assert.equal(job.attempts, 0)
    assert.equal(job.response.messages, 'Waiting: the disk is full: free some space')
    pauses.push(Math.round((job.runAfter!.getTime() - job.updatedAt.getTime()) / 1000))
    await pool.query('UPDATE jobs SET run_after = now() WHERE uuid = $1', [uuid])
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60])
  const { claim: held } = await claim(type)
  await pool.query(checkpointSql(held, { offset: 1 }, progressOf(1)))
  assert.equal((await getJob(pool, uuid)).response.messages, '', 'it goes on')
  await postponeJob(pool, held, 'the disk is full: free some space')
  const again = await getJob(pool, uuid)
  assert.equal(Math.round((again.runAfter!.getTime() - again.updatedAt.getTime()) / 1000), 1)
})

test('a worker that runs a single job does not claim older ones', async () => {
  const type = newType()
  await createJob(pool, request(type))
  const wanted = await createJob(pool, request(type))
  assert.equal((await claimJob(pool, WORKER, { jobTypes: [type], only: wanted.uuid }))?.uuid, wanted.uuid)
  assert.equal(await claimJob(pool, WORKER, { jobTypes: [type], only: wanted.uuid }), null)
})

test('a checkpoint and its batch are committed together or not at all', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type))
  const { claim: held } = await claim(type)
  const batch = (name: string, work: () => Promise<void>) =>
    transaction(pool, async connection => {
      await connection.query('INSERT INTO secrets (name, value) VALUES ($1, $2)', [name, Buffer.from(name)])
      await connection.query(`${checkpointSql(held, { offset: 10, note: "it's \\ fine" }, progressOf(10))}; SELECT 1`)
      await work()
    })
  await assert.rejects(batch('rolled-back', () => Promise.reject(new Error('the batch fails'))))
  assert.equal((await getJob(pool, uuid)).progress.rowsRead, 0)
  await batch('committed', async () => {})
  assert.equal((await getJob(pool, uuid)).progress.rowsRead, 10)
  await releaseJob(pool, held)
  const again = await claim(type)
  assert.deepEqual(again.checkpoint, { offset: 10, note: "it's \\ fine" })
  assert.deepEqual(again.progress, progressOf(10))

  await assert.rejects(
    batch('too-late', async () => {}),
    { code: 'JOB01' },
  )
  const { rows } = await pool.query('SELECT name FROM secrets')
  assert.deepEqual(rows, [{ name: 'committed' }], 'the batch of a lost claim is rolled back')
})

test('nothing can be written with a lost claim', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 1 }))
  const old = await claim(type)
  await releaseJob(pool, old.claim)
  const current = await claim(type)
  assert.notEqual(current.claim, old.claim)
  assert.equal(await startJob(pool, old.claim), false)
  assert.equal(await reportProgress(pool, old.claim, progressOf(99)), false)
  assert.equal(await completeJob(pool, old.claim, { messages: 'mine' }, null), false)
  assert.equal(await failJob(pool, old.claim, 'ERR_INTERNAL: mine', true), false)
  assert.equal(await releaseJob(pool, old.claim), false)
  assert.deepEqual(await renewLeases(pool, [old.claim, current.claim]), new Set([current.claim]))
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'in_queue')
  assert.equal(job.progress.rowsRead, 0)
})

test('a released job returns to the queue with its checkpoint and without using a retry', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 1 }))
  const first = await claim(type)
  await pool.query(checkpointSql(first.claim, { offset: 5 }, progressOf(5)))
  await releaseJob(pool, first.claim)
  assert.equal(await status(uuid), 'open')
  const second = await claim(type)
  assert.deepEqual(second.checkpoint, { offset: 5 })
  assert.equal((await getJob(pool, uuid)).attempts, 1)
  await failJob(pool, second.claim, 'ERR_INTERNAL: once', false)
  await releaseJob(pool, (await claim(type)).claim)
  assert.equal(await status(uuid), 'retry_in_queued')
  await failJob(pool, (await claim(type)).claim, 'ERR_INTERNAL: twice', false)
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'failed')
  assert.equal(job.attempts, 2)
})

test('a waiting or running job that is cancelled ends as failed with ERR_CANCELLED', async () => {
  const type = newType()
  const waiting = await createJob(pool, request(type))
  const cancelled = await cancelJob(pool, waiting.uuid)
  assert.equal(cancelled.status, 'failed')
  assert.match(cancelled.response.runtimeErrors![0]!, /^ERR_CANCELLED: /)
  assert.equal(await claimJob(pool, WORKER, { jobTypes: [type] }), null)

  const running = await createJob(pool, request(type))
  const { claim: held } = await claim(type)
  await startJob(pool, held)
  await cancelJob(pool, running.uuid)
  await assert.rejects(pool.query(checkpointSql(held, {}, progressOf(1))), { code: 'JOB01' })
  assert.equal(await completeJob(pool, held, { messages: 'done' }, null), false)
  assert.equal(await status(running.uuid), 'failed')
})

test('a failed job can be retried by hand, from its checkpoint and with the full number of retries', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type, { retryCount: 1 }))
  const first = await claim(type)
  await pool.query(checkpointSql(first.claim, { offset: 5 }, progressOf(5)))
  await cancelJob(pool, uuid)
  const waiting = await retryJob(pool, uuid)
  assert.equal(waiting.status, 'retry_in_queued')
  assert.deepEqual(waiting.response.runtimeErrors, [])
  const second = await claim(type)
  assert.equal(await status(uuid), 'retrying')
  assert.deepEqual(second.checkpoint, { offset: 5 })
  await failJob(pool, second.claim, 'ERR_INTERNAL: again', false)
  assert.equal(await status(uuid), 'retry_in_queued')
})

test('an action that the status does not allow is a conflict, and an unknown job is not found', async () => {
  const type = newType()
  const { uuid } = await createJob(pool, request(type))
  await assert.rejects(retryJob(pool, uuid), { code: 'ERR_CONFLICT' })
  const { claim: held } = await claim(type)
  await assert.rejects(retryJob(pool, uuid), { code: 'ERR_CONFLICT' })
  await completeJob(pool, held, { messages: 'done' }, null)
  await assert.rejects(retryJob(pool, uuid), { code: 'ERR_CONFLICT' })
  await assert.rejects(cancelJob(pool, uuid), { code: 'ERR_CONFLICT' })
  for (const missing of ['00000000-0000-0000-0000-000000000000', 'no-uuid', ''])
    for (const act of [getJob, cancelJob, retryJob]) await assert.rejects(act(pool, missing), { code: 'ERR_NOT_FOUND' })
})

test('jobs are listed newest first, by type and status', async () => {
  const [type, other] = [newType(), newType()]
  const uuids: string[] = []
  for (let index = 0; index < 3; index++) uuids.push((await createJob(pool, request(type))).uuid)
  const otherJob = await createJob(pool, request(other))
  await cancelJob(pool, uuids[0]!)
  const list = async (jobTypes: string[] | null, statuses: ('open' | 'failed')[] | null, limit = 100) =>
    (await listJobs(pool, { jobTypes, statuses, limit })).map(job => job.uuid)
  assert.deepEqual(await list([type], null), uuids.toReversed())
  assert.deepEqual(await list([type], ['open']), [uuids[2], uuids[1]])
  assert.deepEqual(await list([type], ['open', 'failed'], 1), [uuids[2]])
  assert.deepEqual(await list(null, [], 1), [otherJob.uuid])
  assert.deepEqual(await list([], ['failed'], 1), [uuids[0]])
})

test('a job is shown with every field, even before it has run', async () => {
  const job = await createJob(pool, request(newType(), { retryCount: 3 }))
  const { id, created_at, updated_at, ...rest } = jobToJson(job)
  assert.ok(Number.isInteger(id))
  assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(created_at, updated_at)
  assert.deepEqual(rest, {
    uuid: job.uuid,
    job_type: job.jobType,
    status: 'open',
    data: { s3_key: 'uploads/a.csv' },
    retry_count: 3,
    attempts: 0,
    progress: { rows_read: 0, rows_total: null, rows_stored: 0, rows_rejected: 0, bytes_read: 0, bytes_total: null },
    job_response: { messages: '', runtime_errors: [] },
    run_after: null,
  })
})

test('text that the database cannot store is refused in job_data and removed from responses', async () => {
  const type = newType()
  for (const name of ['a\0b', 'a\uD800b'])
    await assert.rejects(createJob(pool, request(type, { data: { name } })), { code: 'ERR_INVALID_JOB_DATA' })
  const { uuid } = await createJob(pool, request(type))
  await failJob(pool, (await claim(type)).claim, 'ERR_INVALID_CSV: "a\0\uD800" is no header', true)
  assert.equal((await getJob(pool, uuid)).response.messages, 'Failed: "a\uFFFD" is no header')
})
