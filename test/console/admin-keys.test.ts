import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey } from '../../src/access/keys.ts'
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
    [{ name: ' ' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x'.repeat(201) }, 'ERR_INVALID_VALUE'],
    [{ name: 'a\0b' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x', admin: 'yes' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x', expires_at: '2030-01-01' }, 'ERR_UNKNOWN_FIELD'],
  ] as const) {
    const reply = await server.post('/admin/keys', body)
    assert.equal(reply.status, 400, JSON.stringify(body))
    assert.ok(reply.body.error.startsWith(`${code}: `), reply.body.error)
  }
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
})
