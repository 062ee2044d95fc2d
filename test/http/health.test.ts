import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { openPool } from '../../src/database/pool.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { startTestServer } from '../helpers/server.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openFlakyServer } from '../search/flaky-server.ts'

const server = await startTestServer({}, { state: () => ({ worker: { status: 'ok', running: 0 } }) })

test('Health reports the state of each part and how far the index is behind', async () => {
  const written = await server.post('/companies/batch-upsert', [{ name: 'Healthy' }])
  const answer = await server.get('/health')
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { version, ...body } = answer.body
  assert.match(version, /^\d+\.\d+\.\d+/)
  assert.deepEqual(body, {
    success: true,
    status: 'ok',
    parts: {
      database: { status: 'ok' },
      migrations: { status: 'ok' },
      index: { status: 'ok', seq: Number(written.headers.get('x-connectra-seq')), lag: { changes: 0, seconds: 0 } },
      worker: { status: 'ok', running: 0 },
    },
  })
})

test('Until the index is built, health and searches are 503 and writes work', async () => {
  // Nothing listens at this address, so the engine never gets a position in the feed.
  const engine = openEmbeddedEngine({
    databaseUrl: 'postgresql://127.0.0.1:1/none',
    directory: null,
    log: pino({ level: 'silent' }),
  })
  after(() => engine.close())
  const building = await startTestServer({}, { engine: { ...engine, waitFor: async () => false } })
  const health = await building.get('/health')
  assert.equal(health.status, 503)
  assert.equal(health.body.success, false)
  assert.match(health.body.error, /^ERR_UNAVAILABLE: index is starting/)
  assert.equal(health.body.parts.index.status, 'starting')
  assert.equal(health.body.parts.database.status, 'ok')
  for (const answer of [
    await building.post('/contacts/', {}),
    await building.post('/companies/count', {}),
    await building.post('/contacts/filters/data', { filter_key: 'city' }),
  ]) {
    assert.equal(answer.status, 503)
    assert.match(answer.body.error, /^ERR_UNAVAILABLE: /)
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  }
  const written = await building.post('/companies/batch-upsert', [{ name: 'Written Early' }])
  assert.equal(written.status, 200)
  assert.ok(written.headers.get('x-connectra-seq'))
  assert.equal((await building.get(`/companies/${written.body.company_uuids[0]}`)).status, 200)
})

test('Health reports how far an index is behind', async () => {
  const { engine } = server
  const behind = await startTestServer({}, { engine: { ...engine, applied: () => ({ seq: 1, token: 'x' }) } })
  await behind.post('/companies/batch-upsert', [{ name: 'Not Seen Yet' }])
  const { lag } = (await behind.get('/health')).body.parts.index
  assert.equal(lag.changes, 1)
  assert.ok(lag.seconds >= 0)
})

test('While the servers of the engine are down, health says so and writes do not wait for them', async () => {
  const down = await startTestServer(
    {},
    {
      engine: {
        ...server.engine,
        state: () => ({ status: 'down', details: { engine: 'opensearch', leader: 'host:1' } }),
        waitFor: () => new Promise(() => {}),
      },
    },
  )
  const written = await down.post('/companies/batch-upsert', [{ name: 'Written Meanwhile' }])
  assert.equal(written.status, 200)
  const health = await down.get('/health')
  assert.equal(health.status, 503)
  assert.match(health.body.error, /^ERR_UNAVAILABLE: index is down/)
  const { status, engine, leader } = health.body.parts.index
  assert.deepEqual({ status, engine, leader }, { status: 'down', engine: 'opensearch', leader: 'host:1' })
})

test('A database without its migrations is not ready', async () => {
  const { pool } = server.database
  const { rows } = await pool.query('DELETE FROM migrations RETURNING *')
  const health = await server.get('/health')
  assert.equal(health.status, 503)
  assert.equal(health.body.parts.migrations.status, 'starting')
  for (const { name, applied_at } of rows)
    await pool.query('INSERT INTO migrations VALUES ($1, $2)', [name, applied_at])
  assert.equal((await server.get('/health')).status, 200)
})

test('Probes of a database that hangs share one check, and the first check afterwards is correct', async () => {
  const flaky = await openFlakyServer((await createTestDatabase()).url)
  const database = openPool(flaky.url, { max: 1 })
  const stuck = await startTestServer({}, { database })
  after(() => database.end())
  const isServing = async () => (await stuck.get('/health')).body.parts.database.status === 'ok'
  const held = await database.connect()
  const probes = await Promise.all(Array.from({ length: 5 }, () => stuck.get('/health')))
  assert.deepEqual(
    probes.map(({ status, body }) => [status, body.parts.database.status]),
    probes.map(() => [503, 'down']),
  )
  assert.equal(database.waitingCount, 1)
  held.release()
  await waitUntil('health is ready again', isServing)
  flaky.freeze()
  assert.equal(await isServing(), false)
  await waitUntil('the silent connection is replaced', isServing)
})
