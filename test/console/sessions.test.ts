import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey, listKeys } from '../../src/access/keys.ts'
import { createSignInCode, openSession } from '../../src/access/sessions.ts'
import type { Database } from '../../src/database/pool.ts'
import { packageJson } from '../../src/package-json.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()
const { pool } = server.database
const as = (key: string) => ({ authorization: `Bearer ${key}` })
const HOUR = 3_600_000

/** Sends a code without a key, as the page does that opens its address. */
const exchange = (body: object) => server.post('/console/session', body, { authorization: '' })

async function signIn(more: object = {}) {
  const reply = await exchange({ code: await createSignInCode(pool), ...more })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.data
}

test('A code opens a session: an admin key that works at once and expires after 12 hours, or 30 days', async () => {
  for (const [more, hours] of [
    [{}, 12],
    [{ remember: false }, 12],
    [{ remember: true }, 30 * 24],
  ] as const) {
    const { key, ...session } = await signIn(more)
    assert.match(key, /^ck_[\w-]{43}$/)
    const expiresIn = Date.parse(session.expires_at) - Date.now()
    assert.ok(expiresIn > hours * HOUR - 60_000 && expiresIn < hours * HOUR + 60_000, session.expires_at)
    assert.deepEqual(session, { name: 'Console session', admin: true, expires_at: session.expires_at })
    const shown = await server.get('/console/session', as(key))
    assert.deepEqual(shown.body, { success: true, data: { ...session, version: packageJson.version } })
    assert.equal(shown.headers.get('cache-control'), 'no-store')
    assert.equal((await server.get('/admin/keys', as(key))).status, 200)
  }
})

test('Any key learns its name and rights', async () => {
  const { key } = await createKey(pool, 'front end')
  await server.parts.keys.refresh()
  const { body } = await server.get('/console/session', as(key))
  const data = { name: 'front end', admin: false, expires_at: null, version: packageJson.version }
  assert.deepEqual(body, { success: true, data })
})

test('Of 20 requests with one code at the same time, one opens a session', async () => {
  const sessions = async () => (await listKeys(pool)).filter(({ name }) => name === 'Console session').length
  const before = await sessions()
  const code = await createSignInCode(pool)
  const replies = await Promise.all(Array.from({ length: 20 }, () => exchange({ code })))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(19).fill(403)])
  // Several nodes do not share the gate of a server.
  const other = await createSignInCode(pool)
  const opened = await Promise.all(Array.from({ length: 20 }, () => openSession(pool, other, { remember: false })))
  assert.equal(opened.filter(session => session !== null).length, 1)
  assert.equal(await sessions(), before + 2)
})

test('A wrong, used or expired code is 403, and says what to do', async () => {
  const used = await createSignInCode(pool)
  await exchange({ code: used })
  const expired = await createSignInCode(pool)
  await pool.query(`UPDATE sign_in_codes SET expires_at = now() - interval '1 second'`)
  for (const code of [used, expired, `${expired}x`, 'si_', 'x', `si_${'A'.repeat(43)}`]) {
    const { status, body } = await exchange({ code })
    assert.equal(status, 403, code)
    assert.match(body.error, /^ERR_FORBIDDEN: .*sign in with an API key, or run `connectra console`/)
  }
  for (const body of [{}, { code: 5 }, { code: used, key: 'x' }]) assert.equal((await exchange(body)).status, 400)
  assert.equal((await exchange({ code: 'x'.repeat(2000) })).status, 413)
})

test('Codes are stored as hashes, and a text that cannot be one costs no query', async () => {
  const code = await createSignInCode(pool)
  assert.ok(Buffer.from(code.slice(3), 'base64url').length >= 16, '128 random bits')
  const { rows } = await pool.query('SELECT row_to_json(c)::text AS text FROM sign_in_codes c')
  assert.equal(rows.length, 1, 'expired codes are deleted when one is created')
  assert.ok(!rows[0].text.includes(code.slice(3)))
  const unused = { query: () => assert.fail('no query') } as unknown as Database
  for (const wrong of ['', 'si_short', `${code}x`, code.slice(1)])
    assert.equal(await openSession(unused, wrong, { remember: false }), null)
})

test('An ended session is refused at once; a key that is not a session cannot be ended', async () => {
  const { key } = await signIn()
  const ended = await server.post('/console/session/end', undefined, as(key))
  assert.deepEqual(ended.body, { success: true })
  assert.equal((await server.get('/console/session', as(key))).status, 401)
  const other = await server.post('/console/session/end')
  assert.equal(other.status, 409)
  assert.match(other.body.error, /^ERR_CONFLICT: /)
  assert.equal((await server.get('/console/session')).status, 200)
})

test('A session is refused from the moment it expires, although nothing announces that', async t => {
  const { key, expires_at } = await signIn()
  assert.notEqual(server.parts.keys.verify(key), null)
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse(expires_at) - 1 })
  assert.equal(server.parts.keys.verify(key)?.admin, true)
  t.mock.timers.setTime(Date.parse(expires_at))
  assert.equal(server.parts.keys.verify(key), null)
  t.mock.timers.reset()
  // A node that reads the keys after that does not even have it.
  await pool.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE last_four = $1`, [key.slice(-4)])
  await server.parts.keys.refresh()
  assert.equal((await server.get('/console/session', as(key))).status, 401)
})

test('A new session deletes those that ended a week ago, and nothing else', async () => {
  const add = (name: string, session: boolean, expires: string | null, revoked: string | null) =>
    pool.query(
      `INSERT INTO api_keys (name, hash, prefix, last_four, session, expires_at, revoked_at)
       VALUES ($1::text, sha256($1::text::bytea), '', '', $2, now() + $3::interval, now() + $4::interval)`,
      [name, session, expires, revoked],
    )
  await add('expired long ago', true, '-8 days', null)
  await add('ended long ago', true, '20 days', '-8 days')
  await add('expired', true, '-6 days', null)
  await add('ended', true, '20 days', '-6 days')
  await add('running', true, '20 days', null)
  await add('revoked key', false, null, '-8 days')
  await signIn()
  const left = (await listKeys(pool)).map(({ name }) => name)
  assert.deepEqual(
    left.filter(name => /ago|ended|expired|running|revoked/.test(name)),
    ['expired', 'ended', 'running', 'revoked key'],
  )
})
