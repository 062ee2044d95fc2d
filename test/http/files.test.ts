import assert from 'node:assert/strict'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { testJobsInS3 } from '../files/s3/jobs-in-s3.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer({ MAX_UPLOAD: '1MB' })

async function uploadUrl(filename = 'people.csv'): Promise<{ upload_url: string; s3_key: string }> {
  const { status, body } = await server.get(`/common/upload-url?filename=${encodeURIComponent(filename)}`)
  assert.equal(status, 200)
  return body
}

async function downloadUrl(key: string): Promise<string> {
  const { status, body } = await server.get(`/common/download-url?s3_key=${encodeURIComponent(key)}`)
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body), ['success', 'download_url', 's3_key', 'expires_in'])
  assert.equal(body.s3_key, key)
  return body.download_url
}

test('A signed URL has the host that the request was sent to, and is not cached', async () => {
  const ask = async (headers: Record<string, string>) => {
    const url = '/common/upload-url?filename=a.csv'
    const reply = await server.app.inject({ url, headers: { 'x-api-key': server.key, ...headers } })
    assert.equal(reply.headers['cache-control'], 'no-store')
    return reply.json().upload_url.split('/files/')[0]
  }
  assert.equal(await ask({ host: 'Crm.Internal:9000' }), 'http://crm.internal:9000')
  assert.equal(await ask({ host: '[::1]:8000' }), 'http://[::1]:8000')
  // Only a trusted proxy may name another host, and only a valid host is repeated.
  assert.equal(await ask({ host: 'a.example', 'x-forwarded-host': 'b.example' }), 'http://a.example')
  for (const host of ['a.example/x', 'user@a.example', 'a b', '<script>', 'a.example:x', 'a.example:99999'])
    assert.equal(await ask({ host }), server.url, host)
  const download = await server.get('/common/download-url?s3_key=uploads/nothing.csv')
  assert.equal(download.headers.get('cache-control'), 'no-store')
})

test('An uploaded file can be downloaded under its name, byte for byte', async () => {
  const content = Buffer.from('\uFEFFname,city\r\n"Zoë, A",São Paulo\r\n\0\xff')
  const { upload_url, s3_key } = await uploadUrl('My leads (März).csv')
  assert.equal((await fetch(upload_url, { method: 'PUT', body: content })).status, 200)
  const response = await fetch(await downloadUrl(s3_key))
  assert.equal(response.status, 200)
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), content)
  assert.equal(response.headers.get('content-length'), String(content.length))
  assert.match(response.headers.get('content-type') ?? '', /^text\/csv/)
  assert.match(
    response.headers.get('content-disposition') ?? '',
    /^attachment; filename="My_leads_M_rz_?\.csv"; filename\*=UTF-8''My_leads_M/,
  )
  assert.equal(response.headers.get('content-encoding'), null)
})

test('An export is downloaded under a plain name and with its own type, so that browsers save it unchanged', async () => {
  const types = {
    'contacts.csv': 'text/csv; charset=utf-8',
    'contacts.ndjson': 'application/x-ndjson',
    'contacts.csv.gz': 'application/gzip',
  }
  for (const [name, type] of Object.entries(types)) {
    const key = `exports/11111111-1111-5111-8111-111111111111-12_${name}`
    await server.parts.store.put(key, Readable.from(['content']))
    const response = await fetch(await downloadUrl(key), { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(await response.text(), 'content')
    assert.equal(response.headers.get('content-type'), type)
    assert.equal(response.headers.get('content-encoding'), null)
    assert.match(response.headers.get('content-disposition')!, new RegExp(`^attachment; filename="${name}";`))
  }
})

test('An upload may have any Content-Type or none, may be chunked, and may be empty', async () => {
  const types = [
    'text/csv',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json',
    'nonsense',
  ]
  for (const type of types) {
    const { upload_url, s3_key } = await uploadUrl()
    const put = await fetch(upload_url, { method: 'PUT', body: '{"a', headers: { 'content-type': type } })
    assert.equal(put.status, 200, type)
    assert.equal(await server.parts.store.size(s3_key), 3)
  }
  const chunked = await uploadUrl()
  const body = Readable.toWeb(Readable.from(['a,b\n', '1,2\n'].map(line => Buffer.from(line))))
  const put = await fetch(chunked.upload_url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
  assert.equal(put.status, 200)
  assert.equal(await (await fetch(await downloadUrl(chunked.s3_key))).text(), 'a,b\n1,2\n')
  const empty = await uploadUrl()
  assert.equal((await fetch(empty.upload_url, { method: 'PUT' })).status, 200)
  assert.equal(await server.parts.store.size(empty.s3_key), 0)
})

test('An upload URL takes one file; a second one is 409 and changes nothing', async () => {
  const { upload_url, s3_key } = await uploadUrl()
  const both = await Promise.all(['first', 'other'].map(body => fetch(upload_url, { method: 'PUT', body })))
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
  const stored = await (await fetch(await downloadUrl(s3_key))).text()
  const late = await fetch(upload_url, { method: 'PUT', body: 'a third' })
  assert.equal(late.status, 409)
  assert.match(((await late.json()) as { error: string }).error, /^ERR_CONFLICT: .*request another upload URL$/)
  assert.equal(await (await fetch(await downloadUrl(s3_key))).text(), stored)
})

test('A browser may upload from another origin', async () => {
  const { upload_url } = await uploadUrl()
  const preflight = await fetch(upload_url, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    },
  })
  assert.equal(preflight.status, 204)
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/)
})

test('A file over the limit is 413 and leaves nothing behind, with or without a Content-Length', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024, 'x')
  const announced = await uploadUrl()
  const refused = await fetch(announced.upload_url, { method: 'PUT', body: large })
  assert.equal(refused.status, 413)
  assert.match(((await refused.json()) as { error: string }).error, /^ERR_PAYLOAD_TOO_LARGE: /)
  const chunked = await uploadUrl()
  const stream = Readable.toWeb(Readable.from(Array.from({ length: 48 }, () => large.subarray(0, 65_536))))
  const answer = await fetch(chunked.upload_url, { method: 'PUT', body: stream, duplex: 'half' } as RequestInit)
  assert.equal(answer.status, 413)
  for (const { s3_key } of [announced, chunked]) assert.equal(await server.parts.store.size(s3_key), null)
})

test('An aborted upload leaves nothing behind and is not logged as a server error', async () => {
  const { upload_url, s3_key } = await uploadUrl()
  const sent = request(upload_url, { method: 'PUT', headers: { 'content-length': 1000, 'x-request-id': 'broken-off' } })
  sent.on('error', () => {})
  await new Promise<void>(resolve => sent.write('half', () => resolve()))
  sent.destroy()
  const lines = () => server.log.map(line => JSON.parse(line)).filter(line => line.request_id === 'broken-off')
  while (lines().length === 0) await new Promise(resolve => setImmediate(resolve))
  assert.ok(
    lines().every(line => line.level < 50),
    JSON.stringify(lines()),
  )
  assert.equal(await server.parts.store.size(s3_key), null)
})

test('A signed URL is valid only for its method, its file and its time', async () => {
  const { upload_url, s3_key } = await uploadUrl()
  await fetch(upload_url, { method: 'PUT', body: 'x' })
  const download = await downloadUrl(s3_key)
  const changed = (url: string, change: (url: URL) => void) => {
    const copy = new URL(url)
    change(copy)
    return copy.href
  }
  for (const [method, url] of [
    ['GET', upload_url],
    ['PUT', download],
    ['GET', download.split('?')[0]!],
    ['GET', changed(download, url => url.searchParams.set('expires', '99999999999'))],
    ['GET', changed(download, url => url.searchParams.set('signature', 'AAAA'))],
    [
      'GET',
      changed(download, url => {
        url.pathname += 'x'
      }),
    ],
    ['PUT', changed(upload_url, url => url.searchParams.set('max_bytes', '999999999'))],
  ] as const) {
    const answer = await fetch(url, { method, ...(method === 'PUT' ? { body: 'y' } : {}) })
    assert.equal(answer.status, 403, `${method} ${url}`)
    assert.match(((await answer.json()) as { error: string }).error, /^ERR_FORBIDDEN: /)
  }
  assert.equal(await (await fetch(download)).text(), 'x')
})

test('HEAD returns the size, a range returns a part, an unsatisfiable range is 416', async () => {
  const { upload_url, s3_key } = await uploadUrl()
  await fetch(upload_url, { method: 'PUT', body: '0123456789' })
  const url = await downloadUrl(s3_key)
  const head = await fetch(url, { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.headers.get('content-length'), '10')
  for (const [range, status, text, contentRange] of [
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ] as const) {
    const answer = await fetch(url, { headers: { range } })
    assert.equal(answer.status, status, range)
    assert.equal(await answer.text(), text, range)
    assert.equal(answer.headers.get('content-range'), contentRange, range)
  }
})

test('A file name is reduced to a safe one', async () => {
  for (const name of [
    '../../etc/passwd',
    'C:\\Users\\x\\leads.csv',
    '.hidden',
    'a/b\0c.csv',
    '名簿.csv',
    'x'.repeat(500),
  ]) {
    const { upload_url, s3_key } = await uploadUrl(name)
    assert.match(s3_key, /^uploads\/[0-9a-f-]{36}_[^/\\\0]+$/, name)
    assert.equal((await fetch(upload_url, { method: 'PUT', body: name })).status, 200)
    assert.equal(await (await fetch(await downloadUrl(s3_key))).text(), name)
  }
})

await testJobsInS3(server)
