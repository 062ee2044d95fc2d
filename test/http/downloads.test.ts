import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { upsert } from '../../src/records/write/upsert.ts'
import { rounds } from '../helpers/rounds.ts'
import { startTestServer } from '../helpers/server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const server = await startTestServer({ EXPORT_MAX_ROWS: '20' })
const acme = randomUUID()
const small = Array.from({ length: 5 }, (_, place) => ({
  uuid: randomUUID(),
  values: { first_name: `small${place}`, title: place === 0 ? '=1+1' : 'Boss, of all', company_id: acme },
}))
/** Twenty records of 1.2 MB, or 2 MB: more than fits into the system's buffers or into one portion. */
const large = Array.from({ length: 20 }, (_, place) => ({
  uuid: randomUUID(),
  values: {
    last_name: 'large',
    departments: Array.from({ length: 1000 }, (_, item) => `${place}${item}`.padEnd(rounds(1190, 1990))),
  },
}))
const { seq } = await upsert(server.database.pool, {
  companies: [{ uuid: acme, values: { name: 'Acme' } }],
  contacts: [...small, ...large],
})
assert.equal(await server.engine.waitFor(seq, 60_000), true)

const columns = ['first_name', 'title', 'company_name']
const VQL = {
  where: { exists: { must: ['first_name'] } },
  order_by: [{ order_by: 'first_name' }],
  select_columns: columns,
}
const LARGE = { where: { keyword_match: { must: { last_name: 'large' } } }, select_columns: ['departments'] }
const CSV = `first_name,title,company_name\nsmall0,'=1+1,Acme\n${[1, 2, 3, 4].map(place => `small${place},"Boss, of all",Acme\n`).join('')}`

/** Starts a download and returns its reply before any of the body is read. */
async function begin(body: object, headers: Record<string, string> = {}): Promise<[ClientRequest, IncomingMessage]> {
  const sent = request(`${server.url}/contacts/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, ...headers },
    agent: false,
  })
  sent.end(JSON.stringify(body))
  const [reply] = (await once(sent, 'response')) as [IncomingMessage]
  return [sent, reply]
}

const idle = () => server.database.pool.totalCount === server.database.pool.idleCount

test('a query can be downloaded as CSV or as one JSON object per line', async () => {
  const csv = await server.post('/contacts/export', VQL)
  assert.deepEqual([csv.status, csv.body], [200, CSV])
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.equal(csv.headers.get('content-disposition'), 'attachment; filename="contacts.csv"')
  const json = await server.post('/contacts/export?format=ndjson', VQL)
  assert.equal(json.headers.get('content-type'), 'application/x-ndjson')
  assert.deepEqual(JSON.parse(json.body.split('\n')[0]), { first_name: 'small0', title: '=1+1', company_name: 'Acme' })
  const companies = await server.post('/companies/export/', { select_columns: ['uuid', 'name'] })
  assert.deepEqual([companies.status, companies.body], [200, `uuid,name\n${acme},Acme\n`])
})

test('a CSV file begins with a byte order mark if the client asks for it', async () => {
  const reply = await fetch(`${server.url}/contacts/export?bom=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}` },
    body: JSON.stringify(VQL),
  })
  // `text()` would remove the mark.
  assert.equal(Buffer.from(await reply.arrayBuffer()).toString(), `\uFEFF${CSV}`)
  for (const wrong of ['bom=yes', 'bom=true&format=ndjson']) {
    const { status, body } = await server.post(`/contacts/export?${wrong}`, VQL)
    assert.equal(status, 400)
    assert.match(body.error, /^ERR_INVALID_VALUE: bom /)
  }
})

test('a query without results is downloaded as a header only', async () => {
  const none = { ...VQL, where: { keyword_match: { must: { first_name: 'nobody' } } } }
  assert.equal((await server.post('/contacts/export', none)).body, `${columns.join(',')}\n`)
  assert.equal((await server.post('/contacts/export?format=ndjson', none)).body, '')
})

test('a download is compressed if the client accepts it', async context => {
  const warn = context.mock.method(process, 'emitWarning')
  for (const format of ['csv', 'ndjson']) {
    const body = { ...LARGE, limit: 1 }
    const answer = await fetch(`${server.url}/contacts/export?format=${format}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'accept-encoding': 'gzip' },
      body: JSON.stringify(body),
    })
    assert.equal(answer.headers.get('content-encoding'), 'gzip')
    assert.ok((await answer.text()).length > 1_000_000)
  }
  const [, reply] = await begin({ ...LARGE, limit: 1 }, { 'accept-encoding': 'gzip' })
  assert.match(gunzipSync(await reply.toArray().then(Buffer.concat)).toString(), /^departments\n/)
  assert.equal(warn.mock.callCount(), 0)
})

test('too many rows are rejected unless the query limits them; nothing is truncated silently', async () => {
  const all = { select_columns: ['uuid'] }
  const refused = await server.post('/contacts/export', all)
  assert.equal(refused.status, 400)
  assert.match(
    refused.body.error,
    /^ERR_EXPORT_TOO_LARGE: the query has 25 rows, but a direct download has at most 20: send a lower "limit" or a narrower "where", or create an "export_csv_file" job with this query$/,
  )
  assert.equal((await server.post('/contacts/export', { ...all, limit: 21 })).status, 400)
  const capped = await server.post('/contacts/export', { ...all, limit: 20 })
  assert.equal(capped.body.trimEnd().split('\n').length, 21)
})

test('an invalid request gets an error in JSON', async () => {
  const cases: readonly (readonly [path: string, body: object, code: string])[] = [
    ['/contacts/export', {}, 'ERR_MISSING_SELECT_COLUMNS'],
    ['/contacts/export', { select_columns: ['nmae'] }, 'ERR_UNKNOWN_FIELD'],
    ['/contacts/export', { ...VQL, page: 2 }, 'ERR_INVALID_PAGINATION'],
    ['/contacts/export?format=xlsx', VQL, 'ERR_INVALID_VALUE: format must be one of csv, ndjson'],
    ['/companies/export', { select_columns: ['company_name'] }, 'ERR_UNKNOWN_FIELD'],
  ]
  for (const [path, body, code] of cases) {
    const answer = await server.post(path, body)
    assert.equal(answer.status, 400, path)
    assert.ok(`${answer.body.error}: `.startsWith(`${code}: `), answer.body.error)
  }
  assert.equal((await server.post('/contacts/export', VQL, { authorization: 'Bearer wrong' })).status, 401)
})

test('a slow client gets its whole download, and a client that disconnects frees its resources', async () => {
  const [slow, reply] = await begin(LARGE)
  await waitUntil('the statement waits for the client', async () => !idle(), 5)
  reply.resume()
  await once(reply, 'end')
  const [gone] = await begin(LARGE)
  await waitUntil('the statement waits for the client', async () => !idle(), 5)
  gone.destroy()
  await waitUntil('its connection is released', async () => idle(), 5)
  slow.destroy()
})

test('a download that fails is cut off and does not look complete, compressed or not', async () => {
  for (const encoding of ['identity', 'gzip']) {
    const [, reply] = await begin(LARGE, { 'accept-encoding': encoding })
    await waitUntil('the statement waits for the client', async () => !idle(), 5)
    await server.database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT%' AND datname = current_database()`,
    )
    await assert.rejects(text(reply), { code: 'ECONNRESET' })
  }
  assert.equal((await server.post('/contacts/export', VQL)).body, CSV)
})

test('too many concurrent downloads get Retry-After', async () => {
  const started = await Promise.all(Array.from({ length: 5 }, () => begin(LARGE)))
  const refused = await server.post('/contacts/export', VQL)
  assert.equal(refused.status, 503)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.ok(server.database.pool.totalCount <= 5 + 1, 'connections stay free for other requests')
  for (const [sent] of started) sent.destroy()
  await waitUntil(
    'a new download is accepted',
    async () => (await server.post('/contacts/export', VQL)).status === 200,
    5,
  )
})
