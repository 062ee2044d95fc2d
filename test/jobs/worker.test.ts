import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Database, transaction } from '../../src/database/pool.ts'
import { ConnectraError } from '../../src/errors.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { exportKey } from '../../src/jobs/export/unpublished-exports.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobContext, JobHandler, Progress } from '../../src/jobs/job/job-context.ts'
import { claimJob } from '../../src/jobs/queue/claims.ts'
import { cancelJob, createJob, getJob, type NewJob, retryJob } from '../../src/jobs/queue/queue.ts'
import { runClaim } from '../../src/jobs/queue/run-claim.ts'
import { startWorker, type Worker, type WorkerOptions } from '../../src/jobs/queue/worker.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import type { Log } from '../../src/runtime/log.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const silent: Log = { info() {}, warn() {}, error() {} }
const { pool, url } = await createTestDatabase()
let types = 0

function options(handlers: Record<string, JobHandler>, concurrency = 1) {
  return { databaseUrl: url, engine: null, store: {} as ObjectStore, handlers, limits: { concurrency }, log: silent }
}

/** A job type for this test, and a worker that only runs this type. */
function work(handler: JobHandler, concurrency = 1, more: Partial<WorkerOptions> = {}) {
  const jobType = `type_${++types}`
  const workers: Worker[] = []
  after(() => Promise.all(workers.map(worker => worker.stop())))
  return {
    start(): Worker {
      const worker = startWorker({ ...options({ [jobType]: handler }, concurrency), ...more })
      workers.push(worker)
      return worker
    },
    handlers: { [jobType]: handler },
    create: (extra: Partial<NewJob> = {}) =>
      createJob(pool, { jobType, data: {}, retryCount: 0, retryIntervalSeconds: 0, ...extra }),
  }
}

async function untilStatus(uuid: string, status: string, seconds = 30): Promise<Job> {
  await waitUntil(`job ${uuid} is ${status}`, async () => (await getJob(pool, uuid)).status === status, seconds)
  return await getJob(pool, uuid)
}

function progressOf(rows: number): Progress {
  return { rowsRead: rows, rowsTotal: null, rowsStored: rows, rowsRejected: 0, bytesRead: 0, bytesTotal: null }
}

/** A batch of a job: stores the checkpoint in its own transaction. */
async function checkpoint(context: JobContext, offset: number): Promise<void> {
  await transaction(context.database, async connection => {
    await connection.query(context.checkpointSql({ offset }, progressOf(offset)))
  })
}

async function untilAborted(context: JobContext): Promise<never> {
  await new Promise<void>(resolve => {
    if (context.signal.aborted) resolve()
    else context.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  throw new Error('given up')
}

test('a job is claimed at once, is processing while it runs, and completes with its last progress', async () => {
  const seen: string[] = []
  const { start, create } = work(async context => {
    seen.push((await getJob(pool, context.job.uuid)).status)
    for (let rows = 1; rows <= 100; rows++) await context.report(progressOf(rows))
    return { messages: 'Exported 100 records', s3Key: 'exports/a.csv' }
  })
  start()
  const { uuid } = await create()
  const job = await untilStatus(uuid, 'completed')
  assert.deepEqual(seen, ['processing'])
  assert.deepEqual(job.response, { messages: 'Exported 100 records', runtimeErrors: [], s3Key: 'exports/a.csv' })
  assert.equal(job.progress.rowsRead, 100)
  assert.equal(job.attempts, 1)
})

test('the log has the rows and the speed of this run of a job', async () => {
  const lines: { message: string; details: Record<string, unknown> }[] = []
  const log: Log = { ...silent, info: (details, message) => lines.push({ message, details: { ...details } }) }
  const { handlers, create } = work(async context => {
    if (context.job.checkpoint !== null) await checkpoint(context, 500)
    else {
      await checkpoint(context, 100)
      throw new Error('once')
    }
    return { messages: 'done' }
  })
  const { uuid } = await create({ retryCount: 1, sizeBytes: 5000 })
  await runJob({ ...options(handlers), log, database: pool, uuid })
  const [first, second] = lines.filter(line => line.message === 'job started').map(line => line.details)
  assert.deepEqual([first!.bytes, first!.resumed, second!.resumed], [5000, false, true])
  const completed = lines.find(line => line.message === 'job completed')!.details
  assert.equal(completed.rows, 400)
  const [seconds, rate] = [Number(completed.seconds), Number(completed.rows_per_second)]
  assert.ok(
    rate >= Math.floor(400 / (seconds + 0.05)) && rate <= Math.ceil(400 / Math.max(seconds - 0.05, 0.001)),
    `${rate}/s`,
  )
})

test('a failing job is retried until its retries are used up, and internal errors do not leak', async () => {
  const seen: string[] = []
  const { start, create } = work(async context => {
    seen.push((await getJob(pool, context.job.uuid)).status)
    throw new Error('password=secret')
  })
  start()
  const { uuid } = await create({ retryCount: 2, retryIntervalSeconds: 0.01 })
  const job = await untilStatus(uuid, 'failed')
  assert.deepEqual(seen, ['processing', 'retrying', 'retrying'])
  assert.equal(job.attempts, 3)
  assert.equal(job.response.runtimeErrors?.length, 3)
  assert.match(job.response.runtimeErrors![0]!, /^ERR_INTERNAL: /)
  assert.doesNotMatch(JSON.stringify(job.response), /secret/)
})

test('a retry that succeeds completes the job and removes its earlier errors', async () => {
  let runs = 0
  const { start, create } = work(async () => {
    if (++runs === 1) throw new ConnectraError('ERR_UNAVAILABLE', 'the store does not answer')
    return { messages: 'done' }
  })
  start()
  const { uuid } = await create({ retryCount: 1 })
  const job = await untilStatus(uuid, 'completed')
  assert.equal(job.attempts, 2)
  assert.deepEqual(job.response, { messages: 'done', runtimeErrors: [] })
})

test("a client's error is not retried", async () => {
  const { start, create } = work(async () => {
    throw new ConnectraError('ERR_NOT_FOUND', 'there is no file "uploads/a.csv"')
  })
  start()
  const { uuid } = await create({ retryCount: 5 })
  const job = await untilStatus(uuid, 'failed')
  assert.equal(job.attempts, 1)
  assert.deepEqual(job.response.runtimeErrors, ['ERR_NOT_FOUND: there is no file "uploads/a.csv"'])
})

test('a cancelled job stops soon and writes nothing more', async () => {
  const running = Promise.withResolvers<void>()
  const refused = Promise.withResolvers<unknown>()
  const { start, create } = work(async context => {
    await checkpoint(context, 1)
    running.resolve()
    await untilAborted(context).catch(() => {})
    await checkpoint(context, 2).then(() => refused.resolve(null), refused.resolve)
    return { messages: 'done all the same' }
  })
  start()
  const { uuid } = await create()
  await running.promise
  const asked = performance.now()
  await cancelJob(pool, uuid)
  assert.equal(((await refused.promise) as { code?: string }).code, 'JOB01')
  assert.ok(performance.now() - asked < 2000, 'the cancellation itself notifies the worker')
  const job = await getJob(pool, uuid)
  assert.equal(job.status, 'failed')
  assert.match(job.response.runtimeErrors![0]!, /^ERR_CANCELLED/)
  assert.equal(job.progress.rowsRead, 1)
})

test('a stopped worker returns its job to the queue, and another resumes from the checkpoint', async () => {
  const running = Promise.withResolvers<void>()
  const { start, create } = work(async context => {
    const { offset } = (context.job.checkpoint ?? { offset: 0 }) as { offset: number }
    if (offset > 0) return { messages: `from ${offset}` }
    await checkpoint(context, 10)
    running.resolve()
    return await untilAborted(context)
  })
  const first = start()
  const { uuid } = await create()
  await running.promise
  await first.stop()
  assert.equal((await getJob(pool, uuid)).status, 'open')
  start()
  const job = await untilStatus(uuid, 'completed')
  assert.equal(job.response.messages, 'from 10')
  assert.equal(job.attempts, 1)
})

test('a worker runs as many jobs at a time as its limit, and only of its types', async () => {
  const both = Promise.withResolvers<void>()
  let running = 0
  let most = 0
  const { start, create } = work(async () => {
    most = Math.max(most, ++running)
    if (running === 2) both.resolve()
    await both.promise
    running--
    return { messages: 'done' }
  }, 2)
  const stranger = await createJob(pool, { jobType: 'stranger', data: {}, retryCount: 0, retryIntervalSeconds: 0 })
  const jobs = [await create(), await create(), await create()]
  start()
  for (const { uuid } of jobs) await untilStatus(uuid, 'completed')
  assert.equal(most, 2)
  assert.equal((await getJob(pool, stranger.uuid)).status, 'open')
})

test('a small job finishes while a huge one runs and another waits', async () => {
  const release = Promise.withResolvers<void>()
  const { start, create } = work(async context => {
    if (context.job.sizeBytes > 1000) await release.promise
    return { messages: 'done' }
  }, 2)
  const huge = [await create({ sizeBytes: 1e9 }), await create({ sizeBytes: 1e9 })]
  start()
  await untilStatus(huge[0]!.uuid, 'processing')
  const small = await create({ sizeBytes: 1000 })
  await untilStatus(small.uuid, 'completed')
  assert.equal((await getJob(pool, huge[1]!.uuid)).status, 'open')
  release.resolve()
  for (const { uuid } of huge) await untilStatus(uuid, 'completed')
})

test('a job survives the loss of every connection: it resumes from its checkpoint without using a retry', async () => {
  const checkpointed = Promise.withResolvers<void>()
  const heard = new Set<string>()
  const handler: JobHandler = async context => {
    const { offset } = (context.job.checkpoint ?? { offset: 0 }) as { offset: number }
    if (offset > 0) return { messages: `from ${offset}` }
    await checkpoint(context, 7)
    checkpointed.resolve()
    await context.database.query('SELECT pg_sleep(60)')
    return { messages: 'slept' }
  }
  const outage = { began: () => void heard.add('began'), ended: () => void (heard.has('began') && heard.add('ended')) }
  const { start, create } = work(handler, 1, { outage })
  start()
  const { uuid } = await create()
  await checkpointed.promise
  const asleep = `FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND datname = current_database()`
  await waitUntil('the job is in the database', async () => (await pool.query(`SELECT ${asleep}`)).rowCount === 1)
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'connectra-worker-%'`,
  )
  const job = await untilStatus(uuid, 'completed')
  assert.equal(job.response.messages, 'from 7')
  assert.equal(job.attempts, 1)
  await waitUntil('the worker says that the database is back', () => heard.has('ended'))
})

test('the file of a job stays if the job was completed and only the confirmation was lost', async () => {
  const files = new Set<string>()
  const store = {
    put: async (key: string) => files.add(key).size,
    delete: async (key: string) => files.delete(key),
  } as unknown as ObjectStore
  const { uuid, jobType } = await work(untilAborted).create()
  const job = await claimJob(pool, 1, { jobTypes: [jobType] })
  /** Fails when the end of the job is committed. */
  const query = async (text: string, values: unknown[]) => {
    const result = await pool.query(text, values)
    if ((await getJob(pool, uuid)).status === 'completed') throw new Error('Connection terminated unexpectedly')
    return result
  }
  await runClaim(job!, {
    ...options({}),
    openEngine: null,
    store,
    database: { query } as unknown as Database,
    handler: async context => {
      const s3Key = exportKey(context.job, 'a.csv')
      await context.store.put(s3Key, (async function* () {})())
      return { messages: 'done', s3Key }
    },
    signal: new AbortController().signal,
    lostConnections: () => 0,
  })
  const { status, response } = await getJob(pool, uuid)
  assert.equal(status, 'completed')
  assert.ok(files.has(response.s3Key!))
})

test('a single job can be run and watched to its end, including retries', async () => {
  let runs = 0
  const { handlers, create } = work(async context => {
    await context.report(progressOf(++runs))
    if (runs === 1) throw new Error('once')
    return { messages: 'done' }
  })
  const other = await create()
  const { uuid } = await create({ retryCount: 1 })
  const statuses = new Set<string>()
  const job = await runJob({
    ...options(handlers),
    database: pool,
    uuid,
    onProgress: seen => statuses.add(seen.status),
  })
  assert.equal(job.status, 'completed')
  assert.ok(statuses.has('completed'))
  assert.equal((await getJob(pool, other.uuid)).status, 'open')
})

test('running a job that another worker has waits for that worker', async () => {
  const running = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const { start, handlers, create } = work(async () => {
    running.resolve()
    await goOn.promise
    return { messages: 'by the first' }
  })
  start()
  const { uuid } = await create()
  await running.promise
  const job = await runJob({ ...options(handlers), database: pool, uuid, onProgress: () => goOn.resolve() })
  assert.equal(job.response.messages, 'by the first')
  assert.equal(job.attempts, 1)
})

test('a job whose run was aborted can be run again', async () => {
  const controller = new AbortController()
  const { handlers, create } = work(async context => {
    controller.abort()
    return await untilAborted(context)
  })
  const { uuid } = await create()
  const job = await runJob({ ...options(handlers), database: pool, uuid, signal: controller.signal })
  assert.equal(job.status, 'open')
  await cancelJob(pool, uuid)
  assert.equal((await retryJob(pool, uuid)).status, 'retry_in_queued')
})
