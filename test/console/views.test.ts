import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKey } from '../../src/access/keys.ts'
import { createSignInCode, openSessionWithCode } from '../../src/access/sessions.ts'
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
    const unknown = await send(hidden.uuid)
    assert.equal(unknown.status, 404)
    assert.match(unknown.body.error, /see GET \/console\/views$/)
    assert.equal((await send('not-a-uuid')).status, 404)
    const refused = await send(shared.uuid)
    assert.equal(refused.status, 403)
    assert.match(refused.body.error, /^ERR_FORBIDDEN: .*belongs to another key/)
  }
  // The key of the server is an admin key: it may delete shared views, but not change them.
  assert.equal((await server.post(`/console/views/${hidden.uuid}/delete`)).status, 404)
  assert.equal((await server.post(`/console/views/${shared.uuid}`, { name: 'x' })).status, 403)
  assert.equal((await server.post(`/console/views/${shared.uuid}/delete`)).status, 200)
  assert.deepEqual(await namesFor(second.key), [])
  assert.ok((await namesFor(first.key)).includes('hidden'))
})

test('The views of a session are there in the next session', async () => {
  const open = async () => {
    const session = await openSessionWithCode(pool, await createSignInCode(pool), { remember: false })
    await server.parts.keys.refresh()
    return session!.key
  }
  const view = await save(await open(), { name: 'of a session' })
  const later = await open()
  assert.deepEqual(await namesFor(later), ['of a session'])
  assert.equal((await server.post(`/console/views/${view.uuid}`, { name: 'renamed' }, as(later))).status, 200)
})

/** An object with so many levels. */
function nested(levels: number): object {
  let state: object = { text: 'x' }
  for (let level = 1; level < levels; level++) state = { state }
  return state
}

test('A state is stored and sent as it is, also numbers that PostgreSQL would write with 309 digits', async () => {
  const { key } = await createKey(pool, 'of large numbers')
  await server.parts.keys.refresh()
  const state = { numbers: Array(4000).fill(1e308), small: 5e-324, order: { b: 1, a: 2 } }
  const { uuid } = await save(key, { name: 'large numbers', state })
  const sent = await fetch(`${server.url}/console/views`, { headers: as(key) })
  const text = await sent.text()
  assert.ok(text.length < 64_000, `${text.length} characters`)
  const [view] = JSON.parse(text).data.filter((one: { own: boolean }) => one.own)
  assert.equal(JSON.stringify(view.state), JSON.stringify(state))
  await server.post(`/console/views/${uuid}/delete`, undefined, as(key))
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
    [{ state: nested(101) }, 'ERR_INVALID_VALUE'],
    [{ holder: 'x' }, 'ERR_UNKNOWN_FIELD'],
  ] as const) {
    const { status, body } = await server.post('/console/views', { ...VIEW, ...more }, as(first.key))
    assert.equal(status, 400, JSON.stringify(more).slice(0, 100))
    assert.ok(body.error.startsWith(`${code}: `), body.error)
  }
  assert.equal((await server.post('/console/views', { ...VIEW, text: 'x'.repeat(300_000) }, as(first.key))).status, 413)
  // The test could not serialize these itself.
  for (const [before, after] of [
    ['{"a":', '}'],
    ['[', ']'],
  ] as const) {
    const state = `${before.repeat(9000)}1${after.repeat(9000)}`
    const body = `{"name": "deep", "service": "contact", "state": ${state}}`
    const reply = await fetch(`${server.url}/console/views`, { method: 'POST', body, headers: as(first.key) })
    assert.equal(reply.status, 400)
  }
  const deep = nested(100)
  assert.deepEqual((await save(first.key, { state: deep })).state, deep)
  const state = { text: 'x'.repeat(32_768 - 11) }
  assert.deepEqual((await save(first.key, { state })).state, state)
  const backslashes = { '\\u0000': '\\\\ud800 💥' }
  assert.deepEqual((await save(first.key, { state: backslashes })).state, backslashes)
})

/** Stores views that the API would refuse to add. */
async function fill(holder: string, count: number, bytes: number, shared: boolean): Promise<void> {
  await pool.query(
    `INSERT INTO console_views (holder, name, service, state, shared)
     SELECT $1, 'v', 'company', json_build_object('t', repeat('x', $3 - 11)), $4 FROM generate_series(1, $2)`,
    [holder, count, bytes, shared],
  )
}

async function newKey(name: string): Promise<{ key: string; holder: string }> {
  const { id, key } = await createKey(pool, name)
  await server.parts.keys.refresh()
  return { key, holder: String(id) }
}

test('A key may have 500 views with 256 kB, whether it saves or changes them, and however many at a time', async () => {
  const collector = await newKey('collector')
  await fill(collector.holder, 499, 100, false)
  await save(collector.key)
  const refused = await server.post('/console/views', VIEW, as(collector.key))
  assert.equal(refused.status, 409)
  assert.match(refused.body.error, /^ERR_CONFLICT: .*500 views: delete one first/)
  assert.equal((await server.get('/console/views', as(collector.key))).body.data.length, 500)

  const hoarder = await newKey('hoarder')
  const large = { ...VIEW, state: { text: 'x'.repeat(32_700) } }
  const replies = await Promise.all(
    Array.from({ length: 40 }, () => server.post('/console/views', large, as(hoarder.key))),
  )
  assert.equal(replies.filter(({ status }) => status === 200).length, 8)
  const [, other] = replies.filter(({ status }) => status !== 200)
  assert.equal(other!.status, 409)
  assert.match(other!.body.error, /more than the limit of 262144: delete one first/)
  const small = await save(await newKey('saver').then(({ key }) => key), { name: 'small' })
  assert.equal(small.name, 'small', 'others are not affected')
  await server.post(
    `/console/views/${replies.find(({ status }) => status === 200)!.body.data.uuid}/delete`,
    undefined,
    as(hoarder.key),
  )
  const { uuid } = await save(hoarder.key)
  await save(hoarder.key, { state: { text: 'x'.repeat(1000) } })
  assert.equal((await server.post(`/console/views/${uuid}`, { state: large.state }, as(hoarder.key))).status, 409)
})

test('All keys together may have 1,000 shared views with 512 kB: then views can be saved, but not shared', async () => {
  for (const [count, bytes] of [
    [1000, 100],
    [32, 16_384],
  ] as const) {
    await pool.query('DELETE FROM console_views')
    await fill('somebody', count, bytes, true)
    const user = await newKey('user')
    const refused = await server.post('/console/views', { ...VIEW, shared: true }, as(user.key))
    assert.equal(refused.status, 409)
    assert.match(refused.body.error, /shared views, .*save the view without sharing it, or delete shared ones/)
    const { uuid } = await save(user.key)
    assert.equal((await server.post(`/console/views/${uuid}`, { shared: true }, as(user.key))).status, 409)
    assert.equal((await server.post(`/console/views/${uuid}`, { name: 'renamed' }, as(user.key))).status, 200)
    const listed = await server.get('/console/views', as(user.key))
    assert.equal(listed.body.data.length, count + 1)
    const [first] = listed.body.data
    // An admin makes room.
    assert.equal(
      (await server.post(`/console/views/${first.own ? listed.body.data[1].uuid : first.uuid}/delete`)).status,
      200,
    )
    assert.equal((await server.post(`/console/views/${uuid}`, { shared: true }, as(user.key))).status, 200)
  }
})
