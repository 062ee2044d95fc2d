/** Every request in the API's documentation, word for word, with the exact shape of its response. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type Answer, startTestServer } from '../helpers/server.ts'
import { causeFault } from '../helpers/stack.ts'

const server = await startTestServer()
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID of version 5 (RFC 9562) in the URL namespace. */
function uuid5(name: string): string {
  const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const company = {
  name: 'Acme Corporation',
  employees_count: 500,
  industries: ['Technology', 'Software'],
  city: 'San Francisco',
  state: 'California',
  country: 'United States',
  linkedin_url: 'https://linkedin.com/company/acme-corp',
  website: 'https://acme.com',
}

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

test('Batch upsert companies', async () => {
  const body = await ok(server.post('/companies/batch-upsert', [company]))
  assert.deepEqual(Object.keys(body), ['success', 'company_uuids'])
  assert.equal(body.success, true)
  assert.equal(body.company_uuids.length, 1)
  assert.match(body.company_uuids[0], UUID)
})

test('Batch upsert contacts', async () => {
  const body = await ok(
    server.post('/contacts/batch-upsert', [
      {
        first_name: 'John',
        last_name: 'Doe',
        company_id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
        email: 'john.doe@acme.com',
        title: 'Senior Software Engineer',
        departments: ['Engineering'],
        seniority: 'senior',
        city: 'San Francisco',
        country: 'United States',
        linkedin_url: 'https://linkedin.com/in/johndoe',
      },
    ]),
  )
  assert.deepEqual(Object.keys(body), ['success', 'contact_uuids'])
  assert.match(body.contact_uuids[0], UUID)
})

test('Insert, update by the same identity, update by an explicit uuid', async () => {
  const identity = { name: 'New Company', linkedin_url: 'https://linkedin.com/company/new-company' }
  const inserted = await ok(server.post('/companies/batch-upsert', [{ ...identity, employees_count: 100 }]))
  const updated = await ok(server.post('/companies/batch-upsert', [{ ...identity, employees_count: 200 }]))
  assert.deepEqual(updated.company_uuids, inserted.company_uuids)
  const [uuid] = inserted.company_uuids
  assert.equal((await ok(server.get(`/companies/${uuid}`))).data.employees_count, 200)
  const explicit = await ok(
    server.post('/companies/batch-upsert', [{ uuid, name: 'Updated Company Name', employees_count: 300 }]),
  )
  assert.deepEqual(explicit.company_uuids, [uuid])
  const { data } = await ok(server.get(`/companies/${uuid}`))
  assert.equal(data.name, 'Updated Company Name')
  assert.equal(data.employees_count, 300)
  assert.equal(data.linkedin_url, identity.linkedin_url)
})

test('Batch upsert of CSV data', async () => {
  const row = {
    company: 'Acme Corporation',
    company_linkedin_url: 'https://linkedin.com/company/acme-corp',
    email: 'john.doe@acme.com',
    first_name: 'John',
    last_name: 'Doe',
    title: 'Senior Software Engineer',
    departments: 'Engineering, Product',
    employees: '500',
    industry: 'Technology, Software',
    company_city: 'San Francisco',
    company_state: 'California',
    company_country: 'United States',
    mobile_phone: '+1-555-123-4567',
    person_linkedin_url: 'https://linkedin.com/in/johndoe',
  }
  const body = await ok(server.post('/common/batch-upsert', { data: [row] }))
  assert.deepEqual(Object.keys(body), ['success', 'message', 'company_uuids', 'contact_uuids', 'rows'])
  assert.equal(body.message, 'Batch upsert successful')
  assert.deepEqual(body.rows, [{ company_uuid: body.company_uuids[0], contact_uuid: body.contact_uuids[0] }])
  const same = await ok(server.post('/companies/batch-upsert', [company]))
  assert.deepEqual(
    same.company_uuids,
    body.company_uuids,
    'a row and a record with the same identity are the same company',
  )
  const { data } = await ok(server.get(`/contacts/${body.contact_uuids[0]}`))
  assert.deepEqual(data.departments, ['Engineering', 'Product'])
  assert.equal(data.company_id, body.company_uuids[0])
})

test('Get companies by filter', async () => {
  await ok(
    server.post('/companies/batch-upsert', [
      { ...company, keywords: ['Artificial Intelligence', 'Robots'] },
      {
        name: 'Too Small',
        employees_count: 50,
        industries: ['Technology'],
        country: 'United States',
        keywords: 'artificial intelligence',
      },
      {
        name: 'Elsewhere',
        employees_count: 800,
        industries: ['Technology'],
        country: 'Canada',
        keywords: 'artificial intelligence',
      },
    ]),
  )
  await causeFault()
  const body = await ok(
    server.post('/companies/', {
      where: {
        text_matches: {
          must: [{ text_value: 'artificial intelligence', filter_key: 'keywords', search_type: 'match_phrase' }],
        },
        keyword_match: { must: { country: ['united states'], industries: ['technology'] } },
        range_query: { must: { employees_count: { gte: 100, lte: 5000 } } },
      },
      order_by: [{ order_by: 'employees_count', order_direction: 'desc' }],
      select_columns: ['uuid', 'name', 'industries', 'employees_count', 'website'],
      limit: 25,
    }),
  )
  assert.deepEqual(Object.keys(body), ['success', 'data'])
  assert.equal(body.data.length, 1)
  const [row] = body.data
  assert.deepEqual(Object.keys(row), ['uuid', 'name', 'industries', 'employees_count', 'website', 'cursor'])
  assert.deepEqual(row, {
    uuid: row.uuid,
    name: 'Acme Corporation',
    industries: ['Technology', 'Software'],
    employees_count: 500,
    website: 'https://acme.com',
    cursor: ['500', row.uuid],
  })
})

test('Get companies count', async () => {
  const body = await ok(
    server.post('/companies/count', { where: { keyword_match: { must: { country: ['united states'] } } } }),
  )
  assert.deepEqual(body, { success: true, count: 2 })
})

test('Get contacts by filter, with their companies', async () => {
  const { company_uuids } = await ok(server.post('/companies/batch-upsert', [company]))
  const { contact_uuids } = await ok(
    server.post('/contacts/batch-upsert', [
      {
        first_name: 'John',
        last_name: 'Doe',
        linkedin_url: 'https://linkedin.com/in/johndoe',
        company_id: company_uuids[0],
        seniority: 'Senior',
      },
      {
        first_name: 'Jane',
        last_name: 'Roe',
        company_id: 'b1b2c3d4-e5f6-7890-abcd-ef1234567890',
        seniority: 'manager',
        departments: 'Engineering',
      },
    ]),
  )
  const body = await ok(
    server.post('/contacts/', {
      where: { keyword_match: { must: { seniority: ['senior', 'manager'], departments: ['engineering'] } } },
      order_by: [{ order_by: 'last_name', order_direction: 'asc' }],
      select_columns: ['uuid', 'first_name', 'last_name', 'email', 'title'],
      company_config: { populate: true, select_columns: ['uuid', 'name', 'website'] },
      limit: 25,
    }),
  )
  assert.deepEqual(Object.keys(body.data[0]), [
    'uuid',
    'first_name',
    'last_name',
    'email',
    'title',
    'company',
    'cursor',
  ])
  assert.deepEqual(body.data, [
    {
      uuid: contact_uuids[0],
      first_name: 'john',
      last_name: 'doe',
      email: 'john.doe@acme.com',
      title: 'Senior Software Engineer',
      company: { uuid: company_uuids[0], name: 'Acme Corporation', website: 'https://acme.com' },
      cursor: ['doe', contact_uuids[0]],
    },
    {
      uuid: contact_uuids[1],
      first_name: 'jane',
      last_name: 'roe',
      email: null,
      title: null,
      company: null,
      cursor: ['roe', contact_uuids[1]],
    },
  ])
})

test('Get contacts count', async () => {
  const body = await ok(
    server.post('/contacts/count', {
      where: { keyword_match: { must: { country: ['united states'], seniority: ['senior'] } } },
    }),
  )
  assert.deepEqual(body, { success: true, count: 1 })
})

test('Get an upload URL', async () => {
  const body = await ok(server.get('/common/upload-url?filename=contacts.csv'))
  assert.deepEqual(Object.keys(body), ['success', 'upload_url', 's3_key', 'expires_in'])
  assert.match(body.s3_key, /^uploads\/[0-9a-f-]{36}_contacts\.csv$/)
  assert.equal(body.expires_in, '24h0m0s')
  assert.equal(body.upload_url.split('?')[0], server.filesUrl + body.s3_key)
})

test('Create jobs and list them', async () => {
  const imported = await ok(
    server.post('/common/jobs/create', {
      job_type: 'insert_csv_file',
      job_data: { s3_key: 'uploads/uuid_contacts.csv', s3_bucket: 'your-bucket' },
      retry_count: 3,
    }),
  )
  assert.deepEqual(Object.keys(imported), ['success', 'message', 'data'])
  assert.equal(imported.message, 'Job created successfully')
  const exported = await ok(
    server.post('/common/jobs/create', {
      job_type: 'export_csv_file',
      job_data: {
        s3_bucket: 'your-bucket',
        service: 'contact',
        vql: {
          where: { keyword_match: { must: { country: ['united states'] } } },
          select_columns: ['first_name', 'last_name', 'email'],
          limit: 1000,
        },
      },
      retry_count: 2,
    }),
  )
  assert.equal(exported.data.retry_count, 2)
  const listed = await ok(
    server.post('/common/jobs', {
      job_type: 'insert_csv_file',
      status: ['open', 'in_queue', 'processing', 'completed', 'failed'],
      limit: 20,
    }),
  )
  assert.deepEqual(Object.keys(listed), ['success', 'data'])
  assert.deepEqual(listed.data, [imported.data])
  const { job_response, progress, created_at, updated_at, uuid, id, ...rest } = listed.data[0]
  assert.match(uuid, UUID)
  assert.equal(typeof id, 'number')
  assert.deepEqual(Object.keys(job_response), ['messages', 'runtime_errors'])
  assert.deepEqual(progress, {
    rows_read: 0,
    rows_total: null,
    rows_stored: 0,
    rows_rejected: 0,
    bytes_read: 0,
    bytes_total: null,
  })
  for (const date of [created_at, updated_at]) assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, {
    job_type: 'insert_csv_file',
    status: 'open',
    data: { s3_key: 'uploads/uuid_contacts.csv', s3_bucket: 'your-bucket' },
    retry_count: 3,
    attempts: 0,
    run_after: null,
  })
})

test('Get filters', async () => {
  const { success, data } = await ok(server.get('/common/contact/filters'))
  assert.equal(success, true)
  const byKey = new Map(data.map((filter: { key: string }) => [filter.key, filter]))
  assert.deepEqual(byKey.get('country'), {
    key: 'country',
    service: 'contact',
    filter_type: 'keyword',
    display_name: 'Country',
    active: true,
  })
  assert.deepEqual(byKey.get('seniority'), {
    key: 'seniority',
    service: 'contact',
    filter_type: 'keyword',
    display_name: 'Seniority Level',
    active: true,
  })
})

test('Get filter data', async () => {
  await ok(
    server.post('/contacts/batch-upsert', [
      { first_name: 'Ann', country: 'United States' },
      { first_name: 'Ben', country: 'United Kingdom' },
      { first_name: 'Cid', country: 'France' },
    ]),
  )
  const body = await ok(
    server.post('/common/contact/filters/data', { filter_key: 'country', search_text: 'united', page: 1, limit: 20 }),
  )
  assert.deepEqual(body, {
    success: true,
    data: [
      { value: 'united states', display_value: 'United States', count: 2 },
      { value: 'united kingdom', display_value: 'United Kingdom', count: 1 },
    ],
  })
})

test('Note 1: the uuid is derived from name and LinkedIn URL', async () => {
  const { company_uuids } = await ok(server.post('/companies/batch-upsert', [company]))
  assert.equal(company_uuids[0], uuid5('acme corporationhttps://linkedin.com/company/acme-corp'))
  const { contact_uuids } = await ok(
    server.post('/contacts/batch-upsert', [
      { first_name: 'John', last_name: 'Doe', linkedin_url: 'https://linkedin.com/in/johndoe' },
    ]),
  )
  assert.equal(contact_uuids[0], uuid5('johndoehttps://linkedin.com/in/johndoe'))
})

test('Note 2: the cursor of the last row leads to the next page', async () => {
  await ok(
    server.post(
      '/companies/batch-upsert',
      Array.from({ length: 23 }, (_, place) => ({
        name: `Paged ${place}`,
        state: 'paged',
        employees_count: place % 4 === 0 ? null : place % 7,
      })),
    ),
  )
  const query = {
    where: { keyword_match: { must: { state: 'paged' } } },
    order_by: [{ order_by: 'employees_count', order_direction: 'desc' }, { order_by: 'name' }],
    select_columns: ['name', 'employees_count'],
  }
  const whole = (await ok(server.post('/companies/', query))).data
  assert.equal(whole.length, 23)
  const paged: unknown[] = []
  for (let cursor: string[] | undefined; ; ) {
    const { data } = await ok(server.post('/companies/', { ...query, limit: 5, ...(cursor ? { cursor } : {}) }))
    if (data.length === 0) break
    paged.push(...data)
    cursor = data.at(-1).cursor
  }
  assert.deepEqual(paged, whole)
  const second = await ok(server.post('/companies/', { ...query, limit: 5, page: 2 }))
  assert.deepEqual(second.data, whole.slice(5, 10))
})

test('Notes 3 to 5: strings are cleaned, some fields are stored in lower case, lists may be comma-separated', async () => {
  const { contact_uuids } = await ok(
    server.post('/contacts/batch-upsert', [
      {
        first_name: '  Zoë \t Ann ',
        email: ' Zoe@Example.COM ',
        city: 'NEW  York',
        state: 'NY',
        country: 'USA',
        linkedin_url: 'HTTPS://LinkedIn.com/in/Zoe',
        seniority: 'C-Level',
        email_status: 'Verified',
        departments: 'Sales, , Marketing,sales',
      },
    ]),
  )
  const { data } = await ok(server.get(`/contacts/${contact_uuids[0]}`))
  assert.equal(data.first_name, 'zoë ann')
  assert.equal(data.email, 'zoe@example.com')
  assert.equal(data.city, 'new york')
  assert.equal(data.state, 'ny')
  assert.equal(data.country, 'usa')
  assert.equal(data.linkedin_url, 'https://linkedin.com/in/zoe')
  assert.equal(data.seniority, 'c-level')
  assert.equal(data.email_status, 'verified')
  assert.deepEqual(data.departments, ['Sales', 'Marketing'])
})

test('Note 6: the services are "contact" and "company"', async () => {
  for (const service of ['contact', 'company'])
    assert.equal((await server.get(`/common/${service}/filters`)).status, 200)
})

test('Notes 7 and 8: jobs can be listed by every type and status', async () => {
  for (const job_type of ['insert_csv_file', 'export_csv_file']) {
    const { data } = await ok(server.post('/common/jobs', { job_type: [job_type] }))
    assert.ok(data.length > 0 && data.every((job: { job_type: string }) => job.job_type === job_type))
  }
  for (const status of ['open', 'in_queue', 'processing', 'completed', 'failed', 'retry_in_queued', 'retrying'])
    await ok(server.post('/common/jobs', { status }))
  const all = await ok(server.post('/common/jobs', { job_type: '', status: [] }))
  assert.deepEqual(
    all.data.map((job: { job_type: string }) => job.job_type),
    ['export_csv_file', 'insert_csv_file'],
    'newest first',
  )
})
