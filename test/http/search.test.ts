import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { FIELDS } from '../../src/fields.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { type Answer, startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

async function upserted(path: string, records: object[]): Promise<string[]> {
  const { status, body } = await server.post(`${path}/batch-upsert`, records)
  assert.equal(status, 200, JSON.stringify(body))
  return body.company_uuids ?? body.contact_uuids
}

test('A row has all fields of its service in the order of the registry, then its cursor; missing values are null', async () => {
  await upserted('/companies', [{ name: 'Bare' }])
  await upserted('/contacts', [{ first_name: 'bare' }])
  for (const service of ['company', 'contact'] as const) {
    const path = service === 'company' ? '/companies/' : '/contacts/'
    const [row] = (await server.post(path, {})).body.data
    assert.deepEqual(Object.keys(row), [...FIELDS[service].map(field => field.name), 'cursor'])
    assert.equal(row.city, null)
    assert.equal(row.linkedin_url, null)
    assert.deepEqual(row.cursor, [row.uuid])
    assert.equal(new Date(row.created_at).toISOString(), row.created_at)
  }
})

test('A row has exactly the select_columns, in their order, and its cursor', async () => {
  const [row] = (await server.post('/contacts/', { select_columns: ['title', 'id'] })).body.data
  assert.deepEqual(Object.keys(row), ['title', 'id', 'cursor'])
})

test('A record can be read by its uuid in upper or lower case, with its company if requested', async () => {
  const [company] = await upserted('/companies', [{ name: 'Home', website: 'https://home.example' }])
  const [contact] = await upserted('/contacts', [{ first_name: 'at home', company_id: company }])
  const plain = await server.get(`/contacts/${contact!.toUpperCase()}/`)
  assert.deepEqual(Object.keys(plain.body), ['success', 'data'])
  assert.deepEqual(
    Object.keys(plain.body.data),
    FIELDS.contact.map(field => field.name),
  )
  const populated = await server.get(`/contacts/${contact}?populate=company`)
  assert.deepEqual(populated.body.data.company, (await server.get(`/companies/${company}`)).body.data)
  const alone = await upserted('/contacts', [{ first_name: 'alone' }])
  assert.equal((await server.get(`/contacts/${alone[0]}?populate=company`)).body.data.company, null)
  assert.equal((await server.get(`/contacts/${contact}?populate=everything`)).status, 400)
})

test('Names of people and places are in lower case, or as written if requested; a file has them as written', async () => {
  const place = { city: 'São Paulo', state: 'SP', country: 'Brasil' }
  const [company] = await upserted('/companies', [{ name: 'Casa', ...place }])
  const people = [
    { first_name: 'Zoë', last_name: 'Case', company_id: company, title: 'CEO', ...place },
    { first_name: 'zoE', last_name: 'CASE', company_id: company, title: 'CEO', ...place },
  ]
  const uuids = await upserted(
    '/contacts',
    people.map((person, number) => ({ ...person, email: `zoe${number}@casa.example` })),
  )
  const select = ['first_name', 'last_name', 'title', 'city', 'state', 'country']
  const query = {
    where: { keyword_match: { must: { last_name: 'CaSe', city: 'SAO PAULO' } } },
    order_by: [{ order_by: 'first_name' }],
    select_columns: select,
    company_config: { populate: true, select_columns: ['name', 'city', 'country'] },
  }
  const rows = async (json: object) => (await server.post('/contacts/', json)).body.data
  const lower = { last_name: 'case', title: 'CEO', city: 'são paulo', state: 'sp', country: 'brasil' }
  const company1 = { name: 'Casa', city: 'são paulo', country: 'brasil' }
  const sorted = people
    .map((person, number) => ({ ...person, uuid: uuids[number]! }))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
  for (const wanted of [query, { ...query, case: 'lower' }, { ...query, case: '' }])
    assert.deepEqual(
      await rows(wanted),
      sorted.map(({ first_name, uuid }) => ({
        first_name: first_name.toLowerCase(),
        ...lower,
        company: company1,
        cursor: ['zoe', uuid],
      })),
    )
  const original = await rows({ ...query, case: 'original' })
  assert.deepEqual(
    original,
    sorted.map(({ first_name, last_name, uuid }) => ({
      ...{ first_name, last_name, title: 'CEO', ...place },
      company: { name: 'Casa', city: place.city, country: place.country },
      cursor: ['zoe', uuid],
    })),
  )
  // Pages do not depend on the case of the rows, nor of a cursor that a client writes.
  const { company_config: _, ...plain } = query
  for (const cursor of [original[0].cursor, ['ZOË', original[0].cursor[1]]]) {
    const [next, ...others] = await rows({ ...plain, cursor, case: 'original' })
    assert.deepEqual([next.first_name, others], [sorted[1]!.first_name, []])
  }

  const one = (path: string) => server.get(path).then(({ body }) => body.data)
  assert.equal((await one(`/contacts/${uuids[0]}`)).first_name, 'zoë')
  const written = await one(`/contacts/${uuids[0]}?case=original&populate=company`)
  assert.deepEqual([written.first_name, written.company.city], ['Zoë', 'São Paulo'])
  assert.equal((await one(`/companies/${company}?case=original`)).country, 'Brasil')
  const { status, body } = await server.get(`/companies/${company}?case=upper`)
  assert.deepEqual([status, body.error], [400, 'ERR_INVALID_VALUE: case must be one of lower, original'])
  const twice = await server.get(`/companies/${company}?case=lower&case=original`)
  assert.equal(twice.body.error, 'ERR_INVALID_VALUE: case is given more than once: send it once')

  const file = { ...plain, select_columns: ['first_name', 'company_city'] }
  for (const [format, line] of [
    ['csv', (name: string, city: string) => `${name},${city}\n`],
    ['ndjson', (first_name: string, company_city: string) => `${JSON.stringify({ first_name, company_city })}\n`],
  ] as const) {
    const download = async (json: object) => (await server.post(`/contacts/export?format=${format}`, json)).body
    const asWritten = sorted.map(({ first_name }) => line(first_name, 'São Paulo')).join('')
    const inLower = sorted.map(({ first_name }) => line(first_name.toLowerCase(), 'são paulo')).join('')
    const header = format === 'csv' ? 'first_name,company_city\n' : ''
    assert.equal(await download(file), header + asWritten)
    assert.equal(await download({ ...file, case: 'lower' }), header + inLower)
  }
})

test('Deleted records are not found, not counted and not populated', async () => {
  const [company] = await upserted('/companies', [{ name: 'Gone' }])
  const [contact] = await upserted('/contacts', [{ first_name: 'left behind', company_id: company }])
  const { seq } = await softDelete(server.database.pool, 'company', [company!])
  const headers = { 'x-connectra-min-seq': String(seq) }
  const gone = { where: { keyword_match: { must: { uuid: company } } } }
  assert.equal((await server.post('/companies/count', gone, headers)).body.count, 0)
  assert.deepEqual((await server.post('/companies/', gone)).body.data, [])
  assert.equal((await server.get(`/companies/${company}`)).status, 404)
  assert.equal((await server.get(`/contacts/${contact}?populate=company`)).body.data.company, null)
})

test('A row that was deleted between the search and the reading of rows is omitted', async () => {
  const uuids = await upserted('/companies', [
    { name: 'Stays', state: 'vanishing' },
    { name: 'Vanishes', state: 'vanishing' },
  ])
  // The table is changed without the feed, so the engine still has both.
  await server.database.pool.query('UPDATE companies SET deleted_at = now() WHERE uuid = $1', [uuids[1]])
  const { body } = await server.post('/companies/', {
    where: { keyword_match: { must: { name: ['stays', 'vanishes'] } } },
  })
  assert.deepEqual(
    body.data.map((row: { name: string }) => row.name),
    ['Stays'],
  )
})

test('A write returns its position in the feed, and a search waits for the requested position', async () => {
  const written = await server.post('/companies/batch-upsert', [{ name: 'Awaited' }])
  const seq = Number(written.headers.get('x-connectra-seq'))
  assert.ok(seq > 0)
  const wanted = { where: { keyword_match: { must: { name: 'awaited' } } } }
  const found = await server.post('/companies/count', wanted, { 'x-connectra-min-seq': String(seq) })
  assert.equal(found.body.count, 1)
  const rows = await server.post('/common/batch-upsert', { data: [{ company: 'Awaited Too' }] })
  assert.ok(Number(rows.headers.get('x-connectra-seq')) > seq)
  const same = await server.post('/companies/batch-upsert', [{ name: 'Awaited' }])
  assert.ok(Number(same.headers.get('x-connectra-seq')) >= seq, 'even if nothing changed')
})

test('A position in the feed that is not reached in time is 503; one that is not a number is rejected', async () => {
  for (const [path, body] of [
    ['/companies/', {}],
    ['/companies/count', {}],
    ['/companies/filters/data', { filter_key: 'city' }],
    ['/common/contact/filters/data', { filter_key: 'city' }],
  ] as const) {
    for (const header of ['soon', '-1', '1.5', '', '1e3', '99999999999999999999'])
      assertError(await server.post(path, body, { 'x-connectra-min-seq': header }), 400, 'ERR_INVALID_VALUE')
  }
  const late = await server.post('/companies/', {}, { 'x-connectra-min-seq': '999999999' })
  assertError(late, 503, 'ERR_UNAVAILABLE')
  assert.ok(Number(late.headers.get('retry-after')) >= 1)
})

function assertError(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.ok(answer.body.error.startsWith(`${code}: `), answer.body.error)
}

test('A large reply is compressed if the client accepts it; a small one never is', async () => {
  await upserted(
    '/companies',
    Array.from({ length: 100 }, (_, place) => ({ name: `Large ${place}`, address: 'x'.repeat(100), state: 'large' })),
  )
  const query = { where: { text_matches: { must: [{ filter_key: 'name', text_value: 'large' }] } }, limit: 100 }
  // `node:http` does not decompress the body.
  const { request } = await import('node:http')
  async function ask(
    encoding: string,
    body: object,
  ): Promise<{ encoding: string | undefined; vary: string; bytes: Buffer }> {
    return await new Promise((resolve, reject) => {
      const sent = request(
        `${server.url}/companies/`,
        { method: 'POST', headers: { 'x-api-key': server.key, 'accept-encoding': encoding } },
        async response => {
          const bytes = Buffer.concat(await response.toArray())
          resolve({ encoding: response.headers['content-encoding'], vary: response.headers.vary ?? '', bytes })
        },
      )
      sent.on('error', reject)
      sent.end(JSON.stringify(body))
    })
  }
  const plain = await ask('identity', query)
  assert.equal(plain.encoding, undefined)
  const zipped = await ask('gzip', query)
  assert.equal(zipped.encoding, 'gzip')
  assert.match(zipped.vary, /accept-encoding/i)
  assert.ok(zipped.bytes.length < plain.bytes.length / 3)
  assert.deepEqual(gunzipSync(zipped.bytes), plain.bytes)
  const brotli = await ask('gzip, deflate, br', query)
  assert.equal(brotli.encoding, 'br')
  assert.deepEqual(brotliDecompressSync(brotli.bytes), plain.bytes)
  const small = await ask('gzip', { ...query, limit: 1, select_columns: ['name'] })
  assert.equal(small.encoding, undefined)
})
