import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import { createKey, listKeys } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { createSignInCode } from '../../src/access/sessions.ts'
import { startTestServer } from '../helpers/server.ts'

const ENVIRONMENT_KEY = 'key-given-by-the-environment'
const server = await startTestServer({ API_KEYS: ENVIRONMENT_KEY })
const plain = await createKey(server.database.pool, 'front end')
await server.parts.keys.refresh()

const as = (key: string) => ({ authorization: `Bearer ${key}` })
const UUID = '11111111-1111-4111-8111-111111111111'

/** Every route of keys, sessions and views, but those that are open. */
const ROUTES = [
  ['GET', '/admin/keys'],
  ['POST', '/admin/keys'],
  ['POST', '/admin/keys/1/revoke'],
  ['GET', '/console/session'],
  ['POST', '/console/session/end'],
  ['GET', '/console/views'],
  ['POST', '/console/views'],
  ['POST', `/console/views/${UUID}`],
  ['POST', `/console/views/${UUID}/delete`],
] as const

test('Without a key every route but the sign-in is 401, whatever the request contains', async () => {
  for (const [method, path] of ROUTES) {
    const body = method === 'POST' ? '{"this is": no JSON' : null
    const response = await fetch(server.url + path, { method, body })
    assert.equal(response.status, 401, `${method} ${path}`)
  }
})

test('A key without admin rights gets 403 from the routes of keys, and learns how to get one', async () => {
  for (const [method, path] of ROUTES.filter(([, path]) => path.startsWith('/admin/'))) {
    const { status, body } = await server.send(
      method,
      path,
      method === 'POST' ? { nonsense: 1 } : undefined,
      as(plain.key),
    )
    assert.equal(status, 403, `${method} ${path}`)
    assert.match(body.error, /^ERR_FORBIDDEN: .*connectra keys create --admin/)
  }
  assert.equal((await server.get('/contacts/filters', as(plain.key))).status, 200)
})

test('A key is created with the rights that were asked for, works at once, and is shown once', async () => {
  const created = await server.post('/admin/keys', { name: 'ci' })
  assert.equal(created.status, 200)
  assert.equal(created.headers.get('cache-control'), 'no-store')
  const { key, ...listed } = created.body.data
  assert.match(key, /^ck_[\w-]{43}$/)
  assert.deepEqual(listed, {
    id: listed.id,
    name: 'ci',
    prefix: key.slice(0, 7),
    last_four: key.slice(-4),
    admin: false,
    session: false,
    created_by: listed.created_by,
    created_at: listed.created_at,
    expires_at: null,
    revoked_at: null,
  })
  assert.equal((await server.get('/contacts/filters', as(key))).status, 200)
  assert.equal((await server.get('/admin/keys', as(key))).status, 403)

  const { key: admin } = (await server.post('/admin/keys', { name: 'operator', admin: true })).body.data
  const list = await server.get('/admin/keys', as(admin))
  assert.deepEqual(
    list.body.data.find(({ id }: { id: number }) => id === listed.id),
    listed,
  )
  const text = JSON.stringify(list.body)
  for (const secret of [key, admin, plain.key]) assert.ok(!text.includes(secret))
  assert.equal(
    (await server.get('/admin/keys', as(ENVIRONMENT_KEY))).status,
    200,
    'keys of the environment are admin keys',
  )
})

test('A name is required, of at most 200 characters that can be stored; unknown members are refused', async () => {
  for (const [body, code] of [
    [{}, 'ERR_INVALID_VALUE'],
    [{ name: ' ' }, 'ERR_INVALID_VALUE: name must not be blank'],
    [{ name: 'x'.repeat(201) }, 'ERR_INVALID_VALUE'],
    [{ name: 'a\0b' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x', admin: 'yes' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x', expires_at: '2030-01-01' }, 'ERR_UNKNOWN_FIELD'],
  ] as const) {
    const reply = await server.post('/admin/keys', body)
    assert.equal(reply.status, 400, JSON.stringify(body))
    assert.ok(reply.body.error.startsWith(code), reply.body.error)
  }
  assert.equal((await server.post('/admin/keys', { name: '💥'.repeat(100), admin: false })).status, 200)
  assert.equal((await server.post('/admin/keys', { name: 'x'.repeat(5000) })).status, 413)
})

test('A key that is revoked after the headers of its request, and before the body, creates and revokes nothing', async () => {
  const { pool } = server.database
  for (const path of ['/admin/keys', `/admin/keys/${plain.id}/revoke`]) {
    const { key, id } = (await server.post('/admin/keys', { name: 'leaked', admin: true })).body.data
    const body = JSON.stringify({ name: 'backdoor', admin: true })
    const sending = request(server.url + path, {
      method: 'POST',
      headers: { ...as(key), expect: '100-continue', 'content-length': body.length },
    })
    sending.flushHeaders()
    // The server sends this when it has the headers, and checks the key then.
    await once(sending, 'continue')
    await revokeKey(pool, id)
    await server.parts.keys.refresh()
    sending.end(body)
    const [reply] = await once(sending, 'response')
    assert.equal(reply.statusCode, 401, path)
    assert.equal(reply.headers['www-authenticate'], 'Bearer')
    assert.match(((await json(reply)) as { error: string }).error, /^ERR_UNAUTHORIZED: /)
  }
  const keys = await listKeys(pool)
  assert.ok(keys.every(({ name }) => name !== 'backdoor'))
  assert.equal(keys.find(({ id }) => id === plain.id)?.revokedAt, null)
})

test('A request with two keys is one of the admin key, if an admin key is needed', async () => {
  for (const [bearer, other] of [
    [plain.key, server.key],
    [server.key, plain.key],
  ] as const) {
    const headers = { ...as(bearer), 'x-api-key': other }
    assert.equal((await server.get('/admin/keys', headers)).status, 200)
    assert.equal((await server.get('/contacts/filters', headers)).status, 200)
  }
})

test('Who creates and revokes keys is in the log and in the list, without secrets', async () => {
  const before = server.log.length
  const operator = (await server.post('/admin/keys', { name: 'operator', admin: true })).body.data
  const made = (await server.post('/admin/keys', { name: 'made' }, as(operator.key))).body.data
  await server.post(`/admin/keys/${made.id}/revoke`, undefined, as(ENVIRONMENT_KEY))
  const code = await createSignInCode(server.database.pool)
  const session = (await server.post('/console/session', { code }, { authorization: '' })).body.data
  const bySession = (await server.post('/admin/keys', { name: 'by a session' }, as(session.key))).body.data
  await server.post('/console/session/end', undefined, as(session.key))

  const list = (await server.get('/admin/keys')).body.data as Record<string, unknown>[]
  const { id: sessionId } = list.findLast(key => key.session)!
  const creators = new Map(list.map(key => [key.id, key.created_by]))
  assert.equal(creators.get(made.id), String(operator.id))
  assert.equal(creators.get(sessionId), 'console')
  assert.equal(creators.get(bySession.id), 'console')
  assert.equal(creators.get(plain.id), null)

  const lines = server.log.slice(before).map(line => JSON.parse(line))
  const events = lines.filter(({ target }) => target !== undefined)
  const environment = server.parts.keys.verify(ENVIRONMENT_KEY)!.id
  assert.deepEqual(
    events.map(({ msg, key, target }) => [msg, key, target]),
    [
      ['admin key created', String(creators.get(operator.id)), String(operator.id)],
      ['key created', String(operator.id), String(made.id)],
      ['key revoked', environment, String(made.id)],
      ['session opened with a code', null, String(sessionId)],
      ['key created', String(sessionId), String(bySession.id)],
      ['session ended', String(sessionId), String(sessionId)],
    ],
  )
  assert.ok(events.every(({ client, request_id }) => client === '127.0.0.1' && request_id))
  const log = server.log.join('')
  for (const secret of [operator.key, made.key, session.key, bySession.key, code]) assert.ok(!log.includes(secret))
})

test('A key that is also in API_KEYS, and the last admin key, are not revoked: the reply says what to do', async () => {
  const both = await startTestServer({ API_KEYS: 'in-the-settings-and-in-the-file' })
  const id = (await listKeys(both.database.pool))[0]!.id
  await both.database.pool.query(`UPDATE api_keys SET hash = sha256('in-the-settings-and-in-the-file')`)
  await both.parts.keys.refresh()
  const inSettings = await both.post(`/admin/keys/${id}/revoke`, undefined, as('in-the-settings-and-in-the-file'))
  assert.equal(inSettings.status, 409)
  assert.match(inSettings.body.error, /also in API_KEYS, .*: remove it there$/)

  const single = await startTestServer()
  const [last] = await listKeys(single.database.pool)
  const code = await createSignInCode(single.database.pool)
  const session = (await single.post('/console/session', { code }, { authorization: '' })).body.data
  const refused = await single.post(`/admin/keys/${last!.id}/revoke`, undefined, as(session.key))
  assert.equal(refused.status, 409)
  assert.match(refused.body.error, /last admin key: create another one first/)
})

test('A revoked key is refused at once; a key cannot revoke itself', async () => {
  const { id, key } = (await server.post('/admin/keys', { name: 'lost', admin: true })).body.data
  const own = await server.post(`/admin/keys/${id}/revoke`, undefined, as(key))
  assert.equal(own.status, 409)
  assert.match(own.body.error, /^ERR_CONFLICT: .*another admin key/)

  const revoked = await server.post(`/admin/keys/${id}/revoke`)
  assert.equal(revoked.status, 200)
  assert.equal(revoked.body.data.name, 'lost')
  assert.ok(revoked.body.data.revoked_at)
  assert.equal((await server.get('/contacts/filters', as(key))).status, 401)
  for (const gone of [id, 999_999, 'first', '0', '1e1'])
    assert.equal((await server.post(`/admin/keys/${gone}/revoke`)).status, 404, String(gone))
  assert.match((await server.post('/admin/keys/999999/revoke')).body.error, /see GET \/admin\/keys$/)
})
