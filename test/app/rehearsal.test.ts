import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createGenerator } from '../../bench/data/generate.ts'
import { loadRecords } from '../../bench/data/load-records.ts'
import type { Database } from '../../src/database/pool.ts'
import { SERVICES } from '../../src/fields.ts'
import { openPage } from '../../src/records/read/page.ts'
import { typicalQueries, withRehearsal } from '../../src/rehearsal.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { createTestDatabase } from '../helpers/database.ts'

const silent = { info() {}, warn() {}, error() {} }

async function openLoaded(): Promise<{ pool: Database; engine: SearchEngine }> {
  const { pool, url } = await createTestDatabase()
  await loadRecords(pool, createGenerator({ contacts: 60, companies: 20 }))
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: silent })
  after(() => engine.close())
  return { pool, engine }
}

test('typical queries are valid, and each condition finds the record that it was made of', async () => {
  const { pool, engine } = await openLoaded()
  await engine.ready()
  for (const service of SERVICES) {
    const query = parseQuery(service, { limit: 100, company_config: { populate: true } })
    const hits = await engine.search(query)
    const uuids = hits.map(hit => hit.uuid)
    const { rows } = await openPage(pool, query, uuids)
    const kinds = new Set<string>()
    for (const [turn, text] of rows!.entries()) {
      for (const { json, counted } of typicalQueries(service, JSON.parse(text!), turn)) {
        const { where, orderBy } = parseQuery(service, json)
        kinds.add(`${where.type} ${counted?.kind} ${orderBy.length}`)
        const found = await engine.search(parseQuery(service, { ...json, limit: 100 }))
        if (where.type !== 'and' || !where.of.some(({ type }) => type === 'not'))
          assert.ok(
            found.map(hit => hit.uuid).includes(uuids[turn]!),
            `${text} is not found by ${JSON.stringify(json)}`,
          )
      }
    }
    for (const kind of [
      'terms undefined 0',
      'terms list 0',
      'range integer 0',
      'match undefined 1',
      'substring text 0',
    ])
      assert.ok(kinds.has(kind), `no query of ${service}: ${kind}`)
  }
})

test('a server is ready after its rehearsal, which answers queries of every kind', async () => {
  const { pool, engine } = await openLoaded()
  const called = new Set<string>()
  const watched: SearchEngine = {
    ...engine,
    search: (...asked) => engine.search(...asked).finally(() => called.add('search')),
    count: (...asked) => engine.count(...asked).finally(() => called.add('count')),
    facet: (...asked) => engine.facet(...asked).finally(() => called.add('facet')),
    extent: (...asked) => engine.extent(...asked).finally(() => called.add('extent')),
  }
  const rehearsed = withRehearsal(watched, pool, { enough: 1, duration: 60_000 })
  await engine.ready()
  assert.equal(engine.state().status, 'ok')
  assert.equal(rehearsed.state().status, 'starting')
  assert.equal(await rehearsed.count('contact', { type: 'all' }), 60)
  await rehearsed.ready()
  assert.equal(rehearsed.state().status, 'ok')
  assert.deepEqual([...called].sort(), ['count', 'extent', 'facet', 'search'])
})

test('a record whose values make queries beyond the limits does not end the rehearsal', async () => {
  const { pool, engine } = await openLoaded()
  await pool.query(`UPDATE contacts SET title = (SELECT string_agg('w' || n, ',') FROM generate_series(1, 2000) n)`)
  const counted = new Set<string>()
  const watched: SearchEngine = {
    ...engine,
    count: (service, ...asked) => engine.count(service, ...asked).finally(() => counted.add(service)),
    extent: (service, ...asked) => engine.extent(service, ...asked).finally(() => counted.add(`extent of ${service}`)),
  }
  await withRehearsal(watched, pool, { enough: 1, duration: 60_000 }).ready()
  for (const name of ['company', 'contact', 'extent of company', 'extent of contact'])
    assert.ok(counted.has(name), name)
})

test('with few records, and with a database that hangs or fails, a server is ready all the same', async () => {
  const { pool, engine } = await openLoaded()
  const hanging = { connect: () => new Promise(() => {}), query: () => new Promise(() => {}) } as unknown as Database
  const failing = { query: () => Promise.reject(new Error('gone')) } as unknown as Database
  for (const [database, enough] of [
    [pool, 1000],
    [hanging, 1],
    [failing, 1],
  ] as const) {
    const rehearsed = withRehearsal(engine, database, { enough })
    await rehearsed.ready()
    assert.equal(rehearsed.state().status, 'ok')
  }
})

test('an engine that is closed while it starts is not ready', async () => {
  const { pool, engine } = await openLoaded()
  const rehearsed = withRehearsal(engine, pool, { enough: 1 })
  const ready = rehearsed.ready()
  await Promise.all([assert.rejects(ready, { code: 'ERR_UNAVAILABLE' }), engine.close()])
})
