import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import type { Database } from '../../src/database/pool.ts'
import { commandUploadKey } from '../../src/files/keys.ts'
import { dropUnpublishedExports } from '../../src/jobs/export/unpublished-exports.ts'
import { dropCommandUploads } from '../../src/jobs/import/command-uploads.ts'
import { JOB_HANDLERS } from '../../src/jobs/job-types.ts'
import { dropExpiredFiles, dropOldFiles } from '../../src/jobs/queue/expired-files.ts'
import { cancelJob, createJob, getJob, retryJob } from '../../src/jobs/queue/queue.ts'
import { deleteExpired, dropRejects, startRetention, trimFeed } from '../../src/jobs/queue/retention.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openFlakyServer } from '../search/flaky-server.ts'
import { openFiles, silent } from './files.ts'

const DAY = 86_400

async function addChanges(database: Database, count: number): Promise<void> {
  for (let added = 0; added < count; added++) await database.query(`SELECT announce('{}', array[gen_random_uuid()])`)
}

async function ageChanges(database: Database, days: number): Promise<void> {
  await database.query('UPDATE changes SET created_at = created_at - make_interval(days => $1)', [days])
}

async function kept(database: Database): Promise<number[]> {
  const { rows } = await database.query<{ seq: number }>('SELECT seq FROM changes ORDER BY seq')
  return rows.map(row => row.seq)
}

test('the newest row of the feed stays even if the whole feed is old', async () => {
  const { pool } = await createTestDatabase()
  await addChanges(pool, 4)
  await ageChanges(pool, 30)
  const newest = (await kept(pool)).at(-1)
  assert.equal(await trimFeed(pool, 7 * DAY), 4)
  assert.deepEqual(await kept(pool), [newest])
  assert.equal(await trimFeed(pool, 7 * DAY), 0)
})

test('an idle index keeps its position until the row after it is old too', async () => {
  const { pool } = await createTestDatabase()
  await addChanges(pool, 3)
  await ageChanges(pool, 8)
  const place = (await kept(pool)).at(-1)!
  await addChanges(pool, 2)
  assert.equal(await trimFeed(pool, 7 * DAY), 3)
  assert.deepEqual(await kept(pool), [place, place + 1, place + 2])
})

test('a clock that was set back leaves no gap in the feed', async () => {
  const { pool } = await createTestDatabase()
  await addChanges(pool, 4)
  await pool.query(`UPDATE changes SET created_at = now() - interval '8 days' WHERE seq IN (1, 2, 4)`)
  await trimFeed(pool, 7 * DAY)
  assert.deepEqual(await kept(pool), [4, 5])
})

test('a process deletes old data in portions, and does nothing while another process does so', async () => {
  const { pool } = await createTestDatabase()
  const { store } = await openFiles()
  const { signal } = new AbortController()
  // The other process may be listing its files, outside of any transaction.
  const listing = Promise.withResolvers<void>()
  const listed = Promise.withResolvers<void>()
  const slow = {
    ...store,
    async list(prefix: string) {
      listing.resolve()
      await listed.promise
      return await store.list(prefix)
    },
  }
  const busy = deleteExpired(pool, slow, { seconds: 7 * DAY, fileSeconds: 7 * DAY }, signal)
  await listing.promise
  await pool.query(`INSERT INTO changes (service, uuids, created_at)
    SELECT 'contact', '{}', now() - interval '8 days' FROM generate_series(1, 2500)`)
  assert.equal(await deleteExpired(pool, slow, { seconds: 7 * DAY, fileSeconds: 7 * DAY }, signal), null)
  assert.equal((await kept(pool)).length, 2501)
  listed.resolve()
  assert.deepEqual(await busy, { changes: 0, rejects: 0, files: 0 })
  const retention = startRetention(pool, store, 7 * DAY, silent)
  await waitUntil('one row is left', async () => (await kept(pool)).length === 1)
  await retention.stop()
})

test('unpublished files of exports are deleted an hour after the job has ended', async () => {
  const { database, store, run } = await openFiles()
  const data = { service: 'contact', vql: { select_columns: ['email'] } }
  const { uuid, response } = await run('export_csv_file', data)
  const left = `exports/${uuid}-0_contacts.csv`
  await store.put(left, Readable.from(['half']))
  // Files of other programs, two of them with names that are almost those of runs.
  const others = ['by-hand.csv', `${'-'.repeat(36)}-1_a.csv`, `${uuid}-99999999999999999999_a.csv`]
  for (const name of others) await store.put(`exports/${name}`, Readable.from(['of somebody']))
  assert.equal(await dropUnpublishedExports(database, store), 0)
  await database.query(`UPDATE jobs SET updated_at = now() - interval '61 minutes'`)
  assert.equal(await dropUnpublishedExports(database, store), 1)
  assert.deepEqual(
    [...(await store.list('exports/'))].sort(),
    [...others.map(name => `exports/${name}`), response.s3Key].sort(),
  )
})

test('a file of the command line is deleted once nobody can retry its import; files of other clients stay', async () => {
  const { database, store, run, upload } = await openFiles()
  const content = 'first_name,email\nAda,ada@example.com\n'
  const keys = ['completed', 'failed', 'waiting'].map(name => commandUploadKey(`${name}.csv`))
  for (const key of [...keys, 'uploads/of-a-client.csv', 'uploads/command-line.csv']) await upload(content, key)
  await run('insert_csv_file', { s3_key: keys[0]! })
  await run('insert_csv_file', { s3_key: 'uploads/of-a-client.csv' })
  const job = { jobType: 'insert_csv_file', retryCount: 0, retryIntervalSeconds: 0 }
  await cancelJob(database, (await createJob(database, { ...job, data: { s3_key: keys[1]! } })).uuid)
  await createJob(database, { ...job, data: { s3_key: keys[2]! } })
  assert.equal(await dropCommandUploads(database, store, DAY), 0)
  await database.query(`UPDATE jobs SET updated_at = now() - interval '2 hours'`)
  assert.equal(await dropCommandUploads(database, store, DAY), 1)
  assert.deepEqual(
    [...(await store.list('uploads/'))].sort(),
    [...keys.slice(1), 'uploads/command-line.csv', 'uploads/of-a-client.csv'].sort(),
  )
  await database.query(`UPDATE jobs SET updated_at = now() - interval '2 days'`)
  assert.equal(await dropCommandUploads(database, store, DAY), 1)
  assert.ok((await store.list('uploads/')).includes(keys[2]!))
})

test('uploads and reports are deleted once no job has needed them for long enough; exports stay', async () => {
  const { database, store, directory, run, upload } = await openFiles()
  const rejecting = 'first_name,email\nAda,ada@example.com\n,\n,nobody\n'
  for (const name of ['used', 'unused', 'waiting', 'young']) await upload(rejecting, `uploads/${name}.csv`)
  const { response } = await run('insert_csv_file', { s3_key: 'uploads/used.csv' })
  const exported = await run('export_csv_file', { service: 'contact', vql: { select_columns: ['email'] } })
  const waiting = { jobType: 'insert_csv_file', data: { s3_key: 'uploads/waiting.csv' } }
  await createJob(database, { ...waiting, retryCount: 0, retryIntervalSeconds: 0 })
  const files = ['uploads/used.csv', 'uploads/unused.csv', 'uploads/waiting.csv', response.rejectsS3Key!]
  const old = new Date(Date.now() - 2 * DAY * 1000)
  for (const key of [...files, exported.response.s3Key!]) await utimes(join(directory, key), old, old)
  const keys = async () => [...(await store.list('uploads/')), ...(await store.list('rejects/'))].sort()

  assert.equal(await dropOldFiles(database, store, 'uploads/', DAY), 1)
  assert.equal((await keys()).includes('uploads/unused.csv'), false)
  await database.query(`UPDATE jobs SET updated_at = now() - interval '2 days'`)
  const retention = { command: DAY, files: DAY }
  const stopping = new AbortController()
  const stopped = {
    ...store,
    async delete(key: string) {
      stopping.abort()
      await store.delete(key)
    },
    unfinished: () => assert.fail('a stopping process looks for no unfinished uploads'),
  }
  await upload(rejecting, 'uploads/used-too.csv')
  await utimes(join(directory, 'uploads/used-too.csv'), old, old)
  assert.equal(await dropExpiredFiles(database, stopped, retention, stopping.signal), 1)
  assert.equal(await dropExpiredFiles(database, store, retention), 2)
  assert.deepEqual(await keys(), ['uploads/waiting.csv', 'uploads/young.csv'])
  assert.deepEqual(await store.list('exports/'), [exported.response.s3Key])
})

test('an index whose position in the feed was deleted is rebuilt and equals the database', async () => {
  const { pool, url } = await createTestDatabase()
  const server = await openFlakyServer(url)
  const builds: object[] = []
  const info = (details: object, message: string) => {
    if (message.startsWith('building the search index')) builds.push(details)
  }
  const engine = openEmbeddedEngine({ databaseUrl: server.url, directory: null, log: { info, warn() {}, error() {} } })
  after(() => engine.close())
  const add = async (name: string) =>
    (await upsert(pool, { companies: [], contacts: [{ uuid: randomUUID(), values: { first_name: name } }] })).seq
  assert.equal(await engine.waitFor(await add('before'), 10_000), true)
  await server.down()
  await pool.query('DELETE FROM contacts')
  for (const name of ['ada', 'grace']) await add(name)
  await ageChanges(pool, 8)
  const last = await add('barbara')
  assert.ok((await trimFeed(pool, 7 * DAY)) > 0)
  assert.equal(builds.length, 1)
  await server.up()
  assert.equal(await engine.waitFor(last, 20_000), true)
  assert.equal(builds.length, 2)
  const { rows } = await pool.query<{ uuid: string }>('SELECT uuid FROM contacts ORDER BY uuid')
  const found = await engine.search(parseQuery('contact', {}))
  assert.deepEqual(
    found.map(hit => hit.uuid),
    rows.map(row => row.uuid),
  )
})

test('rejects of a cancelled import expire, and a retry still ends with all of them', async () => {
  const { database, databaseUrl, engine, store, rows } = await openFiles()
  await store.put('uploads/few.csv', Readable.from(['first_name,email\nAda,ada@old.example\n,\n,nobody\n']))
  const job = {
    jobType: 'insert_csv_file',
    data: { s3_key: 'uploads/few.csv' },
    retryCount: 0,
    retryIntervalSeconds: 0,
  }
  const { uuid } = await createJob(database, job)
  await cancelJob(database, uuid)
  // The state that a worker leaves when it is stopped after a batch.
  await database.query(`UPDATE jobs SET checkpoint = '{"tally": {"rowsRejected": 5000}}'`)
  await database.query(
    `INSERT INTO job_rejects SELECT $1, line, '{}', 'ERR_INVALID_VALUE', '' FROM generate_series(1, 5000) AS line`,
    [uuid],
  )
  await database.query(
    `INSERT INTO job_warnings SELECT $1, line, 0, '', NULL, 'ERR_INVALID_VALUE', '', '' FROM generate_series(1, 100) AS line`,
    [uuid],
  )
  assert.equal(await dropRejects(database, 7 * DAY), 0)
  await database.query(`UPDATE jobs SET updated_at = now() - interval '8 days'`)
  assert.equal(await dropRejects(database, 7 * DAY), 5100)
  assert.deepEqual(await rows('SELECT 1 FROM job_rejects UNION ALL SELECT 1 FROM job_warnings'), [])

  await retryJob(database, uuid)
  await runJob({ database, databaseUrl, engine, store, handlers: JOB_HANDLERS, log: silent, uuid })
  const { status, progress } = await getJob(database, uuid)
  assert.deepEqual([status, progress.rowsStored, progress.rowsRejected], ['completed', 1, 1])
})

test('rejects of a running or waiting import are kept, however old they are', async () => {
  const { pool } = await createTestDatabase()
  const { uuid } = await createJob(pool, {
    jobType: 'insert_csv_file',
    data: {},
    retryCount: 0,
    retryIntervalSeconds: 0,
  })
  await pool.query(`INSERT INTO job_rejects VALUES ($1, 1, '{}', 'ERR_INVALID_VALUE', '')`, [uuid])
  await pool.query(`UPDATE jobs SET updated_at = now() - interval '80 days'`)
  assert.equal(await dropRejects(pool, 7 * DAY), 0)
})
