import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { openPool } from '../../src/database/pool.ts'
import { ConnectraError } from '../../src/errors.ts'
import { StoreUnavailable } from '../../src/files/unavailable.ts'
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
      index: {
        status: 'ok',
        state: 'ok',
        seq: Number(written.headers.get('x-connectra-seq')),
        lag: { changes: 0, seconds: 0 },
      },
      files: { status: 'ok' },
      worker: { status: 'ok', running: 0 },
    },
  })
})

test('Health says that the file storage is down, without being less healthy for that', async () => {
  const size = async () => {
    throw new StoreUnavailable('ECONNREFUSED')
  }
  const down = await startTestServer({}, { store: { ...server.parts.store, size } })
  const { status, body } = await down.get('/health')
  assert.equal(status, 200)
  assert.equal(body.parts.files.status, 'down')
  assert.match(body.parts.files.reason, /ECONNREFUSED/)
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
  const ready = await building.get('/health/ready')
  assert.equal(ready.status, 503)
  assert.match(ready.body.error, /^ERR_UNAVAILABLE: index is starting: /)
  assert.equal((await building.get('/health/live')).status, 200)
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
  const lagging = { ...engine, applied: () => ({ seq: 1, token: 'x' }) }
  const behind = await startTestServer({ MAX_LAG: '5m' }, { engine: lagging })
  for (const name of ['Not Seen Yet', 'Neither', 'Nor This']) await behind.post('/companies/batch-upsert', [{ name }])
  const { state, lag } = (await behind.get('/health')).body.parts.index
  assert.deepEqual([state, lag.changes], ['catching up', 3])
  assert.ok(lag.seconds >= 0)
  assert.equal((await behind.get('/health/ready')).status, 200)
  // Changes that are not in the feed any more count, too.
  await behind.database.pool.query(
    `DELETE FROM changes WHERE seq < (SELECT max(seq) FROM changes); UPDATE changes SET created_at = now() - interval '6 minutes'`,
  )
  const later = await behind.get('/health')
  assert.equal(later.status, 200)
  assert.equal(later.body.parts.index.lag.changes, 3)
  assert.ok(later.body.parts.index.lag.seconds > 300)
  await waitUntil('readiness has noticed', async () => (await behind.get('/health/ready')).status === 503)
  const { body, headers } = await behind.get('/health/ready')
  assert.match(body.error, /^ERR_UNAVAILABLE: index is 36\d seconds behind the database: /)
  assert.ok(Number(headers.get('retry-after')) >= 1)
})

test('A server that is about to stop is alive and not ready; it answers requests and closes their connections', async () => {
  let isStopping = false
  const stopping = await startTestServer({}, { stopping: () => isStopping })
  const ask = async () => {
    const paths = ['/health/live', '/health/ready', '/health', '/common/contact/filters']
    const replies = await Promise.all(paths.map(path => stopping.get(path)))
    return replies.map(({ status, headers }) => [status, headers.get('connection')])
  }
  assert.deepEqual(
    await ask(),
    [200, 200, 200, 200].map(status => [status, 'keep-alive']),
  )
  isStopping = true
  assert.deepEqual(
    await ask(),
    [200, 503, 200, 200].map(status => [status, 'close']),
  )
  assert.match((await stopping.get('/health/ready')).body.error, /^ERR_UNAVAILABLE: the server is stopping: /)
})

test('While the servers of the engine are down, health says so and writes do not wait for them', async () => {
  const down = await startTestServer(
    { MAX_LAG: '1s' },
    {
      engine: {
        ...server.engine,
        shared: true,
        applied: () => ({ seq: 1, token: 'x' }),
        state: () => ({ status: 'down', keepsUp: false, details: { engine: 'opensearch', leader: 'host:1' } }),
        waitFor: () => new Promise(() => {}),
      },
    },
  )
  const written = await down.post('/companies/batch-upsert', [{ name: 'Written Meanwhile' }])
  assert.equal(written.status, 200)
  const health = await down.get('/health')
  assert.equal(health.status, 503)
  assert.match(health.body.error, /^ERR_UNAVAILABLE: index is down/)
  const { status, state, engine, leader, seq, lag } = health.body.parts.index
  assert.deepEqual(
    { status, state, engine, leader, seq, changes: lag.changes },
    { status: 'down', state: 'down', engine: 'opensearch', leader: 'host:1', seq: 1, changes: 1 },
  )
  // No other server has a better index, and load balancers would stop all writes.
  await down.database.pool.query(`UPDATE changes SET created_at = now() - interval '6 minutes'`)
  assert.equal((await down.get('/health/ready')).status, 200)
})

test('While requests fail because a part is down, the log has one line every few seconds', async () => {
  const cause = new Error('connect ECONNREFUSED 10.0.0.7:9200')
  const failing = new ConnectraError('ERR_UNAVAILABLE', 'the search cluster cannot be reached', { cause })
  const count = async () => {
    throw failing
  }
  const waitFor = async (seq: number) => seq === 0
  const down = await startTestServer({}, { engine: { ...server.engine, shared: true, count, waitFor } })
  const refused = [...Array(20).keys()].map(() => down.post('/contacts/count', {}, { 'x-connectra-min-seq': '0' }))
  for (const { status } of await Promise.all(refused)) assert.equal(status, 503)
  for (const seq of ['7', '8']) {
    const { status, body } = await down.post('/contacts/count', {}, { 'x-connectra-min-seq': seq })
    assert.equal(status, 503)
    assert.match(body.error, /^ERR_UNAVAILABLE: write \d is not searchable yet: /)
  }
  const lines = down.log.map(line => JSON.parse(line)).filter(({ level }) => level >= 40)
  assert.deepEqual(
    lines.map(({ level, reason }) => [level, reason]),
    [
      [40, cause.message],
      [40, undefined],
    ],
  )
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
  const ready = stuck.get('/health/ready')
  const probes = await Promise.all(Array.from({ length: 5 }, () => stuck.get('/health')))
  assert.deepEqual(
    probes.map(({ status, body }) => [status, body.parts.database.status]),
    probes.map(() => [503, 'down']),
  )
  assert.equal(database.waitingCount, 1)
  assert.equal((await ready).status, 503)
  assert.match((await ready).body.error, /^ERR_UNAVAILABLE: database is down, /)
  held.release()
  await waitUntil('health is ready again', isServing)
  flaky.freeze()
  assert.equal(await isServing(), false)
  await waitUntil('the silent connection is replaced', isServing)
})

test('While the database hangs, requests are refused within seconds; afterwards they work, and nothing is stored twice', async () => {
  const target = await createTestDatabase()
  const flaky = await openFlakyServer(target.url)
  const database = openPool(flaky.url, { max: 2, limits: { connect: 1_500, answer: 1_500, lock: 500 } })
  const engine = { ...server.engine, waitFor: async () => true }
  const hanging = await startTestServer({}, { database, engine })
  after(() => database.end())
  const company = [{ name: 'Hanging', linkedin_url: 'https://linkedin.com/company/hanging' }]
  const { company_uuids } = (await hanging.post('/companies/batch-upsert', company)).body
  flaky.hang()
  const began = performance.now()
  const answers = await Promise.all([
    hanging.post('/companies/batch-upsert', company),
    hanging.get(`/companies/${company_uuids[0]}`),
    hanging.get('/common/jobs/stats'),
    hanging.get(`/companies/${company_uuids[0]}`),
  ])
  assert.ok(performance.now() - began < 8_000)
  for (const { status, headers, body } of answers) {
    assert.equal(status, 503)
    assert.ok(Number(headers.get('retry-after')) >= 1)
    assert.match(
      body.error,
      /^ERR_UNAVAILABLE: (the database did not answer within 1.5 s|the database cannot be reached|all connections to the database are in use): try again shortly$/,
    )
  }
  flaky.thaw()
  const again = async () => await hanging.post('/companies/batch-upsert', company)
  await waitUntil('writes work again', async () => (await again()).status === 200)
  const { rows } = await target.pool.query('SELECT uuid FROM companies')
  assert.deepEqual(rows, [{ uuid: company_uuids[0] }])
})
