import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryableNames } from '../../src/fields.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

const uuid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`

await server.post('/companies/batch-upsert', [
  { uuid: uuid(1), name: 'One', industries: ['Software', 'AI'], country: 'US', employees_count: 10, state: 'Bavaria' },
  { uuid: uuid(2), name: 'Two', industries: ['software'], country: 'usa', employees_count: 5000, annual_revenue: 7 },
])
await server.post('/contacts/batch-upsert', [
  {
    uuid: uuid(5),
    first_name: 'c',
    company_id: uuid(1),
    departments: ['SALES'],
    title: 'Head of Sales',
    seniority: 'vp',
    city: 'são paulo',
  },
  {
    uuid: uuid(3),
    first_name: 'a',
    company_id: uuid(2),
    departments: ['sales', 'human resources'],
    title: 'head of sales',
    seniority: 'c-suite',
    city: "l'aquila",
  },
  {
    uuid: uuid(4),
    first_name: 'b',
    company_id: uuid(1),
    departments: ['Sales'],
    seniority: 'entry',
    city: 'sao paulo',
    stage: 'cold',
  },
])

async function values(path: string, body: object) {
  const answer = await server.post(path, body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

test('The filters are the fields of the registry; contacts also have those of their companies', async () => {
  for (const service of ['company', 'contact'] as const) {
    const { body } = await server.get(`/common/${service}/filters`)
    assert.deepEqual(
      body.data.map((filter: { key: string }) => filter.key),
      queryableNames(service),
    )
    for (const filter of body.data)
      assert.deepEqual(Object.keys(filter), ['key', 'service', 'filter_type', 'display_name', 'active'])
    const path = service === 'company' ? '/companies' : '/contacts'
    assert.deepEqual((await server.get(`${path}/filters`)).body, body)
  }
  const { data } = (await server.get('/common/contact/filters')).body
  const types = new Map(data.map((filter: { key: string; filter_type: string }) => [filter.key, filter.filter_type]))
  assert.equal(types.get('title'), 'text')
  assert.equal(types.get('company_industries'), 'keyword')
  assert.equal(types.get('company_employees_count'), 'range')
  assert.equal(types.get('created_at'), 'range')
  const names = new Map(data.map((filter: { key: string; display_name: string }) => [filter.key, filter.display_name]))
  assert.equal(names.get('company_country'), 'Company Country')
  assert.equal(names.get('company_name'), 'Company Name')
  assert.equal(names.get('company_name_for_emails'), 'Company Name for Emails')
})

test('Values are sorted by frequency and spelled as in the record with the smallest uuid', async () => {
  const { data } = await values('/common/contact/filters/data', { filter_key: 'departments' })
  assert.deepEqual(data, [
    { value: 'sales', display_value: 'Sales', count: 3 },
    { value: 'human resources', display_value: 'Human Resources', count: 1 },
  ])
  const titles = await values('/contacts/filters/data', { filter_key: 'title' })
  assert.deepEqual(titles.data, [{ value: 'head of sales', display_value: 'head of sales', count: 2 }])
  const industries = await values('/companies/filters/data', { filter_key: 'industries' })
  assert.deepEqual(industries.data, [
    { value: 'Software', display_value: 'Software', count: 2 },
    { value: 'AI', display_value: 'AI', count: 1 },
  ])
})

test('keyword_match with a value finds as many records as its count', async () => {
  for (const { key } of (await server.get('/common/contact/filters')).body.data) {
    for (const { value, count } of (await values('/contacts/filters/data', { filter_key: key })).data ?? []) {
      const found = await server.post('/contacts/count', { where: { keyword_match: { must: { [key]: [value] } } } })
      assert.equal(found.body.count, count, `${key} ${value}`)
    }
  }
})

test('Names of places are shown in title case, short codes in capitals', async () => {
  const shown = async (filter_key: string) =>
    (await values('/contacts/filters/data', { filter_key })).data.map(
      (entry: { display_value: string }) => entry.display_value,
    )
  assert.deepEqual((await shown('city')).sort(), ["L'Aquila", 'Sao Paulo'])
  assert.deepEqual((await shown('seniority')).sort(), ['C-Suite', 'Entry', 'VP'])
  assert.deepEqual((await shown('company_country')).sort(), ['US', 'USA'])
  assert.deepEqual(await shown('company_state'), ['Bavaria'])
  assert.deepEqual(await shown('stage'), ['Cold'])
})

test('Names of people and places are shown as written where somebody wrote them with care; their values are in lower case', async () => {
  const person = (number: number, more: object) => ({ uuid: `10000000-0000-4000-8000-00000000000${number}`, ...more })
  await server.post('/companies/batch-upsert', [
    person(1, { name: 'Quiet', city: 'MCALLEN', state: 'TX' }),
    person(2, { name: 'Loud', city: 'McAllen', state: 'tx' }),
  ])
  const [quiet, loud] = [person(1, {}).uuid, person(2, {}).uuid]
  await server.post('/contacts/batch-upsert', [
    person(1, { first_name: 'DEIRDRE', company_id: quiet, city: 'port-au-prince', country: 'haïti' }),
    person(2, { first_name: 'deirdre', company_id: quiet, city: 'PORT-AU-PRINCE', country: 'HAITI' }),
    person(3, { first_name: 'DeirDre', company_id: loud, city: 'Port-au-Prince', country: 'Haïti' }),
    person(4, { first_name: 'Dara', company_id: loud, city: "COEUR D'ALENE", seniority: 'c_suite' }),
  ])
  const where = { keyword_match: { must: { company_id: [quiet, loud] } } }
  const of = async (filter_key: string, search_text = '', more: object = where) =>
    (await values('/contacts/filters/data', { filter_key, search_text, where: more })).data
  assert.deepEqual(await of('first_name', 'dei'), [{ value: 'deirdre', display_value: 'DeirDre', count: 3 }])
  assert.deepEqual(await of('city'), [
    { value: 'port-au-prince', display_value: 'Port-au-Prince', count: 3 },
    { value: "coeur d'alene", display_value: "Coeur d'Alene", count: 1 },
  ])
  assert.deepEqual(await of('country'), [{ value: 'haïti', display_value: 'Haïti', count: 3 }])
  assert.deepEqual(await of('company_city'), [{ value: 'mcallen', display_value: 'McAllen', count: 4 }])
  assert.deepEqual(await of('company_state'), [{ value: 'tx', display_value: 'TX', count: 4 }])
  assert.deepEqual(await of('seniority'), [{ value: 'c_suite', display_value: 'C Suite', count: 1 }])
  // Only matching records count.
  const first = { keyword_match: { must: { company_id: quiet } } }
  assert.deepEqual(await of('first_name', '', first), [{ value: 'deirdre', display_value: 'DEIRDRE', count: 2 }])
  assert.deepEqual(await of('city', '', first), [
    { value: 'port-au-prince', display_value: 'Port-Au-Prince', count: 2 },
  ])
  assert.deepEqual(await of('company_city', '', first), [{ value: 'mcallen', display_value: 'Mcallen', count: 2 }])
  const uuids = [1, 2, 3, 4].map(number => person(number, {}).uuid)
  await softDelete(server.database.pool, 'contact', uuids)
  const { seq } = await softDelete(server.database.pool, 'company', uuids)
  await server.engine.waitFor(seq, 60_000)
})

test('Filters on company fields count contacts and use the spelling of the company', async () => {
  const { data } = await values('/contacts/filters/data', { filter_key: 'company_industries' })
  assert.deepEqual(data, [
    { value: 'software', display_value: 'software', count: 3 },
    { value: 'AI', display_value: 'AI', count: 2 },
  ])
})

test('search_text filters the values and ignores case and accents', async () => {
  const { data } = await values('/contacts/filters/data', { filter_key: 'city', search_text: ' SÃO' })
  assert.deepEqual(data, [{ value: 'sao paulo', display_value: 'Sao Paulo', count: 2 }])
  assert.deepEqual((await values('/contacts/filters/data', { filter_key: 'city', search_text: 'zzz' })).data, [])
})

test('Values are paged', async () => {
  const first = await values('/contacts/filters/data', { filter_key: 'seniority', limit: 2, page: 1 })
  const second = await values('/contacts/filters/data', { filter_key: 'seniority', limit: 2, page: 2 })
  assert.deepEqual(
    [...first.data, ...second.data].map((entry: { value: string }) => entry.value),
    ['c-suite', 'entry', 'vp'],
  )
  assert.equal((await values('/contacts/filters/data', { filter_key: 'seniority', limit: 0, page: 0 })).data.length, 3)
})

test('A range filter returns its minimum and maximum, as numbers or dates', async () => {
  assert.deepEqual(await values('/companies/filters/data', { filter_key: 'employees_count' }), {
    success: true,
    data: [],
    min: 10,
    max: 5000,
  })
  const company = await values('/contacts/filters/data', { filter_key: 'company_annual_revenue' })
  assert.deepEqual(company, { success: true, data: [], min: 7, max: 7 })
  const { min, max } = await values('/companies/filters/data', { filter_key: 'created_at' })
  for (const date of [min, max]) assert.equal(new Date(date).toISOString(), date)
  const none = await values('/companies/filters/data', { filter_key: 'total_funding' })
  assert.deepEqual(none, { success: true, data: [], min: null, max: null })
})

test('where restricts values, counts and ranges to the matching records', async () => {
  const where = { keyword_match: { must: { company_country: 'us' } } }
  const { data } = await values('/contacts/filters/data', { filter_key: 'departments', where })
  assert.deepEqual(data, [{ value: 'Sales', display_value: 'Sales', count: 2 }])
  const small = { range_query: { must: { employees_count: { lt: 100 } } } }
  const range = await values('/companies/filters/data', { filter_key: 'employees_count', where: small })
  assert.deepEqual([range.min, range.max], [10, 10])
  const wrong = await server.post('/contacts/filters/data', {
    filter_key: 'city',
    where: { keyword_match: { must: { ciyt: 'x' } } },
  })
  assert.match(wrong.body.error, /^ERR_UNKNOWN_FIELD: where\.keyword_match/)
})

test('A service in the body is ignored', async () => {
  const { data } = await values('/common/company/filters/data', { filter_key: 'name', service: 'contact' })
  assert.equal(data.length, 2)
})
