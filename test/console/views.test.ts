import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey } from '../../src/access/keys.ts'
import { createSignInCode, openSession } from '../../src/access/sessions.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()
const { pool } = server.database
const [first, second] = [await createKey(pool, 'first'), await createKey(pool, 'second')]
await server.parts.keys.refresh()

const as = (key: string) => ({ authorization: `Bearer ${key}` })
const VIEW = { name: 'Germany', service: 'contact', state: { where: { country: ['germany'] } } }

async function save(key: string, more: object = {}) {
  const { status, body } = await server.post('/console/views', { ...VIEW, ...more }, as(key))
  assert.equal(status, 200, JSON.stringify(body))
  return body.data
}

async function namesFor(key: string): Promise<string[]> {
  return (await server.get('/console/views', as(key))).body.data.map(({ name }: { name: string }) => name)
}

test('A view is saved, listed by name, changed in part and deleted', async () => {
  const { key } = first
  const view = await save(key)
  assert.deepEqual(view, {
    uuid: view.uuid,
    ...VIEW,
    shared: false,
    own: true,
    created_at: view.created_at,
    updated_at: view.updated_at,
  })
  await save(key, { name: 'all', state: {}, service: 'company' })
  assert.deepEqual(await namesFor(key), ['all', 'Germany'])

  const path = `/console/views/${view.uuid}`
  const renamed = await server.post(path, { name: 'DE' }, as(key))
  assert.deepEqual(renamed.body.data, { ...view, name: 'DE', updated_at: renamed.body.data.updated_at })
  const changed = await server.post(path, { state: {}, shared: true }, as(key))
  assert.deepEqual(changed.body.data, {
    ...renamed.body.data,
    state: {},
    shared: true,
    updated_at: changed.body.data.updated_at,
  })
  assert.deepEqual((await server.post(path, {}, as(key))).body.data.name, 'DE')

  assert.deepEqual((await server.post(`${path}/delete`, undefined, as(key))).body, { success: true })
  assert.deepEqual(await namesFor(key), ['all'])
  assert.equal((await server.post(`${path}/delete`, undefined, as(key))).status, 404)
})

test('A private view of another key cannot be seen or changed; a shared one can be seen', async () => {
  const hidden = await save(first.key, { name: 'hidden' })
  const shared = await save(first.key, { name: 'shared', shared: true })
  assert.deepEqual(await namesFor(second.key), ['shared'])
  const [seen] = (await server.get('/console/views', as(second.key))).body.data
  assert.deepEqual(seen, { ...shared, own: false })
  for (const action of ['', '/delete']) {
    const body = action === '' ? { name: 'stolen' } : undefined
    const send = (uuid: string) => server.post(`/console/views/${uuid}${action}`, body, as(second.key))
    assert.equal((await send(hidden.uuid)).status, 404)
    assert.equal((await send('not-a-uuid')).status, 404)
    const refused = await send(shared.uuid)
    assert.equal(refused.status, 403)
    assert.match(refused.body.error, /^ERR_FORBIDDEN: .*belongs to another key/)
  }
  // The key of the server is an admin key: it may delete, but not change.
  assert.equal((await server.post(`/console/views/${shared.uuid}`, { name: 'x' })).status, 403)
  assert.equal((await server.post(`/console/views/${shared.uuid}/delete`)).status, 200)
  assert.deepEqual(await namesFor(second.key), [])
  assert.ok((await namesFor(first.key)).includes('hidden'))
})

test('The views of a session are there in the next session', async () => {
  const open = async () => {
    const session = await openSession(pool, await createSignInCode(pool), { remember: false })
    await server.parts.keys.refresh()
    return session!.key
  }
  const view = await save(await open(), { name: 'of a session' })
  const later = await open()
  assert.deepEqual(await namesFor(later), ['of a session'])
  assert.equal((await server.post(`/console/views/${view.uuid}`, { name: 'renamed' }, as(later))).status, 200)
})

test('What cannot be stored is refused, with the reason', async () => {
  for (const [more, code] of [
    [{ name: '' }, 'ERR_INVALID_VALUE'],
    [{ name: ' ' }, 'ERR_INVALID_VALUE'],
    [{ name: 'x'.repeat(201) }, 'ERR_INVALID_VALUE'],
    [{ name: 'a\0' }, 'ERR_INVALID_VALUE'],
    [{ service: 'people' }, 'ERR_INVALID_VALUE'],
    [{ shared: 1 }, 'ERR_INVALID_VALUE'],
    [{ state: null }, 'ERR_INVALID_VALUE'],
    [{ state: [] }, 'ERR_INVALID_VALUE'],
    [{ state: 'x' }, 'ERR_INVALID_VALUE'],
    [{ state: { text: '\0' } }, 'ERR_INVALID_VALUE'],
    [{ state: { '\ud800': 1 } }, 'ERR_INVALID_VALUE'],
    [{ state: { text: 'x'.repeat(32_768) } }, 'ERR_VALUE_TOO_LONG'],
    [{ holder: 'x' }, 'ERR_UNKNOWN_FIELD'],
  ] as const) {
    const { status, body } = await server.post('/console/views', { ...VIEW, ...more }, as(first.key))
    assert.equal(status, 400, JSON.stringify(more).slice(0, 100))
    assert.ok(body.error.startsWith(`${code}: `), body.error)
  }
  const state = { text: 'x'.repeat(32_768 - 11) }
  assert.deepEqual((await save(first.key, { state })).state, state)
  const backslashes = { '\\u0000': '\\\\ud800 💥' }
  assert.deepEqual((await save(first.key, { state: backslashes })).state, backslashes)
})

test('A key may have 500 views', async () => {
  const { id, key } = await createKey(pool, 'collector')
  await server.parts.keys.refresh()
  await pool.query(
    `INSERT INTO console_views (holder, name, service, state, shared)
     SELECT $1, 'view ' || n, 'company', jsonb_build_object('text', repeat('é', 500)), false FROM generate_series(1, 499) n`,
    [String(id)],
  )
  await save(key)
  const refused = await server.post('/console/views', VIEW, as(key))
  assert.equal(refused.status, 409)
  assert.match(refused.body.error, /^ERR_CONFLICT: .*500 views/)
  // So many are streamed.
  const { data } = (await server.get('/console/views', as(key))).body
  assert.equal(data.length, 500)
  assert.ok(
    data.slice(1).every((view: { state: unknown }) => JSON.stringify(view.state) === `{"text":"${'é'.repeat(500)}"}`),
  )
})
