/** When the engine answers, on a cluster that the test plays. test/cluster has real ones. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import { reindexedToken } from '../../../src/database/reindexed-token.ts'
import { upsert } from '../../../src/records/write/upsert.ts'
import type { Position, SearchEngine } from '../../../src/search/engine.ts'
import { openOpenSearchEngine } from '../../../src/search/opensearch/engine.ts'
import { FORMAT } from '../../../src/search/opensearch/mapping.ts'
import { CHANNEL } from '../../../src/search/opensearch/write/database-source.ts'
import { createTestDatabase } from '../../helpers/database.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { type FakeCluster, startFakeCluster } from './fake-cluster.ts'

const PREFIX = 'played'
const ALL = { type: 'all' } as const
const { pool, url } = await createTestDatabase()

async function open(cluster: FakeCluster): Promise<SearchEngine> {
  const engine = await openOpenSearchEngine({
    databaseUrl: url,
    log: { info() {}, warn() {}, error() {} },
    queryTimeoutMs: 10_000,
    cluster: { urls: [cluster.url], caFile: null, prefix: PREFIX, shards: 1, replicas: 0 },
    feeds: false,
  })
  after(() => engine.close())
  return engine
}

async function write(): Promise<void> {
  await upsert(pool, { companies: [], contacts: [{ uuid: randomUUID(), values: { first_name: 'ada' } }] })
}

async function newest(): Promise<Position> {
  return (await pool.query<Position>('SELECT seq, token FROM changes ORDER BY seq DESC LIMIT 1')).rows[0]!
}

const unknown = async (): Promise<Position> => ({ ...(await newest()), token: randomUUID() })
const epochs = (function* () {
  for (let number = 0; ; number++) yield `epoch${number}`
})()
const indexes = (position: Position, format = FORMAT) => ({ epoch: epochs.next().value!, position, format })

/** Waits until the engine has read the position several times more, and could have used what it has found. */
async function looked(cluster: FakeCluster): Promise<void> {
  const before = cluster.looks
  await waitUntil('the engine looks', async () => {
    await pool.query('SELECT pg_notify($1, $2)', [CHANNEL, ''])
    return cluster.looks > before + 5
  })
}

function watchReady(engine: SearchEngine): () => boolean {
  let isReady = false
  engine.ready().then(
    () => {
      isReady = true
    },
    () => {},
  )
  return () => isReady
}

async function refused(engine: SearchEngine, message: RegExp): Promise<void> {
  await assert.rejects(engine.count('contact', ALL), (error: { code: string; message: string }) => {
    assert.equal(error.code, 'ERR_UNAVAILABLE')
    assert.match(error.message, message)
    return true
  })
}

test('after a restart of everything, searches wait until the index has everything that was committed', async () => {
  const cluster = await startFakeCluster(PREFIX)
  cluster.stored = indexes(await newest())
  await write()
  const engine = await open(cluster)
  const isReady = watchReady(engine)
  await looked(cluster)
  assert.equal(isReady(), false)
  assert.equal(engine.state().status, 'starting')
  await refused(engine, /is catching up with the database/)
  cluster.stored = { ...cluster.stored, position: await newest() }
  cluster.count = 1
  await engine.ready()
  assert.equal(await engine.count('contact', ALL), 1)
  assert.equal(engine.state().status, 'ok')
})

test('without indexes, searches wait until they are built', async () => {
  const cluster = await startFakeCluster(PREFIX)
  const engine = await open(cluster)
  const isReady = watchReady(engine)
  await looked(cluster)
  assert.equal(isReady(), false)
  await refused(engine, /is being built/)
  cluster.stored = indexes(await newest())
  await engine.ready()
})

test('while indexes are built again, a process that starts answers from the old ones; who asks for a write waits', async () => {
  const cluster = await startFakeCluster(PREFIX)
  const { seq, token } = await unknown()
  // A restored database begins with lower positions.
  const stored = indexes({ seq: seq + 1000, token })
  cluster.stored = stored
  cluster.count = 7
  const engine = await open(cluster)
  await engine.ready()
  assert.equal(await engine.count('contact', ALL), 7)
  const { status, keepsUp } = engine.state()
  assert.deepEqual({ status, keepsUp }, { status: 'outdated', keepsUp: false })
  assert.equal(engine.position(), null)
  assert.deepEqual(engine.applied(), stored.position)
  assert.equal(await engine.waitFor(seq, 20), false)
  const waiting = engine.waitFor(seq, 20_000)
  cluster.stored = indexes(await newest())
  await looked(cluster)
  assert.equal(await waiting, true)
  assert.equal(engine.state().status, 'ok')
  // The same in a process that is running.
  await pool.query('UPDATE changes SET token = gen_random_uuid()')
  await waitUntil('the position is not known any more', () => engine.state().status === 'outdated')
  assert.equal(await engine.count('contact', ALL), 7)
  assert.equal(engine.position(), null)
})

test('after `reindex`, the old indexes still have every write up to their position', async () => {
  const cluster = await startFakeCluster(PREFIX)
  const position = await newest()
  cluster.stored = indexes(position)
  const engine = await open(cluster)
  await engine.ready()
  for (let times = 1; times <= 2; times++) {
    await pool.query(`UPDATE changes SET token = ${reindexedToken('token')}`)
    await waitUntil('the position is not known any more', () => engine.state().status === 'outdated')
    assert.deepEqual(engine.position(), position)
    assert.equal(await engine.waitFor(position.seq, 0), true)
  }
  await write()
  assert.equal(await engine.waitFor((await newest()).seq, 20), false)
  // The next process to start knows it, too.
  const next = await open(cluster)
  await next.ready()
  assert.deepEqual([next.state().status, next.position()], ['outdated', position])
})

test('a position that has just moved on is not taken for an unknown one', async () => {
  const cluster = await startFakeCluster(PREFIX)
  // The look was before the leader moved on, and before retention deleted the row of the position.
  const stored = indexes(await unknown())
  cluster.stored = stored
  await write()
  const between = await newest()
  await write()
  const engine = await open(cluster)
  const isReady = watchReady(engine)
  const isUnknown = () =>
    engine.count('contact', ALL).then(
      () => true,
      ({ message }: Error) => engine.applied() !== null && message.includes('is being built'),
    )
  await waitUntil('the engine does not find the position', isUnknown)
  cluster.stored = { ...stored, position: between }
  await looked(cluster)
  assert.equal(isReady(), false)
  await refused(engine, /is catching up with the database/)
})

test('indexes of an older format are not searched', async () => {
  const cluster = await startFakeCluster(PREFIX)
  cluster.stored = indexes(await unknown(), FORMAT - 1)
  const engine = await open(cluster)
  const isReady = watchReady(engine)
  await looked(cluster)
  assert.equal(isReady(), false)
  cluster.stored = indexes(await newest())
  await engine.ready()
})

test('while the cluster hangs, searches fail at once', async (t: TestContext) => {
  const cluster = await startFakeCluster(PREFIX)
  cluster.stored = indexes(await newest())
  const engine = await open(cluster)
  await engine.ready()
  cluster.hangs = true
  await waitUntil('the engine is down', () => engine.state().status === 'down')
  const started = performance.now()
  await refused(engine, /does not answer/)
  const took = performance.now() - started
  t.diagnostic(`${Math.round(took)} ms`)
  assert.ok(took < 1_000, `${took} ms`)
  assert.equal(engine.state().keepsUp, false)
  cluster.hangs = false
  await waitUntil('the engine is up', () => engine.state().status === 'ok')
  await engine.count('contact', ALL)
})

test('writes do not wait for an index that is far behind or being built', async () => {
  const cluster = await startFakeCluster(PREFIX)
  cluster.stored = indexes(await newest())
  const engine = await open(cluster)
  await engine.ready()
  assert.equal(engine.state().keepsUp, true)
  await write()
  await pool.query(
    `UPDATE changes SET created_at = now() - interval '1 minute' WHERE seq = (SELECT max(seq) FROM changes)`,
  )
  await waitUntil('the engine sees that it is behind', () => !engine.state().keepsUp)
  cluster.stored = { ...cluster.stored, position: await newest() }
  await waitUntil('the engine keeps up', () => engine.state().keepsUp)
  cluster.building = 0.5
  await looked(cluster)
  assert.equal(engine.state().keepsUp, false)
  cluster.building = null
  await looked(cluster)
  assert.equal(engine.state().keepsUp, true)
})
