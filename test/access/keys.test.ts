import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey, ensureKey, listKeys, openKeyRing, revokeKey } from '../../src/access/keys.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()

/** Resolves once the ring has read a change that the key table announced. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('A created key is valid, and cannot be recovered from the database', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'laptop')
  assert.match(made.key, /^ck_[\w-]{43}$/)
  await ring.refresh()
  assert.deepEqual(ring.verify(made.key), { id: String(made.id), name: 'laptop' })
  assert.equal(ring.verify(`${made.key}x`), null)
  assert.equal(ring.verify(''), null)
  const { rows } = await pool.query('SELECT row_to_json(k)::text AS all FROM api_keys k')
  assert.ok(rows.every(row => !row.all.includes(made.key.slice(7, -4))))
  assert.equal(made.key.startsWith(made.prefix) && made.key.endsWith(made.lastFour), true)
})

test('A running server picks up new and revoked keys by itself', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'phone')
  await until(() => ring.verify(made.key) !== null)
  const revoked = await revokeKey(pool, made.id)
  assert.equal(revoked?.name, 'phone')
  assert.ok(revoked?.revokedAt)
  await until(() => ring.verify(made.key) === null)
  assert.equal(await revokeKey(pool, made.id), null)
})

test('An existing key is kept unchanged, and a revoked one stays revoked', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  await ensureKey(pool, 'first start', 'ck_fixed-key-of-a-data-directory')
  await ensureKey(pool, 'second start', 'ck_fixed-key-of-a-data-directory')
  const named = (await listKeys(pool)).filter(key => key.name.endsWith('start'))
  assert.equal(named.length, 1)
  await revokeKey(pool, named[0]!.id)
  await ensureKey(pool, 'third start', 'ck_fixed-key-of-a-data-directory')
  await ring.refresh()
  assert.equal(ring.verify('ck_fixed-key-of-a-data-directory'), null)
})

test('Keys from the environment are valid in addition to those in the database', async t => {
  const ring = await openKeyRing(pool, ['secret-of-the-environment'])
  t.after(() => ring.close())
  assert.deepEqual(ring.verify('secret-of-the-environment'), { id: 'environment-1', name: 'environment' })
})

test('A ring learns of a revocation even after its connection was cut', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'tablet')
  await until(() => ring.verify(made.key) !== null)
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN api_keys'
    OR (query LIKE '%api_keys%' AND pid <> pg_backend_pid() AND datname = current_database())`)
  await revokeKey(pool, made.id)
  await until(() => ring.verify(made.key) === null)
})
