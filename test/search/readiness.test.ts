import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../../src/database/pool.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { startTestServer } from '../helpers/server.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openLogged, snapshotDirectory } from './snapshot/snapshots.ts'

/** More than the feed reads at once, so that the index catches up in several steps. */
const WRITTEN = 60_000

/** Writes contacts and announces them as an upsert does, in one transaction. */
async function writeContacts(database: Database, count: number): Promise<void> {
  await database.query(
    `WITH written AS (
       INSERT INTO contacts (uuid, first_name) SELECT gen_random_uuid(), 'ada' FROM generate_series(1, $1) RETURNING uuid
     )
     SELECT announce('{}', array_agg(uuid)) FROM written`,
    [count],
  )
}

test('the first answer of an index that starts from its snapshot has every write that was committed before', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  const first = openLogged(url, directory)
  await first.engine.ready()
  await first.engine.close()
  await writeContacts(pool, WRITTEN)
  const second = openLogged(url, directory)
  await second.engine.ready()
  assert.equal(await second.engine.count('contact', { type: 'all' }), WRITTEN)
})

test('an index that is catching up is not ready, and health reports how far behind it is', async () => {
  const server = await startTestServer()
  const { engine } = server
  const behind = await startTestServer(
    {},
    {
      engine: {
        ...engine,
        position: () => null,
        applied: () => ({ seq: 1, token: 'x' }),
        state: () => ({ status: 'starting', keepsUp: true, details: {} }),
      },
    },
  )
  await behind.post('/companies/batch-upsert', [{ name: 'Not Seen Yet' }])
  const health = await behind.get('/health')
  assert.equal(health.status, 503)
  const { status, lag } = health.body.parts.index
  assert.equal(status, 'starting')
  assert.equal(lag.changes, 1)
})

test('when the database no longer knows the position of a running index, searches fail until the index is rebuilt', async () => {
  const { pool, url } = await createTestDatabase()
  await writeContacts(pool, 1)
  const { engine } = openLogged(url, snapshotDirectory())
  await engine.ready()
  // As after a restore: other tokens, and a record that the index has never seen. One transaction, because the feed may read
  // at any time.
  await pool.query(
    `UPDATE changes SET token = gen_random_uuid();
     INSERT INTO contacts (uuid, first_name) VALUES (gen_random_uuid(), 'grace');
     SELECT announce('{}', '{}'), pg_notify('changes', '')`,
  )
  let refused = 0
  await waitUntil('the index has been rebuilt', async () => {
    const count = await engine.count('contact', { type: 'all' }).catch(() => {
      refused++
      return null
    })
    return count === 2
  })
  assert.ok(refused > 0, 'searches were answered while the index was rebuilt')
})

test('an index is rebuilt for a database that was restored to a lower position in the feed', async () => {
  const { pool, url } = await createTestDatabase()
  await writeContacts(pool, 1)
  await writeContacts(pool, 1)
  const { engine } = openLogged(url, snapshotDirectory())
  await engine.ready()
  await pool.query(`INSERT INTO contacts (uuid, first_name) VALUES (gen_random_uuid(), 'grace')`)
  await pool.query(
    `DELETE FROM changes;
     INSERT INTO changes (seq, service, uuids) OVERRIDING SYSTEM VALUE VALUES (1, 'company', '{}');
     SELECT pg_notify('changes', '')`,
  )
  await waitUntil(
    'the index has been rebuilt',
    async () => (await engine.count('contact', { type: 'all' }).catch(() => null)) === 3,
  )
})

test('while another index is rebuilt, an outdated one answers searches, but does not count as having any position', async () => {
  const database = await createTestDatabase()
  const { pool, url } = database
  await writeContacts(pool, 1)
  const { engine, saw } = openLogged(url, snapshotDirectory())
  await engine.ready()
  const other = await pool.connect()
  await other.query('SELECT pg_advisory_lock(4852720)')
  await pool.query('UPDATE changes SET token = gen_random_uuid()')
  await writeContacts(pool, 1)
  await saw(/^the search index is outdated; it will be rebuilt after that of another process$/)
  assert.equal(engine.state().status, 'outdated')
  assert.equal(await engine.count('contact', { type: 'all' }), 1)
  assert.equal(engine.position(), null)
  assert.equal(await engine.waitFor(1, 5), false)

  // Its own index is new, so it was built at once.
  const server = await startTestServer({}, { engine }, { database, directory: snapshotDirectory() })
  const health = await server.get('/health')
  assert.equal(health.status, 200)
  const { status, state, lag } = health.body.parts.index
  assert.deepEqual([status, state, lag.changes], ['ok', 'catching up', 1])
  assert.equal((await server.get('/health/ready')).status, 200)

  await other.query('SELECT pg_advisory_unlock_all()')
  other.release()
  await waitUntil('the index has been rebuilt', () => engine.state().status === 'ok')
  assert.equal(await engine.count('contact', { type: 'all' }), 2)
  assert.equal((await server.get('/health')).body.parts.index.state, 'ok')
})
