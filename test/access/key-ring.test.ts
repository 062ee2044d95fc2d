import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KeyRing, openKeyRing } from '../../src/access/key-ring.ts'
import { generateKey } from '../../src/access/key-rows.ts'
import { openSessionWithKey } from '../../src/access/sessions.ts'
import type { Database } from '../../src/database/pool.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()

/** Creates a key on another node, whose notification has not arrived yet. */
async function addSilently(name: string): Promise<string> {
  const key = generateKey()
  await pool.query(
    `INSERT INTO api_keys (name, hash, prefix, last_four) VALUES ($1, sha256($2::text::bytea), '', '')`,
    [name, key],
  )
  return key
}

/** The pool, and how often the keys were read through it. */
function countReads(): { readonly database: Database; reads(): number } {
  let reads = 0
  const query = (...args: unknown[]) => {
    if (String(args[0]).startsWith('SELECT id, name, hash')) reads++
    return Reflect.apply(pool.query, pool, args)
  }
  const database = new Proxy(pool, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) })
  return { database, reads: () => reads }
}

async function find(ring: KeyRing, key: string): Promise<string | undefined> {
  if (ring.verify(key) === null) await ring.refreshFor([key])
  return ring.verify(key)?.name
}

test('A key that another node has just created is found before it is announced', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  assert.equal(await find(ring, await addSilently('one')), 'one')
  // The next one is not lost because the keys were read a moment ago.
  assert.equal(await find(ring, await addSilently('two')), 'two')
})

test('Many unknown keys at once cost one read, and none if they are no keys', async t => {
  const { database, reads } = countReads()
  const ring = await openKeyRing(database)
  t.after(() => ring.close())
  const before = reads()
  assert.deepEqual(await Promise.all(['', 'password', `${generateKey()}x`].map(key => ring.refreshFor([key]))), [
    false,
    false,
    false,
  ])
  assert.equal(reads(), before)
  await Promise.all(Array.from({ length: 1000 }, () => find(ring, generateKey())))
  assert.equal(reads(), before + 1)
})

test('Many announcements at once cost few reads, and the last one is not missed', async t => {
  const { database, reads } = countReads()
  const ring = await openKeyRing(database)
  t.after(() => ring.close())
  const before = reads()
  const refreshed = Promise.all(Array.from({ length: 100 }, () => ring.refresh()))
  const key = await addSilently('during a read')
  await Promise.all([refreshed, ring.refresh()])
  assert.equal(ring.verify(key)?.name, 'during a read')
  assert.ok(reads() - before <= 3, `${reads() - before} reads`)
})

test('A session of a key of the environment ends when that key is removed from the settings', async t => {
  const [kept, removed] = ['kept-in-the-environment', 'removed-from-the-environment']
  const ring = await openKeyRing(pool, [kept, removed])
  t.after(() => ring.close())
  const sessions: string[] = []
  for (const key of [kept, removed])
    sessions.push((await openSessionWithKey(pool, ring.verify(key)!, { remember: true })).key)
  await ring.refresh()
  for (const [place, key] of [kept, removed].entries()) {
    const holder = ring.verify(sessions[place]!)!
    assert.deepEqual(
      [holder.name, holder.admin, holder.session, holder.owner],
      ['environment', true, true, ring.verify(key)!.id],
    )
  }
  const restarted = await openKeyRing(pool, [kept])
  t.after(() => restarted.close())
  assert.notEqual(restarted.verify(sessions[0]!), null)
  assert.equal(restarted.verify(sessions[1]!), null)
})
