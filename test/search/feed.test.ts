import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { type Database, openPool } from '../../src/database/pool.ts'
import type { ChangeTarget } from '../../src/search/engine.ts'
import { type FeedOptions, followChanges } from '../../src/search/feed.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openFlakyServer } from './flaky-server.ts'
import { createMapTarget } from './map-target.ts'

const log = { info() {}, warn() {}, error() {} }

/** Follows the feed over its own connections. Returns a function that stops it. */
function follow(url: string, target: ChangeTarget, options: Pick<FeedOptions, 'onError' | 'patience'> = {}) {
  const database = openPool(url, { max: 1 })
  const ending = new AbortController()
  const ended = followChanges({ database, target, signal: ending.signal, log, ...options })
  const stop = async () => {
    if (ending.signal.aborted) return
    ending.abort()
    await ended
    await database.end()
  }
  after(stop)
  return stop
}

async function addContact(database: Database, name: string): Promise<{ uuid: string; seq: number }> {
  const uuid = randomUUID()
  const { rows } = await database.query<{ seq: number }>(
    `WITH added AS (INSERT INTO contacts (uuid, first_name) VALUES ($1, $2) RETURNING uuid)
     SELECT announce('{}', array(SELECT uuid FROM added)) AS seq`,
    [uuid, name],
  )
  return { uuid, seq: rows[0]!.seq }
}

test('an engine is built from the database, then follows every commit', async () => {
  const { pool, url } = await createTestDatabase()
  const first = await addContact(pool, 'ada')
  const target = createMapTarget(url)
  follow(url, target)
  await target.reached(first.seq)
  assert.equal(target.records.get(first.uuid)?.first_name, 'ada')
  const second = await addContact(pool, 'grace')
  await target.reached(second.seq)
  assert.equal(target.records.get(second.uuid)?.first_name, 'grace')
  await pool.query('UPDATE contacts SET deleted_at = now() WHERE uuid = $1', [first.uuid])
  const { rows } = await pool.query(`SELECT announce('{}', $1) AS seq`, [[first.uuid]])
  await target.reached(rows[0].seq)
  assert.deepEqual([...target.records.keys()], [second.uuid])
  assert.equal(target.rebuilds(), 1)
})

test('an engine with a known position catches up instead of being rebuilt', async () => {
  const { pool, url } = await createTestDatabase()
  await addContact(pool, 'before')
  const { rows } = await pool.query('SELECT seq, token FROM changes ORDER BY seq DESC LIMIT 1')
  const missed = [await addContact(pool, 'one'), await addContact(pool, 'two')]
  const target = createMapTarget(url, rows[0])
  follow(url, target)
  await target.reached(missed[1]!.seq)
  assert.equal(target.rebuilds(), 0)
  assert.deepEqual([...target.records.keys()].sort(), missed.map(contact => contact.uuid).sort())
})

test('an engine that reads the records itself gets the uuids of all changes, and no records', async () => {
  const { pool, url } = await createTestDatabase()
  const target = createMapTarget(url)
  const applied: string[] = []
  follow(url, {
    ...target,
    async applyUuids(position, changes) {
      applied.push(...changes.flatMap(({ uuids }) => uuids))
      await target.apply(position, [])
    },
  })
  await target.reached(1)
  const one = await addContact(pool, 'ada')
  const other = await addContact(pool, 'grace')
  await target.reached(other.seq)
  assert.deepEqual(applied, [one.uuid, other.uuid])
  assert.equal(target.records.size, 0)
})

test('the gap left by a rolled back transaction does not stop the feed', async () => {
  const { pool, url } = await createTestDatabase()
  const target = createMapTarget(url)
  follow(url, target)
  await target.reached(1)
  await assert.rejects(pool.query(`SELECT announce('{}', array[gen_random_uuid()]), 1 / 0`))
  const next = await addContact(pool, 'next')
  await target.reached(next.seq)
  assert.ok(target.records.has(next.uuid))
})

test('a large backlog is applied in groups of limited size, without duplicate records in a group', async () => {
  const { pool, url } = await createTestDatabase()
  const { rows } = await pool.query('SELECT seq, token FROM changes')
  const last = await pool.query(`
    WITH many AS (SELECT array_agg(gen_random_uuid()) AS uuids FROM generate_series(1, 200000))
    SELECT announce('{}', uuids || uuids[1:20000] || uuids[1:20000]) AS seq FROM many`)
  const target = createMapTarget(url, rows[0])
  follow(url, target)
  await target.reached(last.rows[0].seq)
  assert.ok(Math.max(...target.groups) <= 60_000, `groups of ${target.groups}`)
  assert.ok(target.groups.length >= 4 && target.groups.reduce((sum, size) => sum + size) <= 240_000)
})

for (const [what, sql] of [
  ['was restored (its position has another token)', 'UPDATE changes SET token = gen_random_uuid()'],
  ['no longer has its position', 'DELETE FROM changes WHERE seq < (SELECT max(seq) FROM changes)'],
] as const)
  test(`an engine is rebuilt when the database ${what}`, async () => {
    const { pool, url } = await createTestDatabase()
    const contact = await addContact(pool, 'ada')
    const target = createMapTarget(url)
    const stop = follow(url, target)
    await target.reached(contact.seq)
    await stop()
    await pool.query('DELETE FROM contacts')
    const later = await addContact(pool, 'later')
    await pool.query(sql)
    follow(url, target)
    await target.reached(later.seq)
    assert.equal(target.rebuilds(), 2)
    assert.deepEqual([...target.records.keys()], [later.uuid])
  })

test('an engine that answers searches is rebuilt while no other one is, and keeps others waiting until it is done', async () => {
  const { pool, url } = await createTestDatabase()
  const holders = async () =>
    (
      await pool.query(
        `SELECT FROM pg_locks JOIN pg_database AS here ON here.oid = database AND datname = current_database()
         WHERE locktype = 'advisory' AND objid = 4852720 AND granted`,
      )
    ).rowCount
  const target = createMapTarget(url)
  const held: (number | null)[] = []
  let asked = 0
  const answering: ChangeTarget = {
    ...target,
    outdate: () => ++asked > 0,
    async rebuild(...args) {
      held.push(await holders())
      await target.rebuild(...args)
    },
  }
  const stop = follow(url, { ...answering, outdate: () => false })
  await target.reached((await addContact(pool, 'ada')).seq)
  await stop()
  const other = await pool.connect()
  await other.query('SELECT pg_advisory_lock(4852720)')
  await pool.query('UPDATE changes SET token = gen_random_uuid()')
  follow(url, answering)
  await waitUntil('it has tried twice', () => asked >= 2)
  assert.equal(target.rebuilds(), 1)
  await other.query('SELECT pg_advisory_unlock_all()')
  other.release()
  await target.reached((await addContact(pool, 'grace')).seq)
  assert.equal(target.rebuilds(), 2)
  assert.deepEqual(held, [1, 1])
  await waitUntil('the lock is free', async () => (await holders()) === 0)
})

test('the feed resumes after its connection is terminated', async () => {
  const { pool, url } = await createTestDatabase()
  const target = createMapTarget(url)
  follow(url, target)
  await target.reached((await addContact(pool, 'before')).seq)
  await pool.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await target.reached((await addContact(pool, 'after')).seq)
  assert.equal(target.records.size, 2)
  assert.equal(target.rebuilds(), 1)
})

test('the feed resumes after the server was down', async () => {
  const { pool, url } = await createTestDatabase()
  const server = await openFlakyServer(url)
  const target = createMapTarget(url)
  const failures = Promise.withResolvers<void>()
  let count = 0
  follow(server.url, target, {
    onError: () => {
      if (++count === 2) failures.resolve()
    },
  })
  await target.reached((await addContact(pool, 'before')).seq)
  await server.down()
  const meanwhile = await addContact(pool, 'meanwhile')
  await failures.promise
  await server.up()
  await target.reached(meanwhile.seq)
  assert.ok(target.records.has(meanwhile.uuid))
})

test('the feed abandons a connection that has gone silent', async () => {
  const { pool, url } = await createTestDatabase()
  const server = await openFlakyServer(url)
  const target = createMapTarget(url)
  follow(server.url, target, { patience: { poll: 50, answerWithin: 500 } })
  await target.reached((await addContact(pool, 'before')).seq)
  server.freeze()
  await target.reached((await addContact(pool, 'after')).seq)
  assert.equal(target.records.size, 2)
})

test('while the engine takes too long, the feed keeps no connection; then it continues on another one', async () => {
  const { pool, url } = await createTestDatabase()
  const target = createMapTarget(url)
  const sessions = async () =>
    (await pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'feed' AND datname = current_database()`))
      .rowCount
  let isSlow = true
  const apply: ChangeTarget['apply'] = async (position, changes) => {
    if (changes.length > 0 && isSlow) {
      isSlow = false
      await waitUntil('its session has ended', async () => (await sessions()) === 0)
    }
    await target.apply(position, changes)
  }
  follow(`${url}&application_name=feed`, { ...target, apply }, { patience: { poll: 50, answerWithin: 500 } })
  await target.reached(1)
  await target.reached((await addContact(pool, 'slow')).seq)
  await target.reached((await addContact(pool, 'after')).seq)
  assert.deepEqual([target.records.size, target.rebuilds(), await sessions()], [2, 1, 1])
})

test('a group that the engine failed to apply is delivered again', async () => {
  const { pool, url } = await createTestDatabase()
  const target = createMapTarget(url)
  const errors: unknown[] = []
  follow(url, target, { onError: error => errors.push(error) })
  await target.reached(1)
  target.failOnce()
  const contact = await addContact(pool, 'ada')
  await target.reached(contact.seq)
  assert.ok(target.records.has(contact.uuid))
  assert.equal(errors.length, 1)
})

test('the changes of a transaction arrive together', async () => {
  const { pool, url } = await createTestDatabase()
  const uuids = [randomUUID(), randomUUID()]
  await pool.query(
    `WITH added AS (INSERT INTO companies (uuid, name) VALUES ($1, '0')) INSERT INTO contacts (uuid, first_name) VALUES ($2, '0')`,
    uuids,
  )
  const target = createMapTarget(url)
  const torn: unknown[] = []
  const apply: ChangeTarget['apply'] = async (place, changes) => {
    await target.apply(place, changes)
    const [company, contact] = uuids.map(uuid => target.records.get(uuid))
    if (company?.name !== contact?.first_name) torn.push([company?.name, contact?.first_name])
  }
  follow(url, { ...target, apply })
  let seq = 0
  for (let round = 1; round <= 200; round++) {
    const { rows } = await pool.query(
      `WITH a AS (UPDATE companies SET name = $1), b AS (UPDATE contacts SET first_name = $1)
       SELECT announce(array(SELECT uuid FROM companies), array(SELECT uuid FROM contacts)) AS seq`,
      [String(round)],
    )
    seq = rows[0].seq
  }
  await target.reached(seq)
  assert.deepEqual(torn, [])
  assert.equal(target.records.get(uuids[0]!)?.name, '200')
})
