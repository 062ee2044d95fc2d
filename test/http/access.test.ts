import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createKey } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { startTestServer } from '../helpers/server.ts'

const environmentKey = 'key-given-by-the-environment'
const server = await startTestServer({ API_KEYS: environmentKey })

function bare(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + path, init)
}

test('A request without a key is 401 and says how to send one', async () => {
  for (const [method, path] of [
    ['POST', '/companies/'],
    ['POST', '/contacts/batch-upsert'],
    ['GET', '/common/contact/filters'],
    ['GET', '/common/upload-url?filename=a.csv'],
    ['POST', '/common/jobs'],
  ] as const) {
    const response = await bare(path, { method })
    assert.equal(response.status, 401, path)
    assert.equal(response.headers.get('www-authenticate'), 'Bearer')
    const body = (await response.json()) as Record<string, unknown>
    assert.deepEqual(Object.keys(body), ['success', 'error', 'request_id'])
    assert.equal(body.success, false)
    assert.match(String(body.error), /^ERR_UNAUTHORIZED: .*Authorization: Bearer/)
  }
})

test('A key is accepted in Authorization or X-API-Key, in every spelling that clients use', async () => {
  for (const headers of [
    { authorization: `Bearer ${server.key}` },
    { authorization: `bearer   ${server.key} ` },
    { 'x-api-key': server.key },
    { 'x-api-key': environmentKey },
    { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': server.key },
    { authorization: 'Bearer something-else', 'x-api-key': server.key },
  ] as Record<string, string>[]) {
    const response = await bare('/common/contact/filters', { headers })
    assert.equal(response.status, 200, JSON.stringify(headers))
  }
  for (const headers of [
    { authorization: server.key },
    { authorization: `Basic ${server.key}` },
    { authorization: 'Bearer ' },
    { authorization: `Bearer ${server.key}x` },
    { 'x-api-key': '' },
  ] as Record<string, string>[]) {
    assert.equal((await bare('/common/contact/filters', { headers })).status, 401, JSON.stringify(headers))
  }
})

test('A revoked key stops working on the running server', async () => {
  const made = await createKey(server.database.pool, 'to be revoked')
  const ask = async () => (await bare('/common/contact/filters', { headers: { 'x-api-key': made.key } })).status
  while ((await ask()) !== 200);
  await revokeKey(server.database.pool, made.id)
  while ((await ask()) !== 401);
})

test('Replies to requests with a key are not stored, unless a route says otherwise; those of open paths are', async () => {
  const cacheControl = async (path: string) => {
    const reply = await server.get(path)
    return [reply.status, reply.headers.get('cache-control')]
  }
  assert.deepEqual(await cacheControl('/common/contact/filters'), [200, 'no-store'])
  assert.deepEqual(await cacheControl('/console/views'), [200, 'no-store'])
  assert.deepEqual(await cacheControl('/common/upload-url?filename=a.csv'), [200, 'no-store'])
  assert.deepEqual(await cacheControl('/nothing/here'), [404, 'no-store'])
  assert.equal((await bare('/admin/keys')).headers.get('cache-control'), 'no-store')
  const query = { select_columns: ['uuid'], limit: 1 }
  assert.equal((await server.post('/contacts/export', query)).headers.get('cache-control'), 'private, no-store')
  assert.equal((await server.post('/contacts', query)).headers.get('cache-control'), 'no-store')
  assert.equal((await bare('/openapi.json')).headers.get('cache-control'), null)
})

test('Health, documentation and preflights need no key', async () => {
  for (const path of [
    '/health',
    '/health/',
    '/health/live',
    '/health/ready/',
    '/openapi.json',
    '/docs',
    '/docs/',
    '/docs/static/swagger-initializer.js',
  ])
    assert.equal((await bare(path)).status, 200, path)
})

test('Any origin may call, preflights are answered without a key, and the headers of replies can be read', async () => {
  const preflight = await bare('/contacts/batch-upsert', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-connectra-min-seq',
    },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /GET.*POST.*PUT/)
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,content-type,x-connectra-min-seq')
  for (const headers of [{}, { 'x-api-key': server.key }] as Record<string, string>[]) {
    const reply = await bare('/common/contact/filters', { headers: { ...headers, origin: 'https://app.example.com' } })
    assert.equal(reply.headers.get('access-control-allow-origin'), '*', 'on errors too, else a browser hides them')
    const exposed = reply.headers.get('access-control-expose-headers') ?? ''
    for (const name of ['X-Connectra-Seq', 'X-Request-Id', 'Retry-After']) assert.ok(exposed.includes(name), name)
  }
})

test('An OPTIONS request that is not a preflight gets a reply too', async () => {
  assert.equal((await bare('/contacts/', { method: 'OPTIONS' })).status, 204)
})

test('Configured origins and a trusted proxy: only these origins are allowed, and addresses are those of the proxy', async () => {
  const strict = await startTestServer({ CORS_ORIGINS: 'https://app.example.com', TRUST_PROXY: 'true' })
  const allowed = await strict.get('/common/contact/filters', { origin: 'https://app.example.com' })
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example.com')
  assert.match(allowed.headers.get('vary') ?? '', /Origin/i)
  const other = await strict.get('/common/contact/filters', { origin: 'https://evil.example.com' })
  assert.equal(other.headers.get('access-control-allow-origin'), null)

  const forwarded = {
    'x-forwarded-for': '203.0.113.7, 10.0.0.1',
    'x-forwarded-host': 'connectra.example.com',
    'x-forwarded-proto': 'https',
    'x-request-id': 'forwarded',
  }
  const { body } = await strict.get('/common/upload-url?filename=a.csv', forwarded)
  assert.match(body.upload_url, /^https:\/\/connectra\.example\.com\/files\/uploads\//)
  const line = strict.log.map(text => JSON.parse(text)).find(entry => entry.request_id === 'forwarded' && entry.status)
  assert.equal(line.client, '203.0.113.7')
})

test('A browser at / gets a page that loads and runs nothing; other clients get an error', async () => {
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  const page = await bare('/', { headers: { accept } })
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(page.headers.get('cache-control'), 'no-store')
  const html = await page.text()
  assert.match(html, /ready for requests/)
  assert.match(html, /<td>index<\/td><td class="ok">ok<\/td>/)
  assert.deepEqual(
    [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link),
    ['docs', 'openapi.json', 'health'],
  )
  assert.doesNotMatch(html, /<script|\son\w+=|style="/)
  const [, style = ''] = /<style>(.*)<\/style>/s.exec(html)!
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = page.headers.get('content-security-policy')
  assert.ok(policy?.startsWith(`default-src 'none'; style-src 'sha256-${hash}';`), policy!)
  for (const json of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
    const reply = await bare('/', { headers: { accept: json } })
    assert.equal(reply.status, 401, json)
    assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
  }
  assert.equal((await server.get('/')).status, 404)
  assert.equal((await bare('/', { method: 'POST', headers: { accept } })).status, 401)
})

test('A key over the rate limit gets Retry-After; other keys are not affected', async () => {
  const limited = await startTestServer({ RATE_LIMIT: '3' })
  for (let asked = 0; asked < 3; asked++) assert.equal((await limited.get('/common/contact/filters')).status, 200)
  const refused = await limited.post('/contacts/count', {})
  assert.equal(refused.status, 429)
  assert.match(refused.body.error, /^ERR_RATE_LIMITED: /)
  const retryAfter = Number(refused.headers.get('retry-after'))
  assert.ok(retryAfter >= 1 && retryAfter <= 60)
  const other = await createKey(limited.database.pool, 'other')
  await limited.parts.keys.refresh()
  assert.equal((await limited.get('/common/contact/filters', { authorization: `Bearer ${other.key}` })).status, 200)
  for (const path of ['/health', '/health/live', '/health/ready'])
    for (let asked = 0; asked < 5; asked++) assert.equal((await fetch(limited.url + path)).status, 200)
})

test('Without the setting there is no rate limit and no rate-limit header', async () => {
  const replies = await Promise.all(Array.from({ length: 300 }, () => server.get('/common/contact/filters')))
  assert.ok(replies.every(reply => reply.status === 200 && reply.headers.get('x-ratelimit-limit') === null))
})

test('Every reply has a request id: the one sent, if it is valid, otherwise a new one', async () => {
  const own = await server.get('/common/contact/filters', { 'x-request-id': 'trace-42:a.b' })
  assert.equal(own.headers.get('x-request-id'), 'trace-42:a.b')
  for (const sent of ['two words', 'x'.repeat(129), '<script>', '']) {
    const reply = await server.get('/nothing/here', { 'x-request-id': sent })
    assert.match(reply.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(reply.body.request_id, reply.headers.get('x-request-id'))
  }
})

test('The log has one line per request and never a key, a token or a signature', async () => {
  const { body } = await server.get('/common/upload-url?filename=secret.csv', { 'x-request-id': 'logged-upload-url' })
  await fetch(body.upload_url, { method: 'PUT', body: 'a,b\n', headers: { 'x-request-id': 'logged-put' } })
  await bare('/contacts/', { method: 'POST', headers: { 'x-api-key': 'wrong-key-that-was-sent' } })
  const { searchParams, pathname } = new URL(body.upload_url)
  const log = server.log.join('')
  const line = server.log.map(text => JSON.parse(text)).find(entry => entry.request_id === 'logged-put' && entry.status)
  assert.equal(line.method, 'PUT')
  assert.equal(line.status, 200)
  assert.equal(decodeURIComponent(line.path), decodeURIComponent(pathname))
  assert.equal(typeof line.ms, 'number')
  assert.equal(line.client, '127.0.0.1')
  for (const secret of [server.key, 'wrong-key-that-was-sent', searchParams.get('signature')!, environmentKey])
    assert.ok(!log.includes(secret), secret)
})
