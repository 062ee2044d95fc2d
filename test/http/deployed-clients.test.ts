/** Requests of clients that were written for earlier servers of the same contract. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

test('a batch may be wrapped in an object', async () => {
  const acme = { name: 'Acme', employees_count: 500 }
  for (const body of [[acme], { companies: [acme] }, { data: [acme] }]) {
    const reply = await server.post('/companies/batch-upsert', body)
    assert.equal(reply.status, 200)
    assert.equal(reply.body.company_uuids.length, 1)
  }
  const ada = { first_name: 'Ada', last_name: 'Lovelace' }
  assert.equal((await server.post('/contacts/batch-upsert', { contacts: [ada] })).status, 200)
  for (const body of [{ contacts: [acme] }, { companies: [acme], contacts: [ada] }, { companies: {} }])
    assert.equal((await server.post('/companies/batch-upsert', body)).status, 400)
})

test('the service may be named in the plural', async () => {
  for (const [plural, service] of [
    ['companies', 'company'],
    ['contacts', 'contact'],
  ]) {
    const filters = await server.get(`/common/${plural}/filters`)
    assert.deepEqual(filters.body, (await server.get(`/common/${service}/filters`)).body)
    const values = await server.post(`/common/${plural}/filters/data`, { filter_key: 'city' })
    assert.equal(values.status, 200)
  }
  assert.match((await server.get('/common/people/filters')).body.error, /^ERR_UNKNOWN_SERVICE: /)
})

test('a page by search_after, with numbers and without a uuid, follows the page before', async () => {
  const companies = [10, 20, 20, 30].map((employees_count, index) => ({ name: `Paged ${index}`, employees_count }))
  await server.post('/companies/batch-upsert', companies)
  const query = {
    where: { text_matches: { must: [{ filter_key: 'name', text_value: 'paged' }] } },
    order_by: [{ order_by: 'employees_count', order_direction: 'asc' }],
    select_columns: ['employees_count'],
  }
  const counts = async (more: object) =>
    (await server.post('/companies/', { ...query, ...more })).body.data.map(
      (row: { employees_count: number }) => row.employees_count,
    )
  assert.deepEqual(await counts({ search_after: [10] }), [20, 20, 30])
  assert.deepEqual(await counts({ search_after: ['20'] }), [30])
  assert.deepEqual(await counts({ cursor: [20] }), [30])
})

test('deleted_at can be selected and sent back', async () => {
  const { body } = await server.post('/companies/', { select_columns: ['uuid', 'name', 'deleted_at'], limit: 1 })
  const [row] = body.data
  assert.equal(row.deleted_at, null)
  const again = await server.post('/companies/batch-upsert', [row])
  assert.equal(again.status, 200)
  const file = await server.post('/companies/export', { select_columns: ['name', 'deleted_at'], limit: 1 })
  assert.match(file.body, /^name,deleted_at\n.+,\n$/)
})

test('a path that other servers have for writing says which one to use', async () => {
  const names = ['create', 'upsert', 'bulk', 'bulk/']
  for (const path of names.flatMap(name => [`/contacts/${name}`, `/companies/${name}`])) {
    const reply = await server.post(path, [{}])
    assert.equal(reply.status, 404)
    assert.ok(reply.body.error.endsWith(`POST /${path.split('/')[1]}/batch-upsert`), reply.body.error)
  }
  assert.equal((await server.post('/contacts/8a1b2c3d-e5f6-7890-abcd-ef1234567890', {})).status, 405)
})

test('a number that is out of range is an error, however it is written', async () => {
  for (const number of ['9007199254740993', '1e400', '-1'])
    for (const value of [number, `"${number}"`]) {
      const response = await fetch(`${server.url}/companies/batch-upsert`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}` },
        body: `[{"name": "Huge", "annual_revenue": ${value}}]`,
      })
      assert.equal(response.status, 400, value)
      assert.match(((await response.json()) as { error: string }).error, /^ERR_INVALID_VALUE: .*annual_revenue/)
    }
})
