import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openPool } from '../../src/database/pool.ts'
import { isUnavailable } from '../../src/database/unavailable.ts'
import { type Answer, startTestServer } from '../helpers/server.ts'
import { openFlakyServer } from '../search/flaky-server.ts'

const server = await startTestServer({ MAX_BODY: '1MB', MAX_BATCH: '20' })

function assertError(answer: Answer, status: number, code: string): void {
  assert.match(String(answer.body?.error), new RegExp(`^${code}: \\S`), JSON.stringify(answer.body))
  assert.equal(answer.status, status, answer.body.error)
  assert.equal(answer.body.success, false)
  assert.equal(answer.body.request_id, answer.headers.get('x-request-id'))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
}

/** Sends a request with a raw body. */
async function raw(
  path: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    body,
    headers: { 'x-api-key': server.key, ...headers },
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

test('A path that does not exist is 404', async () => {
  for (const path of ['/', '/nothing', '/companies/batch-upsert/x', '/common/contact', '/common/jobs/a/b/c'])
    assertError(await server.get(path), 404, 'ERR_NOT_FOUND')
  assertError(await server.post('/nothing', { a: 1 }), 404, 'ERR_NOT_FOUND')
  assertError(await raw('/nothing', '{broken'), 404, 'ERR_NOT_FOUND')
})

test('An unsupported method is 405, and the reply names the supported ones', async () => {
  const uuid = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890'
  for (const [method, path, allow] of [
    ['GET', '/companies/', 'POST'],
    ['GET', '/contacts', 'POST'],
    ['GET', '/companies/count', 'POST'],
    ['GET', '/contacts/batch-upsert', 'POST'],
    ['PUT', '/contacts/batch-upsert/', 'POST'],
    ['DELETE', `/companies/${uuid}`, 'GET, HEAD'],
    ['DELETE', `/contacts/${uuid}`, 'GET, HEAD'],
    ['DELETE', '/contacts/', 'POST'],
    ['PATCH', `/contacts/${uuid}`, 'GET, HEAD'],
    ['POST', '/common/contact/filters', 'GET, HEAD'],
    ['GET', '/common/contact/filters/data', 'POST'],
    ['POST', '/common/upload-url', 'GET, HEAD'],
    ['GET', '/common/jobs', 'POST'],
    ['GET', '/common/batch-upsert', 'POST'],
    ['DELETE', `/common/jobs/${uuid}`, 'GET, HEAD'],
    ['GET', `/common/jobs/${uuid}/cancel`, 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['QUERY', '/contacts', 'POST'],
  ] as const) {
    const answer = await server.send(method, path)
    assertError(answer, 405, 'ERR_METHOD_NOT_ALLOWED')
    assert.equal(answer.headers.get('allow'), allow, `${method} ${path}`)
  }
  // `fetch` refuses to send this one.
  const trace = await server.app.inject({
    method: 'TRACE' as 'GET',
    url: '/health',
    headers: { 'x-api-key': server.key },
  })
  assert.equal(trace.statusCode, 405)
  assert.equal(trace.headers.allow, 'GET, HEAD')
})

test('A path that leads out of the documentation page is 404', async () => {
  for (const path of ['/docs/static/%2e%2e/x', '/docs/static/%2e', '/docs/static/%00', '/docs/static/a%5cb']) {
    // `fetch` would resolve the path.
    const [reply] = await once(get({ port: new URL(server.url).port, path }), 'response')
    assert.equal(reply.statusCode, 404, path)
    assert.match(await text(reply), /"ERR_NOT_FOUND: /)
  }
})

test('A file of the documentation page that is not as the request expects is 412, and a range outside of it 416', async () => {
  const url = `${server.url}/docs/static/index.css`
  const size = (await (await fetch(url)).arrayBuffer()).byteLength
  for (const [headers, status, code] of [
    [{ 'if-match': '"other"' }, 412, 'ERR_PRECONDITION_FAILED'],
    [{ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 412, 'ERR_PRECONDITION_FAILED'],
    [{ range: 'bytes=99999999-' }, 416, 'ERR_RANGE_NOT_SATISFIABLE'],
  ] as const) {
    const reply = await fetch(url, { headers: headers as unknown as Record<string, string> })
    assert.equal(reply.status, status)
    assert.equal(reply.headers.get('content-range'), status === 416 ? `bytes */${size}` : null)
    assert.match(await reply.text(), new RegExp(`"${code}: `))
  }
})

test('HEAD replies like GET, without a body', async () => {
  const head = await server.send('HEAD', '/common/contact/filters')
  const get = await server.get('/common/contact/filters')
  assert.equal(head.status, 200)
  assert.equal(head.body, '')
  assert.equal(get.status, 200)
})

test('Every path works with and without a trailing slash, and with doubled slashes', async () => {
  for (const path of ['/companies', '/contacts', '/companies/count', '/contacts/count']) {
    for (const spelling of [path, `${path}/`, `/${path}`]) {
      const answer = await server.post(spelling, {})
      assert.equal(answer.status, 200, spelling)
    }
  }
  for (const path of ['/common/contact/filters', '/companies/filters', '/health', '/common/upload-url'])
    for (const spelling of [path, `${path}/`])
      assert.equal((await server.get(`${spelling}?filename=a.csv`)).status, 200, spelling)
})

test('Malformed JSON is ERR_INVALID_JSON', async () => {
  for (const body of ['{', '[1,]', "{'a': 1}", 'undefined', '{"a": 1} x', new Uint8Array([0x22, 0xff, 0x22])])
    assertError(await raw('/contacts/', body), 400, 'ERR_INVALID_JSON')
})

test('JSON is read with any Content-Type or none, with or without a byte order mark', async () => {
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/vnd.api+json',
    'json',
    'x',
  ]) {
    const answer = await raw('/contacts/count', '{"where": {}}', { 'content-type': type })
    assert.equal(answer.status, 200, type)
  }
  assert.equal((await raw('/contacts/count', new TextEncoder().encode('{}'))).status, 200)
  assert.equal((await raw('/contacts/count', '\uFEFF{}')).status, 200)
})

test('A form is 415', async () => {
  const form = new FormData()
  form.set('data', '[]')
  for (const body of [form, new URLSearchParams({ a: '1' })])
    assertError(await raw('/common/batch-upsert', body), 415, 'ERR_UNSUPPORTED_MEDIA_TYPE')
})

test('A compressed body is read; an unknown Content-Encoding is 415', async () => {
  const unknown = await raw('/contacts/count', '{}', { 'content-encoding': 'snappy' })
  assertError(unknown, 415, 'ERR_UNSUPPORTED_MEDIA_TYPE')
  const zipped = await raw('/contacts/count', gzipSync('{"where": {}}'), { 'content-encoding': 'gzip' })
  assert.equal(zipped.status, 200)
  assertError(await raw('/contacts/count', 'not gzip', { 'content-encoding': 'gzip' }), 400, 'ERR_INVALID_VALUE')
})

test('After a compressed body that is refused, the client can go on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = async (body: Buffer, headers: Record<string, string>) => {
    const sent = request(`${server.url}/contacts/count`, {
      method: 'POST',
      agent,
      headers: { 'x-api-key': server.key, ...headers },
      timeout: 10_000,
    })
    sent.on('timeout', () => sent.destroy(new Error('no reply')))
    sent.end(body)
    const [reply] = await once(sent, 'response')
    await text(reply)
    return reply.statusCode
  }
  const compressed = { 'content-encoding': 'gzip' }
  for (const [body, status] of [
    [Buffer.alloc(900_000, 'not gzip'), 400],
    [gzipSync(Buffer.alloc(10_000_000)), 413],
  ] as const) {
    assert.equal(await post(body, compressed), status)
    assert.equal(await post(Buffer.from('{}'), {}), 200)
  }
  agent.destroy()
})

test('A body over the limit is 413, with or without a Content-Length', async () => {
  const large = `{"where": {}, "x": "${'x'.repeat(3 * 1024 * 1024)}"}`
  assertError(await raw('/contacts/', large), 413, 'ERR_PAYLOAD_TOO_LARGE')
  const chunked = await fetch(`${server.url}/contacts/`, {
    method: 'POST',
    headers: { 'x-api-key': server.key },
    body: new Blob([large]).stream(),
    duplex: 'half',
  } as RequestInit)
  assert.equal(chunked.status, 413)
})

test('An empty body finds everything in a search, and is an error where records are created', async () => {
  for (const path of ['/contacts/', '/contacts/count', '/common/jobs']) {
    assert.equal((await server.post(path)).status, 200, path)
    assert.equal((await raw(path, '', { 'content-type': 'application/json' })).status, 200, path)
  }
  assertError(await server.post('/contacts/batch-upsert'), 400, 'ERR_EMPTY_PAYLOAD')
  assertError(await server.post('/common/jobs/create'), 400, 'ERR_MISSING_JOB_TYPE')
})

test('A batch that is empty, too large or not a list is rejected', async () => {
  for (const path of ['/companies/batch-upsert', '/contacts/batch-upsert']) {
    const empty = await server.post(path, [])
    assertError(empty, 400, 'ERR_EMPTY_PAYLOAD')
    assert.equal(empty.body.error, 'ERR_EMPTY_PAYLOAD: the body has no records: send a list with at least one')
    assertError(await server.post(path, { name: 'x' }), 400, 'ERR_INVALID_VALUE')
    const large = await server.post(path, Array(21).fill({ name: 'x', first_name: 'x' }))
    assertError(large, 400, 'ERR_BATCH_TOO_LARGE')
    assert.match(large.body.error, /: the body has 21 records, but a batch has at most 20: split it/)
  }
  assertError(await server.post('/common/batch-upsert', { data: [] }), 400, 'ERR_EMPTY_PAYLOAD')
  assertError(await server.post('/common/batch-upsert', {}), 400, 'ERR_EMPTY_PAYLOAD')
  assertError(await server.post('/common/batch-upsert', { rows: [] }), 400, 'ERR_UNKNOWN_FIELD')
  assertError(await server.post('/common/batch-upsert', { data: 'x' }), 400, 'ERR_INVALID_VALUE')
  assertError(
    await server.post('/common/batch-upsert', { data: Array(21).fill({ company: 'x' }) }),
    400,
    'ERR_BATCH_TOO_LARGE',
  )
  assertError(await server.post('/companies/batch-upsert?on_error=ignore', [{ name: 'x' }]), 400, 'ERR_INVALID_VALUE')
})

test('An error in a query has its path and a specific code', async () => {
  for (const [query, code, path] of [
    [{ limit: 101 }, 'ERR_PAGE_SIZE_EXCEEDED', 'limit'],
    [{ limit: -1 }, 'ERR_INVALID_VALUE', 'limit'],
    [{ limit: '25' }, 'ERR_INVALID_VALUE', 'limit'],
    [{ page: 101, limit: 100 }, 'ERR_PAGE_OUT_OF_RANGE', 'page'],
    [{ page: 2, cursor: ['a1b2c3d4-e5f6-7890-abcd-ef1234567890'] }, 'ERR_INVALID_PAGINATION', 'page'],
    [{ cursor: ['x', 'y', 'z'] }, 'ERR_INVALID_CURSOR', 'cursor'],
    [{ order_by: [{ order_by: 'departments' }] }, 'ERR_NOT_SORTABLE', 'order_by'],
    [{ where: { keyword_match: { must: { contry: ['x'] } } } }, 'ERR_UNKNOWN_FIELD', 'country'],
    [{ wheer: {} }, 'ERR_UNKNOWN_FIELD', 'where'],
    [{ select_columns: ['nam'] }, 'ERR_UNKNOWN_FIELD', 'select_columns'],
    [
      { where: { text_matches: { must: [{ filter_key: 'title', text_value: 'x', search_type: 'magic' }] } } },
      'ERR_INVALID_SEARCH_TYPE',
      'where.text_matches.must',
    ],
    [{ where: { range_query: { must: { created_at: { gte: 'soon' } } } } }, 'ERR_INVALID_VALUE', 'created_at'],
    [
      { where: { keyword_match: { must: { email: Array.from({ length: 20_000 }, (_, i) => `a${i}@b.co`) } } } },
      'ERR_QUERY_TOO_COMPLEX',
      'email',
    ],
    ['text', 'ERR_INVALID_VALUE', ''],
    [['list'], 'ERR_INVALID_VALUE', ''],
  ] as const) {
    const answer = await server.post('/contacts/', query)
    assertError(answer, 400, code)
    assert.ok(answer.body.error.includes(path), answer.body.error)
  }
})

test('search_text has a maximum length', async () => {
  const body = { filter_key: 'city', search_text: 'é'.repeat(8_001) }
  assertError(await server.post('/common/contact/filters/data', body), 400, 'ERR_QUERY_TOO_COMPLEX')
})

test('Unknown services and filters have their own error codes', async () => {
  assertError(await server.get('/common/people/filters'), 400, 'ERR_UNKNOWN_SERVICE')
  assertError(await server.post('/common/people/filters/data', { filter_key: 'city' }), 400, 'ERR_UNKNOWN_SERVICE')
  assertError(await server.post('/common/contact/filters/data', { filter_key: 'cty' }), 400, 'ERR_UNKNOWN_FILTER')
  assertError(await server.post('/common/company/filters/data', { filter_key: 'seniority' }), 400, 'ERR_UNKNOWN_FILTER')
  assertError(await server.post('/common/contact/filters/data', {}), 400, 'ERR_UNKNOWN_FILTER')
  assertError(await server.post('/common/contact/filters/data', { filter_key: 5 }), 400, 'ERR_INVALID_VALUE')
  assertError(
    await server.post('/common/contact/filters/data', { filter_key: 'city', serach_text: 'x' }),
    400,
    'ERR_UNKNOWN_FIELD',
  )
  assertError(
    await server.post('/common/contact/filters/data', { filter_key: 'city', limit: 101 }),
    400,
    'ERR_PAGE_SIZE_EXCEEDED',
  )
  assertError(
    await server.post('/common/contact/filters/data', { filter_key: 'city', limit: 100, page: 101 }),
    400,
    'ERR_PAGE_OUT_OF_RANGE',
  )
})

test('filename and s3_key are required', async () => {
  for (const query of ['', '?', '?filename=', '?filename=%20', '?name=x.csv'])
    assertError(await server.get(`/common/upload-url${query}`), 400, 'ERR_MISSING_FILENAME')
  assertError(await server.get('/common/download-url'), 400, 'ERR_INVALID_VALUE')
  assertError(await server.get('/common/download-url?s3_key=uploads/none.csv'), 404, 'ERR_NOT_FOUND')
  assertError(await server.get('/common/download-url?s3_key=../../etc/passwd'), 400, 'ERR_INVALID_VALUE')
})

test('If a job cannot be created, the error names the wrong member', async () => {
  const create = (job: unknown) => server.post('/common/jobs/create', job)
  const data = { s3_key: 'uploads/a.csv' }
  for (const job_type of [undefined, null, ''])
    assertError(await create({ job_type, job_data: data }), 400, 'ERR_MISSING_JOB_TYPE')
  for (const job_type of ['import', 5, ['insert_csv_file'], 'INSERT_CSV_FILE'])
    assertError(await create({ job_type, job_data: data }), 400, 'ERR_INVALID_JOB_TYPE')
  // The error is about the schema's first property.
  assertError(await create({ job_type: 'import', job_data: {}, retry_count: -1 }), 400, 'ERR_INVALID_JOB_TYPE')
  for (const job_data of [undefined, null])
    assertError(await create({ job_type: 'insert_csv_file', job_data }), 400, 'ERR_MISSING_JOB_DATA')
  for (const job_data of ['x', 5, ['x'], { s3_key: 5 }])
    assertError(await create({ job_type: 'insert_csv_file', job_data }), 400, 'ERR_INVALID_JOB_DATA')
  for (const retry_count of [-1, 1.5, '3', true])
    assertError(
      await create({ job_type: 'insert_csv_file', job_data: data, retry_count }),
      400,
      'ERR_INVALID_RETRY_COUNT',
    )
  assertError(await create({ job_type: 'insert_csv_file', job_data: data, retries: 1 }), 400, 'ERR_UNKNOWN_FIELD')
})

test('The query of an export is checked when the job is created, with the same errors as a search', async () => {
  const create = (vql: unknown, service: unknown = 'contact') =>
    server.post('/common/jobs/create', { job_type: 'export_csv_file', job_data: { service, vql } })
  assertError(await create({}), 400, 'ERR_MISSING_SELECT_COLUMNS')
  assertError(await create({ select_columns: ['emial'] }), 400, 'ERR_UNKNOWN_FIELD')
  assertError(await create({ select_columns: ['email'], page: 2 }), 400, 'ERR_INVALID_PAGINATION')
  assertError(await create({ select_columns: ['email'], cursor: ['x'] }), 400, 'ERR_INVALID_PAGINATION')
  assertError(await create({ select_columns: ['email'] }, 'people'), 400, 'ERR_INVALID_JOB_DATA')
  const good = await create({ select_columns: ['email', 'company_name'], limit: 1_000_000 })
  assert.equal(good.status, 200)
})

test('The list of jobs rejects unknown types, statuses and members', async () => {
  assertError(await server.post('/common/jobs', { job_type: 'import' }), 400, 'ERR_INVALID_JOB_TYPE')
  assertError(await server.post('/common/jobs', { status: 'done' }), 400, 'ERR_INVALID_VALUE')
  assertError(await server.post('/common/jobs', { status: ['open', 'done'] }), 400, 'ERR_INVALID_VALUE')
  assertError(await server.post('/common/jobs', { limit: 101 }), 400, 'ERR_PAGE_SIZE_EXCEEDED')
  assertError(await server.post('/common/jobs', { limit: -1 }), 400, 'ERR_INVALID_VALUE')
  assertError(await server.post('/common/jobs', { stauts: 'open' }), 400, 'ERR_UNKNOWN_FIELD')
})

test('A missing record is 404; an invalid uuid is ERR_INVALID_UUID', async () => {
  for (const path of ['/companies', '/contacts']) {
    assertError(await server.get(`${path}/a1b2c3d4-e5f6-7890-abcd-ef1234567890`), 404, 'ERR_NOT_FOUND')
    assertError(await server.get(`${path}/12345`), 400, 'ERR_INVALID_UUID')
  }
  for (const part of ['', '/cancel', '/retry']) {
    const path = `/common/jobs/a1b2c3d4-e5f6-7890-abcd-ef1234567890${part}`
    assertError(await (part ? server.post(path) : server.get(path)), 404, 'ERR_NOT_FOUND')
  }
})

test('An invalid URL and a malformed HTTP request get an error in JSON', async () => {
  const answer = await server.get('/companies/%zz')
  assert.equal(answer.status, 400)
  assert.match(answer.body.error, /^ERR_INVALID_VALUE: /)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write('NONSENSE\r\n\r\n')
  const reply = Buffer.concat(await socket.toArray()).toString()
  assert.match(reply, /^HTTP\/1\.1 400 Bad Request\r\n/)
  assert.match(reply, /\{"success":false,"error":"ERR_/)
})

test('While the database is unavailable, requests are 503 with Retry-After, and the server keeps running', async () => {
  const flaky = await openFlakyServer(server.database.url)
  const pool = openPool(flaky.url)
  const cut = await startTestServer({}, { database: pool })
  after(() => pool.end())
  await cut.get('/contacts/a1b2c3d4-e5f6-7890-abcd-ef1234567890')
  const asleep = pool.query('SELECT pg_sleep(60)').catch(error => error)
  await flaky.down()
  assert.ok(isUnavailable(await asleep), 'a query that lost its connection is recognised as such')
  for (const answer of [
    await cut.post('/companies/batch-upsert', [{ name: 'x' }]),
    await cut.get('/contacts/a1b2c3d4-e5f6-7890-abcd-ef1234567890'),
    await cut.post('/common/jobs', {}),
  ]) {
    assertError(answer, 503, 'ERR_UNAVAILABLE')
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  }
  assert.equal((await cut.get('/health')).status, 503)
  await flaky.up()
  assert.equal((await cut.get('/health')).status, 200)
  assert.equal((await cut.post('/common/jobs', {})).status, 200)
})

test('An internal error is 500 and reveals only the request id', async () => {
  const broken = await startTestServer(
    {},
    {
      store: {
        ...server.parts.store,
        uploadUrl: async () => {
          throw new Error('password=hunter2 at /srv/connectra')
        },
      },
    },
  )
  const answer = await broken.get('/common/upload-url?filename=a.csv')
  assertError(answer, 500, 'ERR_INTERNAL')
  assert.ok(!JSON.stringify(answer.body).includes('hunter2'))
  assert.ok(broken.log.join('').includes('hunter2'), 'the log has it')
})
