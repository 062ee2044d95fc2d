/** Single incidents in the middle of a job, with real processes. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobType } from '../../src/jobs/job-types.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { rounds } from '../helpers/rounds.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openInstallation } from './installation.ts'
import { exportRequest, outcomeOf } from './outcome.ts'
import { peopleCsv } from './people.ts'

const directory = await mkdtemp(join(tmpdir(), 'restarts-'))
const installation = await openInstallation(directory)
after(async () => {
  await installation.end()
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
})
const { database, store } = installation

const KEY = 'uploads/people.csv'
/** More than fit into one batch. */
const ROWS = rounds(11_000, 16_000)
// The import takes several seconds even on a fast machine, so that it has a middle.
await database.query(
  `CREATE FUNCTION take_a_second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
   CREATE TRIGGER slow BEFORE INSERT ON contacts FOR EACH STATEMENT EXECUTE FUNCTION take_a_second()`,
)
await store.put(
  KEY,
  (async function* () {
    yield* peopleCsv(ROWS)
  })(),
)

async function create(jobType: JobType, data: Readonly<Record<string, unknown>>): Promise<string> {
  return (await createJob(database, { jobType, data, retryCount: 0, retryIntervalSeconds: 0 })).uuid
}

async function ended(uuid: string): Promise<Job> {
  await waitUntil(
    'the job has ended',
    async () => ['completed', 'failed'].includes((await getJob(database, uuid).catch(() => null))?.status ?? ''),
    120,
  )
  return await getJob(database, uuid)
}

/** Starts an import and waits until some of its rows are stored. */
async function importUnderWay(): Promise<string> {
  await database.query('TRUNCATE companies, contacts')
  const uuid = await create('insert_csv_file', { s3_key: KEY })
  await waitUntil('a batch is stored', async () => (await getJob(database, uuid)).progress.rowsStored > 0, 120)
  await installation.spare(uuid)
  return uuid
}

async function assertImported(uuid: string): Promise<void> {
  const job = await ended(uuid)
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  assert.equal(job.attempts, 1)
  assert.equal(job.progress.rowsRead, ROWS)
  const { rows } = await database.query<{ count: number }>('SELECT count(*) AS count FROM contacts')
  assert.equal(rows[0]!.count, await distinctPeople())
}

let people: number | null = null

/** The number of contacts that an undisturbed import stores. */
async function distinctPeople(): Promise<number> {
  if (people !== null) return people
  await database.query('TRUNCATE companies, contacts')
  assert.equal((await ended(await create('insert_csv_file', { s3_key: KEY }))).status, 'completed')
  const { rows } = await database.query<{ count: number }>('SELECT count(*) AS count FROM contacts')
  people = rows[0]!.count
  return people
}

async function untilResumed(uuid: string, starts: number): Promise<number> {
  await waitUntil(
    'another worker has the job, or it has ended',
    async () => installation.starts(uuid).count > starts || (await getJob(database, uuid)).status === 'completed',
    60,
  )
  return installation.starts(uuid).at
}

test('a stopped worker returns its import to the queue, and another resumes it at once', async () => {
  await distinctPeople()
  const uuid = await importUnderWay()
  assert.equal(await installation.stopWorker(uuid), 0)
  const stoppedAt = Date.now()
  assert.ok((await untilResumed(uuid, 1)) - stoppedAt < 2000)
  await assertImported(uuid)
})

test('an import survives the restart of its database', async () => {
  const uuid = await importUnderWay()
  await installation.killDatabase()
  await assertImported(uuid)
})

test('an export survives the restart of its database, and its file is complete', async () => {
  const request = exportRequest('contact')
  const expected = await outcomeOf(store, await ended(await create('export_csv_file', request)))
  const uuid = await create('export_csv_file', request)
  await waitUntil('it has begun', () => installation.starts(uuid).count > 0)
  await installation.killDatabase()
  assert.deepEqual(await outcomeOf(store, await ended(uuid)), expected)
})

test('a worker that hangs is replaced within 30 s, and writes nothing when it comes back', async () => {
  const uuid = await importUnderWay()
  const frozenAt = Date.now()
  const thaw = installation.freezeWorker(uuid)
  assert.ok((await untilResumed(uuid, 1)) - frozenAt < 30_000)
  thaw()
  await assertImported(uuid)
  await waitUntil('it gives up', () => /job (abandoned|interrupted)/.test(installation.lastWords()))
})
