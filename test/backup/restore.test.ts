import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { ConnectraError } from '../../src/errors.ts'
import { createJob } from '../../src/jobs/queue/queue.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { assertAnswers, snapshotDirectory } from '../search/snapshot/snapshots.ts'
import { backUp, restoreFrom } from './backups.ts'
import { fillDatabase, readTruth } from './full-database.ts'

const silent = { info() {}, warn() {}, error() {} }
const ALL = { type: 'all' } as const

test('a database that holds a record or a job is refused, and stays as it is', async () => {
  const { pool: from } = await createTestDatabase()
  const backup = await backUp(from)
  const uuid = randomUUID()
  const fillings: [string, (pool: typeof from) => Promise<unknown>][] = [
    ['companies', pool => upsert(pool, { companies: [{ uuid, values: { name: 'Acme' } }], contacts: [] })],
    ['contacts', pool => upsert(pool, { companies: [], contacts: [{ uuid, values: { first_name: 'ada' } }] })],
    ['jobs', pool => createJob(pool, { jobType: 'x', data: {}, retryCount: 0, retryIntervalSeconds: 1 })],
  ]
  for (const [table, fill] of fillings) {
    const { pool } = await createTestDatabase()
    await fill(pool)
    const before = await readTruth(pool)
    await assert.rejects(
      restoreFrom(pool, backup),
      error =>
        error instanceof ConnectraError &&
        error.code === 'ERR_CONFLICT' &&
        error.message.includes(`not empty, there are rows in ${table}`) &&
        /Point DATA_DIR at a new directory, or DATABASE_URL at a new database/.test(error.message),
    )
    assert.deepEqual(await readTruth(pool), before)
  }
})

test('an older backup goes into a database with further columns, which have their defaults then', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await fillDatabase(from.pool)
  const backup = await backUp(from.pool)
  await to.pool.query(`
    ALTER TABLE contacts ADD COLUMN later_text text, ADD COLUMN later_number int NOT NULL DEFAULT 7;
    ALTER TABLE jobs ADD COLUMN later boolean NOT NULL DEFAULT false;
    INSERT INTO migrations (name) VALUES ('9000_later.sql')`)
  const { contacts } = await restoreFrom(to.pool, backup)
  const { rows } = await to.pool.query('SELECT count(*) FROM contacts WHERE later_text IS NULL AND later_number = 7')
  assert.equal(rows[0].count, contacts)
  await assert.rejects(
    restoreFrom((await createTestDatabase()).pool, await backUp(to.pool)),
    error =>
      error instanceof ConnectraError &&
      /needs a newer database schema \(9000_later\.sql, column contacts\.later_text/.test(error.message),
  )
})

test('what is written while a backup is made shows in it wholly or not at all', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  let [stopped, written] = [false, 0]
  /** A company and its contact have the same uuid and come and change together. */
  const write = async () => {
    const uuids: string[] = []
    for (; !stopped; written++) {
      if (uuids.length < 300) uuids.push(...Array.from({ length: 50 }, () => randomUUID()))
      const batch = uuids.slice(-100)
      const name = `at ${written}`
      await upsert(from.pool, {
        companies: batch.map(uuid => ({ uuid, values: { name } })),
        contacts: batch.map(uuid => ({ uuid, values: { last_name: name, company_id: uuid } })),
      })
    }
  }
  const writers = [write(), write()]
  await waitUntil('writes are under way', () => written > 10)
  const writtenBefore = written
  const backup = await backUp(from.pool)
  await waitUntil('writes went on', () => written > writtenBefore)
  stopped = true
  await Promise.all(writers)
  const { companies, contacts } = await restoreFrom(to.pool, backup)
  assert.ok(contacts! > 0)
  assert.equal(companies, contacts)
  const { rows } = await to.pool.query(
    `SELECT count(*) FROM companies FULL JOIN contacts ON companies.uuid = contacts.company_id
     WHERE companies.name IS DISTINCT FROM contacts.last_name`,
  )
  assert.equal(rows[0].count, 0)
})

test('engines notice a restore: one that runs, and one with a snapshot of another life at the same place', async () => {
  const [from, to, other] = [await createTestDatabase(), await createTestDatabase(), await createTestDatabase()]
  const directory = snapshotDirectory()
  const write = async (pool: typeof from.pool, name: string) =>
    await upsert(pool, { companies: [], contacts: [{ uuid: randomUUID(), values: { first_name: name } }] })
  // Another life: its snapshot stands at a place that the restored feed may have, too.
  const elsewhere = openEmbeddedEngine({ databaseUrl: other.url, directory, log: silent })
  const { seq } = await write(other.pool, 'stranger')
  assert.equal(await elsewhere.waitFor(seq, 20_000), true)
  await elsewhere.close()
  await write(from.pool, 'ada')
  await fillDatabase(from.pool)

  const running = openEmbeddedEngine({ databaseUrl: to.url, directory: null, log: silent })
  after(() => running.close())
  await running.ready()
  assert.equal(await running.count('contact', ALL), 0)
  await restoreFrom(to.pool, await backUp(from.pool))
  const started = openEmbeddedEngine({ databaseUrl: to.url, directory, log: silent })
  after(() => started.close())
  const { seq: later } = await write(to.pool, 'grace')
  for (const engine of [running, started]) {
    await assertAnswers(engine, to.pool, later)
    const where = { keyword_match: { must: { first_name: 'stranger' } } }
    assert.equal((await engine.search(parseQuery('contact', { where }))).length, 0)
  }
})
