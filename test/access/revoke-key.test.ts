import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KeyHolder, openKeyRing } from '../../src/access/key-ring.ts'
import { digest } from '../../src/access/key-rows.ts'
import { createKey, listKeys } from '../../src/access/keys.ts'
import { revokeKey, revokeKeyFor } from '../../src/access/revoke-key.ts'
import { createSignInCode, openSessionWithCode, openSessionWithKey } from '../../src/access/sessions.ts'
import { createView, listViews } from '../../src/console/views.ts'
import type { Database } from '../../src/database/pool.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const environment: readonly Buffer[] = []

/** What the server knows about who sent a request with the key. */
async function holderOf(pool: Database, key: string): Promise<KeyHolder> {
  const ring = await openKeyRing(pool)
  try {
    return ring.verify(key)!
  } finally {
    await ring.close()
  }
}

async function openByCode(pool: Database): Promise<KeyHolder> {
  const session = await openSessionWithCode(pool, await createSignInCode(pool), { remember: false })
  return await holderOf(pool, session!.key)
}

async function validNames(pool: Database): Promise<string[]> {
  return (await listKeys(pool)).filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name)
}

test('A key that is revoked while it sends a request creates and revokes nothing', async () => {
  const { pool } = await createTestDatabase()
  const { key, id } = await createKey(pool, 'leaked', { admin: true })
  const operator = await createKey(pool, 'operator', { admin: true })
  const plain = await createKey(pool, 'web')
  const [by, weak] = [await holderOf(pool, key), await holderOf(pool, plain.key)]
  const session = await openSessionWithKey(pool, by, { remember: false })
  const ofSession = await holderOf(pool, session.key)
  await revokeKey(pool, id)
  for (const holder of [by, ofSession, weak]) {
    await assert.rejects(createKey(pool, 'backdoor', { admin: true, by: holder }), { code: 'ERR_UNAUTHORIZED' })
    const revoking = revokeKeyFor(pool, operator.id, { by: holder, environment })
    await assert.rejects(revoking, { code: 'ERR_UNAUTHORIZED' })
  }
  await assert.rejects(openSessionWithKey(pool, by, { remember: false }), { code: 'ERR_UNAUTHORIZED' })
  assert.deepEqual(await validNames(pool), ['operator', 'web'])
})

test('A key that is just being revoked creates no key', async () => {
  const { pool } = await createTestDatabase()
  const { key, id } = await createKey(pool, 'leaked', { admin: true })
  const by = await holderOf(pool, key)
  const revoking = await pool.connect()
  await revoking.query('BEGIN')
  await revoking.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id])
  const creating = createKey(pool, 'backdoor', { admin: true, by })
  creating.catch(() => {})
  await waitUntil('it waits for the revocation', async () => {
    const { rows } = await pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    return rows.length === 1
  })
  await revoking.query('COMMIT')
  revoking.release()
  await assert.rejects(creating, { code: 'ERR_UNAUTHORIZED' })
  assert.deepEqual(await validNames(pool), [])
})

test('The last admin key cannot be revoked, also if two admins revoke the last two at the same time', async () => {
  const { pool } = await createTestDatabase()
  const one = await createKey(pool, 'one', { admin: true })
  await createKey(pool, 'web')
  const [first, second] = [await openByCode(pool), await openByCode(pool)]
  await assert.rejects(revokeKeyFor(pool, one.id, { by: first, environment }), {
    code: 'ERR_CONFLICT',
    message: /is the last admin key: create another one first/,
  })
  // A key in API_KEYS is an admin key, too.
  const withSetting = { by: first, environment: [digest('another-key-in-the-settings')] }
  assert.equal((await revokeKeyFor(pool, one.id, withSetting))?.name, 'one')
  for (let round = 0; round < 10; round++) {
    const keys = [await createKey(pool, 'left', { admin: true }), await createKey(pool, 'right', { admin: true })]
    const results = await Promise.allSettled(
      keys.map(({ id }, place) => revokeKeyFor(pool, id, { by: place === 0 ? first : second, environment })),
    )
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    await pool.query('DELETE FROM api_keys WHERE NOT session')
  }
})

test('Of two admins who revoke each other at the same time, one is left', async () => {
  const { pool } = await createTestDatabase()
  for (let round = 0; round < 10; round++) {
    const keys = [await createKey(pool, 'a', { admin: true }), await createKey(pool, 'b', { admin: true })]
    const holders = await Promise.all(keys.map(({ key }) => holderOf(pool, key)))
    const results = await Promise.allSettled(
      holders.map((by, place) => revokeKeyFor(pool, keys[1 - place]!.id, { by, environment })),
    )
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    assert.equal((await validNames(pool)).length, 1)
    await pool.query('DELETE FROM api_keys')
  }
})

test('A key that is also in the settings is not revoked, because it would stay valid', async () => {
  const { pool } = await createTestDatabase()
  const { id, key } = await createKey(pool, 'first key', { admin: true })
  const revocation = { by: await openByCode(pool), environment: [digest(key)] }
  await assert.rejects(revokeKeyFor(pool, id, revocation), {
    code: 'ERR_CONFLICT',
    message: /is also in API_KEYS, .*remove it there/,
  })
})

test('Revoking a key ends its sessions, also those that are just being opened, and deletes its private views', async () => {
  const { pool } = await createTestDatabase()
  const [lost, other] = [await createKey(pool, 'lost'), await createKey(pool, 'other')]
  const [ofLost, ofOther] = [await holderOf(pool, lost.key), await holderOf(pool, other.key)]
  for (const by of [ofLost, ofOther]) await openSessionWithKey(pool, by, { remember: true })
  for (const { owner } of [ofLost, ofOther])
    for (const shared of [true, false])
      await createView(pool, { owner, admin: false }, { name: `of ${owner}`, service: 'contact', state: {}, shared })
  const opening = Array.from({ length: 10 }, () =>
    openSessionWithKey(pool, ofLost, { remember: true }).catch(error => assert.equal(error.code, 'ERR_UNAUTHORIZED')),
  )
  await Promise.all([...opening, revokeKey(pool, lost.id)])
  assert.deepEqual(await validNames(pool), ['other', 'other'])
  const left = async (owner: string) => (await listViews(pool, { owner, admin: false })).filter(view => view.own).length
  assert.deepEqual([await left(ofLost.owner), await left(ofOther.owner)], [1, 2])
  assert.equal(await revokeKey(pool, lost.id), null)
})
