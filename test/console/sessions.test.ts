import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey, listKeys } from '../../src/access/keys.ts'
import { createSignInCode, isSignInCode, openSessionWithCode } from '../../src/access/sessions.ts'
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
  const opened = await Promise.all(
    Array.from({ length: 20 }, () => openSessionWithCode(pool, other, { remember: false })),
  )
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
  for (const body of [{ code: 5 }, { code: used, key: 'x' }]) assert.equal((await exchange(body)).status, 400)
  assert.equal((await exchange({ code: 'x'.repeat(2000) })).status, 413)
})

test('Codes are stored as hashes, and a text that cannot be one costs no query', async () => {
  const code = await createSignInCode(pool)
  assert.ok(Buffer.from(code.slice(3), 'base64url').length >= 16, '128 random bits')
  const { rows } = await pool.query('SELECT row_to_json(c)::text AS text FROM sign_in_codes c')
  assert.equal(rows.length, 1, 'expired codes are deleted when one is created')
  assert.ok(!rows[0].text.includes(code.slice(3)))
  assert.equal(isSignInCode(code), true)
  for (const wrong of ['', 'si_short', `${code}x`, code.slice(1)]) assert.equal(isSignInCode(wrong), false)
  // They do not wait for those that may be right, and take no place of theirs.
  const replies = await Promise.all(Array.from({ length: 200 }, () => exchange({ code: 'si_short' })))
  assert.ok(replies.every(({ status }) => status === 403))
})

test('A session is not lost if old sessions cannot be deleted', async () => {
  const failing = {
    query: (...args: [string]) => (/^DELETE/.test(args[0]) ? Promise.reject(new Error()) : pool.query(...args)),
  }
  const code = await createSignInCode(pool)
  const opened = await openSessionWithCode(failing as unknown as Database, code, { remember: false })
  assert.match(opened!.key, /^ck_/)
})

/** Signs in with an API key, as the page does. */
async function signInWith(key: string, body: object = {}) {
  const reply = await server.post('/console/session', body, as(key))
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  assert.equal(reply.headers.get('cache-control'), 'no-store')
  return reply.body.data
}

test('A key opens a session with its name and rights, which ends with the key, and with the views of the key', async () => {
  for (const admin of [false, true]) {
    const { id, key } = await createKey(pool, 'of a person', { admin })
    await server.parts.keys.refresh()
    const session = await signInWith(key, { remember: true })
    assert.notEqual(session.key, key)
    const days = (Date.parse(session.expires_at) - Date.now()) / (24 * HOUR)
    assert.ok(days > 29.9 && days < 30.1, String(days))
    assert.deepEqual([session.name, session.admin], ['of a person', admin])
    assert.equal((await server.get('/admin/keys', as(session.key))).status, admin ? 200 : 403)

    const view = { name: 'mine', service: 'contact', state: { a: 1 } }
    assert.equal((await server.post('/console/views', view, as(key))).status, 200)
    const { data } = (await server.get('/console/views', as(session.key))).body
    assert.deepEqual(
      data.map(({ name, own }: { name: string; own: boolean }) => [name, own]),
      [['mine', true]],
    )

    const own = await server.post(`/admin/keys/${id}/revoke`, undefined, as(session.key))
    assert.equal(own.status, admin ? 409 : 403)
    assert.equal((await server.post(`/admin/keys/${id}/revoke`)).status, 200)
    assert.equal((await server.get('/console/session', as(session.key))).status, 401)
  }
})

test('Signing out ends a session that a key has opened, and not the key; a session opens no further one', async () => {
  const { key } = await createKey(pool, 'stays')
  await server.parts.keys.refresh()
  const session = await signInWith(key)
  const again = await server.post('/console/session', {}, as(session.key))
  assert.equal(again.status, 409)
  assert.match(again.body.error, /session already: sign in with an API key/)
  assert.equal((await server.post('/console/session/end', undefined, as(session.key))).status, 200)
  assert.equal((await server.get('/console/session', as(session.key))).status, 401)
  assert.equal((await server.get('/console/session', as(key))).status, 200)
})

test('Without a valid key or a code no session is opened; a code counts even beside a key that is not valid', async () => {
  for (const headers of [{ authorization: '' }, as('ck_wrong'), as(`ck_${'A'.repeat(43)}`)] as Record<
    string,
    string
  >[]) {
    const reply = await server.post('/console/session', { remember: true }, headers)
    assert.equal(reply.status, 401)
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer')
  }
  const code = await createSignInCode(pool)
  assert.equal((await server.post('/console/session', { code }, as('ck_of-a-session-that-has-ended'))).status, 200)
})

test('A key has 20 sessions at most: a further one ends the oldest', async () => {
  const { id, key } = await createKey(pool, 'busy')
  await server.parts.keys.refresh()
  const first = await signInWith(key)
  const second = await signInWith(key)
  await server.post('/console/session/end', undefined, as(second.key))
  for (let opened = 0; opened < 18; opened++) await signInWith(key)
  const sessions = async () => (await listKeys(pool)).filter(({ createdBy }) => createdBy === String(id))
  assert.equal((await sessions()).length, 20)
  // The one that has ended goes first.
  await signInWith(key)
  assert.equal((await server.get('/console/session', as(first.key))).status, 200)
  await signInWith(key)
  assert.equal((await server.get('/console/session', as(first.key))).status, 401)
  assert.equal((await sessions()).filter(({ revokedAt }) => revokedAt === null).length, 20)
})

test('The requests of a session count for the key that opened it, and so does the sign-in', async () => {
  const limited = await startTestServer({ RATE_LIMIT: '3' })
  const { key } = (await limited.post('/console/session')).body.data
  assert.equal((await limited.get('/contacts/filters', as(key))).status, 200)
  assert.equal((await limited.get('/contacts/filters')).status, 200)
  assert.equal((await limited.get('/contacts/filters', as(key))).status, 429)
  assert.equal((await limited.post('/console/session')).status, 429)
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
