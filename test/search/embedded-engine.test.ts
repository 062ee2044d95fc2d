import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { ConnectraError } from '../../src/errors.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { openFlakyServer } from './flaky-server.ts'

const silent = { info() {}, warn() {}, error() {} }

/** The engine is opened after its database, so it is closed after the database is dropped. It has to cope with that. */
function open(url: string): SearchEngine {
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: silent })
  after(() => engine.close())
  return engine
}

const contact = (uuid: string, values: Record<string, string>) => ({
  companies: [],
  contacts: [{ uuid, values }],
})

async function find(engine: SearchEngine, query: object): Promise<string[]> {
  return (await engine.search(parseQuery('contact', query))).map(hit => hit.uuid)
}

const ALL = { type: 'all' } as const

test('searches are refused with a retry hint until the index is built', async () => {
  const { url } = await createTestDatabase()
  const engine = open(url)
  assert.equal(engine.position(), null)
  for (const ask of [
    () => find(engine, {}),
    () => engine.count('contact', ALL),
    async () => await Array.fromAsync(engine.scan(parseQuery('contact', {}))),
  ])
    await assert.rejects(
      ask,
      error => error instanceof ConnectraError && error.code === 'ERR_UNAVAILABLE' && error.retryAfter! > 0,
    )
  await engine.ready()
  assert.deepEqual(await find(engine, {}), [])
})

test('a write is found as soon as the engine has reached its position in the feed', async () => {
  const { pool, url } = await createTestDatabase()
  const engine = open(url)
  await engine.ready()
  const uuid = randomUUID()
  for (const title of ['Pilot', 'Captain', 'Admiral']) {
    const { seq } = await upsert(pool, contact(uuid, { first_name: 'ada', title }))
    assert.equal(await engine.waitFor(seq, 10_000), true)
    const where = { text_matches: { must: [{ filter_key: 'title', text_value: title, search_type: 'match' }] } }
    assert.deepEqual(await find(engine, { where }), [uuid])
    assert.equal(await engine.count('contact', ALL), 1)
  }
})

test('waiting for a position that is not reached in time resolves with false', async () => {
  const { url } = await createTestDatabase()
  const engine = open(url)
  await engine.ready()
  assert.equal(await engine.waitFor(1_000_000, 5), false)
})

test('a soft-deleted record is not found, and starts afresh when it is written again', async () => {
  const { pool, url } = await createTestDatabase()
  const engine = open(url)
  const uuid = randomUUID()
  await upsert(pool, contact(uuid, { first_name: 'ada', city: 'london' }))
  const { seq } = await softDelete(pool, 'contact', [uuid])
  assert.equal(await engine.waitFor(seq, 10_000), true)
  assert.deepEqual(await find(engine, {}), [])
  const again = await upsert(pool, contact(uuid, { first_name: 'ada' }))
  assert.equal(await engine.waitFor(again.seq, 10_000), true)
  assert.deepEqual(await find(engine, { where: { exists: { must: ['first_name'] } } }), [uuid])
  assert.deepEqual(await find(engine, { where: { exists: { must: ['city'] } } }), [])
})

test('a contact is found by its company, whichever of the two is written first', async () => {
  const { pool, url } = await createTestDatabase()
  const engine = open(url)
  const [company, employee] = [randomUUID(), randomUUID()]
  const where = { keyword_match: { must: { company_country: 'france' } } }
  const early = await upsert(pool, contact(employee, { first_name: 'ada', company_id: company }))
  await engine.waitFor(early.seq, 10_000)
  assert.deepEqual(await find(engine, { where }), [])
  for (const [country, found] of [
    ['france', [employee]],
    ['spain', []],
  ] as const) {
    const { seq } = await upsert(pool, {
      companies: [{ uuid: company, values: { name: 'Acme', country } }],
      contacts: [],
    })
    await engine.waitFor(seq, 10_000)
    assert.deepEqual(await find(engine, { where }), found)
  }
})

test('after concurrent writes the index equals the database, and a new engine equals the old one', async () => {
  const { pool, url } = await createTestDatabase()
  const engine = open(url)
  await engine.ready()
  const uuids = Array.from({ length: 300 }, () => randomUUID())
  const writer = async (number: number) => {
    let seq = 0
    for (let round = 0; round < 25; round++) {
      const few = Array.from({ length: 8 }, (_, place) => uuids[(number * 7 + round * 13 + place * 29) % uuids.length]!)
      const distinct = [...new Set(few)]
      if (round % 6 === 5) seq = (await softDelete(pool, 'contact', distinct.slice(0, 3))).seq
      else {
        const writes = distinct.map(uuid => ({ uuid, values: { first_name: `w${number}`, last_name: `r${round}` } }))
        seq = (await upsert(pool, { companies: [], contacts: writes })).seq
      }
    }
    return seq
  }
  const last = Math.max(...(await Promise.all(Array.from({ length: 8 }, (_, number) => writer(number)))))
  assert.equal(await engine.waitFor(last, 20_000), true)
  const { rows } = await pool.query<{ uuid: string }>(
    'SELECT uuid FROM contacts WHERE deleted_at IS NULL ORDER BY first_name, last_name, uuid',
  )
  const query = parseQuery(
    'contact',
    {
      order_by: [
        { order_by: 'first_name', order_direction: 'asc' },
        { order_by: 'last_name', order_direction: 'asc' },
      ],
      select_columns: ['uuid'],
    },
    { export: true },
  )
  const expected = rows.map(row => row.uuid)
  assert.deepEqual((await Array.fromAsync(engine.scan(query))).flat(), expected)
  const fresh = open(url)
  await fresh.ready()
  assert.deepEqual((await Array.fromAsync(fresh.scan(query))).flat(), expected)
})

test('a writer thread that dies is replaced, and searches continue in the meantime', async () => {
  const { pool, url } = await createTestDatabase()
  const threads: Worker[] = []
  const remember = (thread: Worker) => threads.push(thread)
  process.on('worker', remember)
  after(() => process.off('worker', remember))
  const engine = open(url)
  const uuid = randomUUID()
  const first = await upsert(pool, contact(uuid, { first_name: 'ada' }))
  assert.equal(await engine.waitFor(first.seq, 10_000), true)
  await threads[0]!.terminate()
  assert.deepEqual(await find(engine, {}), [uuid])
  const second = await upsert(pool, contact(randomUUID(), { first_name: 'grace' }))
  assert.equal(await engine.waitFor(second.seq, 10_000), true)
  assert.equal(await engine.count('contact', ALL), 2)
})

test('searches continue while the database is down, and writes made in the meantime follow', async () => {
  const { pool, url } = await createTestDatabase()
  const server = await openFlakyServer(url)
  const engine = open(server.url)
  const uuid = randomUUID()
  const first = await upsert(pool, contact(uuid, { first_name: 'ada' }))
  assert.equal(await engine.waitFor(first.seq, 10_000), true)
  await server.down()
  const second = await upsert(pool, contact(randomUUID(), { first_name: 'grace' }))
  assert.deepEqual(await find(engine, {}), [uuid])
  await server.up()
  assert.equal(await engine.waitFor(second.seq, 10_000), true)
})

test('closing ends all waits, and is prompt even during a build', async () => {
  const { pool, url } = await createTestDatabase()
  await pool.query(`INSERT INTO contacts (uuid, first_name, title)
    SELECT gen_random_uuid(), 'n' || n, 'title ' || n FROM generate_series(1, 100000) AS n`)
  await pool.query(`SELECT announce('{}', array[gen_random_uuid()])`)
  const log = Promise.withResolvers<void>()
  const engine = openEmbeddedEngine({
    databaseUrl: url,
    directory: null,
    log: { ...silent, info: () => log.resolve() },
  })
  const waiting = engine.waitFor(1_000_000, 60_000)
  const ready = assert.rejects(engine.ready(), { code: 'ERR_UNAVAILABLE' })
  await log.promise
  const started = performance.now()
  await engine.close()
  assert.ok(performance.now() - started < 1_000)
  assert.equal(await waiting, false)
  await ready
  await engine.close()
})
