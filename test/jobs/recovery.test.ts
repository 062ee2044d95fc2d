import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Connection, openPool } from '../../src/database/pool.ts'
import { checkpointSql, claimJob, renewLeases, startJob } from '../../src/jobs/queue/claims.ts'
import { createJob, getJob, retryJob } from '../../src/jobs/queue/queue.ts'
import { announceWorker, applicationName, disconnectWorkers, recoverJobs } from '../../src/jobs/queue/recovery.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const { pool, url } = await createTestDatabase()
const [RESCUER, VICTIM] = [1, 2]
const progress = { rowsRead: 5, rowsTotal: null, rowsStored: 5, rowsRejected: 0, bytesRead: 50, bytesTotal: null }

beforeEach(async () => {
  await pool.query('TRUNCATE jobs CASCADE')
})

/** A job claimed by VICTIM. */
async function runningJob(): Promise<{ uuid: string; claim: number }> {
  const { uuid } = await createJob(pool, { jobType: 'work', data: {}, retryCount: 0, retryIntervalSeconds: 0 })
  return { uuid, claim: await claimAndStart() }
}

async function claimAndStart(): Promise<number> {
  const job = await claimJob(pool, VICTIM, { jobTypes: ['work'] })
  await startJob(pool, job!.claim)
  return job!.claim
}

/** Holds the lock of a living VICTIM until the connection is released. */
async function living(): Promise<Connection> {
  const connection = await pool.connect()
  await announceWorker(connection, VICTIM)
  return connection
}

/** Makes it look as if VICTIM had claimed its job this many seconds ago and renewed the lease ever since. */
async function workedFor(seconds: number): Promise<void> {
  await pool.query(`UPDATE jobs SET claimed_at = now() - make_interval(secs => $1) WHERE claim IS NOT NULL`, [seconds])
}

test('the job of a dead worker is recovered at once, with its checkpoint and without using a retry', async () => {
  const connection = await living()
  const { uuid, claim } = await runningJob()
  await pool.query(checkpointSql(claim, { offset: 5 }, progress))
  assert.deepEqual(await recoverJobs(pool, RESCUER, []), [], 'its worker lives')
  connection.release(true)
  await waitUntil('the job is recovered', async () => (await recoverJobs(pool, RESCUER, [])).length === 1, 5)
  assert.equal((await getJob(pool, uuid)).status, 'open')
  await assert.rejects(pool.query(checkpointSql(claim, { offset: 6 }, progress)), { code: 'JOB01' })
  const again = await claimJob(pool, RESCUER, { jobTypes: ['work'] })
  assert.deepEqual(again?.checkpoint, { offset: 5 })
  assert.deepEqual(again?.progress, progress)
  const job = await getJob(pool, uuid)
  assert.equal(job.attempts, 1)
})

test('the job of a frozen worker is recovered when its lease has ended, and its connections are closed', async () => {
  const frozen = openPool(`${url}&application_name=${applicationName(VICTIM)}`, { max: 1 })
  const connection = await frozen.connect()
  const closed = new Promise<void>(resolve => connection.once('error', () => resolve()))
  await announceWorker(connection, VICTIM)
  const { uuid, claim } = await runningJob()
  await connection.query('BEGIN')
  await connection.query(`INSERT INTO job_rejects VALUES ($1, 1, '{}', 'ERR_INVALID_VALUE', '')`, [uuid])
  assert.deepEqual(await recoverJobs(pool, RESCUER, []), [])
  assert.deepEqual(await renewLeases(pool, [claim]), new Set([claim]))
  await pool.query(`UPDATE jobs SET lease_until = now() - interval '1 second'`)
  const recovered = await recoverJobs(pool, RESCUER, [])
  assert.deepEqual(
    recovered.map(job => job.worker),
    [VICTIM],
  )
  await disconnectWorkers(pool, [VICTIM])
  await closed
  connection.release(true)
  await frozen.end()
})

test('a worker returns jobs that it does not know to the queue, but none that it is running', async () => {
  const connection = await living()
  const first = await runningJob()
  const second = await runningJob()
  assert.deepEqual(
    (await recoverJobs(pool, VICTIM, [second.claim])).map(job => job.uuid),
    [first.uuid],
  )
  assert.equal((await getJob(pool, second.uuid)).status, 'processing')
  connection.release(true)
})

test('a retry whose worker died becomes a retry again', async () => {
  const { uuid } = await runningJob()
  await recoverJobs(pool, RESCUER, [])
  await pool.query(`UPDATE jobs SET status = 'failed'`)
  await retryJob(pool, uuid)
  await claimAndStart()
  await recoverJobs(pool, RESCUER, [])
  assert.equal((await getJob(pool, uuid)).status, 'retry_in_queued')
})

test('a job fails once it has lost five workers in a row, each well into its work', async () => {
  const { uuid } = await runningJob()
  for (let death = 1; death <= 4; death++) {
    await workedFor(60)
    await recoverJobs(pool, RESCUER, [])
    assert.equal((await getJob(pool, uuid)).status, 'open', `after death ${death}`)
    await claimAndStart()
  }
  await workedFor(60)
  await recoverJobs(pool, RESCUER, [])
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'failed')
  assert.match(job.response.runtimeErrors![0]!, /^ERR_INTERNAL: the worker running this job died 5 times in a row/)
})

test('deaths soon after the claim do not count, and a new checkpoint resets the count', async () => {
  const { uuid } = await runningJob()
  for (let death = 1; death <= 12; death++) {
    await workedFor(death % 3 === 0 ? 60 : 20)
    await recoverJobs(pool, RESCUER, [])
    assert.equal((await getJob(pool, uuid)).status, 'open', `after death ${death}`)
    await claimAndStart()
  }
  const { rows } = await pool.query('SELECT claim, deaths FROM jobs')
  assert.equal(rows[0].deaths, 4)
  await pool.query(checkpointSql(rows[0].claim, { offset: 1 }, progress))
  await workedFor(60)
  await recoverJobs(pool, RESCUER, [])
  assert.equal((await getJob(pool, uuid)).status, 'open')
})
