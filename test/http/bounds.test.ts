import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer({ MAX_RESPONSE: '4MB' })

/** A company of the largest size: three lists of almost 64,000 bytes. */
const largeCompany = {
  name: 'Large',
  ...Object.fromEntries(
    ['industries', 'keywords', 'technologies'].map(field => [
      field,
      Array.from({ length: 32 }, (_, item) => `${field} ${item} `.padEnd(1990, 'é').slice(0, 1000)),
    ]),
  ),
}

test('a large page is sent in portions, with the rows and cursors of a small one', async () => {
  const [company] = (await server.post('/companies/batch-upsert', [largeCompany])).body.company_uuids
  const people = Array.from({ length: 40 }, (_, index) => ({
    first_name: `person ${String(index).padStart(2, '0')}`,
    last_name: 'of a large company',
    company_id: company,
  }))
  await server.post('/contacts/batch-upsert', people)
  const query = { order_by: [{ order_by: 'first_name' }], company_config: { populate: true } }
  const few = await server.post('/contacts/', { ...query, limit: 2 })
  const many = await server.post('/contacts/', { ...query, limit: 20 })
  assert.equal(many.status, 200)
  assert.ok(JSON.stringify(many.body).length > 1_500_000)
  assert.match(many.headers.get('content-type')!, /^application\/json/)
  assert.deepEqual(
    many.body.data.map((row: { first_name: string }) => row.first_name),
    people.slice(0, 20).map(({ first_name }) => first_name),
  )
  assert.deepEqual(many.body.data.slice(0, 2), few.body.data)
  const next = await server.post('/contacts/', { ...query, limit: 1, cursor: many.body.data.at(-1).cursor })
  assert.equal(next.body.data[0].first_name, 'person 20')

  const tooMany = await server.post('/contacts/', { ...query, limit: 40 })
  assert.equal(tooMany.status, 400)
  assert.match(tooMany.body.error, /^ERR_RESPONSE_TOO_LARGE: .*"limit".*"select_columns"/)
  assert.equal((await server.post('/contacts/', { ...query, limit: 40, company_config: {} })).status, 200)
})

test('a large page that cannot be read is an error in plain JSON, also for a client that accepts compressed replies', async t => {
  const { pool } = server.database
  const { connect } = pool
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  // Statements of the pool pass a callback.
  t.mock.method(pool, 'connect', ((callback?: never) =>
    callback === undefined ? Promise.reject(refused) : connect.call(pool, callback)) as typeof connect)
  const query = { company_config: { populate: true }, limit: 20 }
  const reply = await server.post('/contacts/', query, { 'accept-encoding': 'gzip' })
  assert.equal(reply.status, 503)
  assert.match(reply.body.error, /^ERR_UNAVAILABLE: the database cannot be reached/)
  assert.equal(reply.headers.get('content-encoding'), null)
})

test('a list has at most 64,000 bytes', async () => {
  const keywords = Array.from({ length: 40 }, (_, item) => `${item} `.padEnd(1900, 'x'))
  const reply = await server.post('/companies/batch-upsert', [{ name: 'Too Large', keywords }])
  assert.equal(reply.status, 400)
  assert.match(reply.body.error, /^ERR_VALUE_TOO_LONG: .*keywords.*64000 bytes/)
})

/** Sends text as the body. */
async function sendText(path: string, body: string) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}` },
    body,
  })
  return { status: response.status, error: ((await response.json()) as { error: string }).error }
}

test('JSON that would take long to parse is refused before it is parsed', async () => {
  const deep = await sendText('/contacts/count', '['.repeat(1_000_000))
  assert.equal(deep.status, 400)
  assert.match(deep.error, /^ERR_INVALID_JSON: .*nested/)
  const keys = await sendText(
    '/contacts/count',
    `{${Array.from({ length: 60_000 }, (_, key) => `"k${key}":1`).join(',')}}`,
  )
  assert.equal(keys.status, 413)
  assert.match(keys.error, /^ERR_PAYLOAD_TOO_LARGE: .*keys/)
  const lists = await sendText('/contacts/count', `{"where": [${'[],'.repeat(60_000)}[]]}`)
  assert.equal(lists.status, 413)
  assert.match(lists.error, /^ERR_PAYLOAD_TOO_LARGE: the body has more than 50,000 lists and objects/)
  const large = await sendText('/contacts/count', `{"where": "${'x'.repeat(5_000_000)}"}`)
  assert.equal(large.status, 413)
  // What is in a string is neither a key nor a level.
  const harmless = { where: { keyword_match: { must: { title: ['[{:'.repeat(100_000)] } } } }
  assert.equal((await server.post('/contacts/count', harmless)).body.count, 0)
})

test('job_data that is nested too deep is ERR_INVALID_JOB_DATA', async () => {
  const where = `${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)}`
  const { status, error } = await sendText(
    '/common/jobs/create',
    `{"job_type": "export_csv_file", "job_data": {"service": "contact", "vql": {"select_columns": ["uuid"], "where": ${where}}}}`,
  )
  assert.equal(status, 400)
  assert.match(error, /^ERR_INVALID_JOB_DATA: .*nested/)
})

test('unknown fields by the thousand are refused quickly; the first ones get a suggestion', async () => {
  const records = Array.from({ length: 200 }, (_, record) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, field) => [`frist_name_${record}_${field}`, 'x'])),
  )
  const reply = await server.post('/contacts/batch-upsert', records)
  assert.equal(reply.status, 400)
  const { details } = reply.body
  assert.equal(details.length, 200 * 20)
  assert.equal(details.filter(({ message }: { message: string }) => message.includes('did you mean')).length, 20)
})

test('a name of combining marks keeps the first 30 and is stored at once', async () => {
  const accents = '\u0301'.repeat(90_000)
  const reply = await server.post('/contacts/batch-upsert', [{ first_name: `z${accents}`, last_name: 'Zalgo' }])
  assert.equal(reply.status, 200)
  const [uuid] = reply.body.contact_uuids
  const { first_name } = (await server.get(`/contacts/${uuid}`)).body.data
  assert.equal([...first_name.normalize('NFD')].length, 31)
  const found = await server.post('/contacts/count', {
    where: { keyword_match: { must: { first_name: `z${accents}` } } },
  })
  assert.equal(found.body.count, 1)
})

test('a list of jobs leaves out large members of their data; one job has them', async () => {
  const mapping = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`Column ${index} of the file`, null]))
  const job_data = { s3_key: 'uploads/00000000-0000-4000-8000-000000000001_none.csv', mapping }
  const { uuid } = (await server.post('/common/jobs/create', { job_type: 'insert_csv_file', job_data })).body.data
  const list = (await server.post('/common/jobs', {})).body.data
  const { mapping: _, ...small } = job_data
  assert.deepEqual(list.find((job: { uuid: string }) => job.uuid === uuid).data, small)
  assert.deepEqual((await server.get(`/common/jobs/${uuid}`)).body.data.data, job_data)
})

test('after a refused request whose body was sent to its end, the connection takes the next one', async () => {
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port) })
  const body = Buffer.alloc(20 << 20, 'x')
  const headers = `Host: x\r\nAuthorization: Bearer ${server.key}\r\n`
  socket.write(`POST /contacts/count HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n`)
  socket.write(body)
  socket.write(`GET /contacts/0b5e55ed-0000-4000-8000-000000000001 HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)
  const replies = (await Array.fromAsync<Buffer>(socket)).join('')
  assert.deepEqual(replies.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 404'])
})

test('the body of a refused request is read for a moment, then the connection is cut', async () => {
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  let reply = ''
  socket.on('data', data => {
    reply += data
  })
  socket.write(
    'POST /contacts/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nContent-Length: 8000000000\r\n\r\n',
  )
  const chunk = Buffer.alloc(1 << 16, 'x')
  const send = () => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', send)
  send()
  await new Promise(resolve => socket.once('close', resolve))
  assert.match(reply, /^HTTP\/1\.1 401 /)
  assert.ok(socket.bytesWritten < 64 << 20, `${socket.bytesWritten} bytes`)
})
