import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

test('One bad record rejects the batch, and the reply lists every bad record', async () => {
  const answer = await server.post('/companies/batch-upsert', [
    { name: 'Good Of A Refused Batch' },
    { naem: 'x', name: 'y' },
    { name: 'z', uuid: 'not-a-uuid' },
    {},
    { name: 'w', employees_count: -5 },
    'text',
    { name: 'n'.repeat(2001) },
  ])
  assert.equal(answer.status, 400)
  assert.match(answer.body.error, /^ERR_UNKNOWN_FIELD: record 1, naem: .*name/)
  const details = answer.body.details.map(({ index, field, code }: Record<string, unknown>) => [index, field, code])
  assert.deepEqual(details, [
    [1, 'naem', 'ERR_UNKNOWN_FIELD'],
    [2, 'uuid', 'ERR_INVALID_UUID'],
    [3, null, 'ERR_MISSING_IDENTITY'],
    [4, 'employees_count', 'ERR_INVALID_VALUE'],
    [5, null, 'ERR_INVALID_VALUE'],
    [6, 'name', 'ERR_VALUE_TOO_LONG'],
  ])
  for (const { message } of answer.body.details) assert.ok(message.length > 10)
  const { body } = await server.post('/companies/count', {})
  assert.equal(body.count, 0, 'nothing was stored')
})

test('With on_error=skip the good records are stored, and the uuids still align with the request', async () => {
  const answer = await server.post('/contacts/batch-upsert?on_error=skip', [
    { first_name: 'good' },
    { first_name: 'bad', nonsense: 1 },
    { first_name: 'also good' },
  ])
  assert.equal(answer.status, 200)
  const [first, second, third] = answer.body.contact_uuids
  assert.ok(first && third && first !== third)
  assert.equal(second, null)
  assert.deepEqual(
    answer.body.rejected.map(({ index, field, code }: Record<string, unknown>) => ({ index, field, code })),
    [{ index: 1, field: 'nonsense', code: 'ERR_UNKNOWN_FIELD' }],
  )
  assert.equal((await server.get(`/contacts/${third}`)).body.data.first_name, 'also good')
  const none = await server.post('/contacts/batch-upsert?on_error=skip', [{ nonsense: 1 }])
  assert.equal(none.status, 200)
  assert.deepEqual(none.body.contact_uuids, [null])
  const all = await server.post('/contacts/batch-upsert/?on_error=skip', [{ first_name: 'fine' }])
  assert.deepEqual(all.body.rejected, [])
})

test('A record can be read, changed and sent back', async () => {
  const { body } = await server.post('/contacts/batch-upsert', [
    { first_name: 'read', last_name: 'back', title: 'Old' },
  ])
  const [uuid] = body.contact_uuids
  const search = { where: { keyword_match: { must: { uuid } } }, company_config: { populate: true } }
  const [row] = (await server.post('/contacts/', search)).body.data
  const again = await server.post('/contacts/batch-upsert', [{ ...row, title: 'New' }])
  assert.deepEqual(again.body, { success: true, contact_uuids: [uuid] })
  const [changed] = (await server.post('/contacts/', search)).body.data
  assert.deepEqual({ ...changed, updated_at: '' }, { ...row, title: 'New', updated_at: '' })
})

test('null in a record clears the field; an empty cell in a row keeps it', async () => {
  const person = { first_name: 'keep', last_name: 'or clear' }
  const { body } = await server.post('/contacts/batch-upsert', [{ ...person, title: 'CEO', city: 'Paris' }])
  const path = `/contacts/${body.contact_uuids[0]}`
  await server.post('/common/batch-upsert', { data: [{ ...person, title: '', city: null }] })
  assert.equal((await server.get(path)).body.data.title, 'CEO')
  await server.post('/contacts/batch-upsert', [{ ...person, title: null, city: '' }])
  const { data } = (await server.get(path)).body
  assert.deepEqual([data.title, data.city], [null, null])
})

test('A value that is not a number is ignored, with a warning', async () => {
  const answer = await server.post('/companies/batch-upsert', [{ name: 'Counted', employees_count: '10-50' }])
  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.body), ['success', 'company_uuids', 'warnings'])
  const [warning] = answer.body.warnings
  assert.deepEqual([warning.index, warning.field], [0, 'employees_count'])
  const { data } = (await server.get(`/companies/${answer.body.company_uuids[0]}`)).body
  assert.equal(data.employees_count, null)
})

test('Rows: uuids are distinct and in order of first appearance, rows align with the request, unknown columns are reported', async () => {
  const answer = await server.post('/common/batch-upsert', {
    data: [
      { company: 'Umbrella', first_name: 'Ada', last_name: 'One', favourite_colour: 'red' },
      { company: 'Umbrella', first_name: 'Bob', last_name: 'Two', shoe_size: 44 },
      { company: 'Hooli' },
      { first_name: 'Cyn', last_name: 'Three', favourite_colour: '' },
    ],
  })
  assert.equal(answer.status, 200)
  const { company_uuids, contact_uuids, rows, ignored_columns } = answer.body
  assert.equal(company_uuids.length, 2)
  assert.equal(contact_uuids.length, 3)
  assert.deepEqual(rows, [
    { company_uuid: company_uuids[0], contact_uuid: contact_uuids[0] },
    { company_uuid: company_uuids[0], contact_uuid: contact_uuids[1] },
    { company_uuid: company_uuids[1], contact_uuid: null },
    { company_uuid: null, contact_uuid: contact_uuids[2] },
  ])
  assert.deepEqual(ignored_columns, ['favourite_colour', 'shoe_size'])
})

test('Rows: a bad row rejects the batch, or is skipped and reported', async () => {
  const data = [{ company: 'Initech' }, { title: 'nobody at all' }, 'text', { company: 'x'.repeat(3000) }]
  const refused = await server.post('/common/batch-upsert', { data })
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.details.map(({ index, code }: Record<string, unknown>) => [index, code]),
    [
      [1, 'ERR_MISSING_IDENTITY'],
      [2, 'ERR_INVALID_VALUE'],
      [3, 'ERR_VALUE_TOO_LONG'],
    ],
  )
  const skipped = await server.post('/common/batch-upsert?on_error=skip', { data })
  assert.equal(skipped.status, 200)
  assert.equal(skipped.body.company_uuids.length, 1)
  assert.deepEqual(skipped.body.rows.slice(1), Array(3).fill({ company_uuid: null, contact_uuid: null }))
  assert.equal(skipped.body.rejected.length, 3)
})

test('A key named __proto__ is an ordinary key', async () => {
  const post = (path: string, body: string) =>
    fetch(server.url + path, { method: 'POST', body, headers: { 'x-api-key': server.key } })
  const record = await post('/companies/batch-upsert', '[{"name": "x", "__proto__": {"name": "y"}}]')
  assert.equal(record.status, 400)
  const row = await post('/common/batch-upsert', '{"data": [{"company": "Proto", "__proto__": {"title": "y"}}]}')
  assert.equal(row.status, 200)
  assert.deepEqual(((await row.json()) as { ignored_columns: string[] }).ignored_columns, ['__proto__'])
  const query = await post('/companies/', '{"where": {"keyword_match": {"must": {"__proto__": ["x"]}}}}')
  assert.match(((await query.json()) as { error: string }).error, /^ERR_UNKNOWN_FIELD/)
})

test('A batch may have 1,000 records, not 1,001', async () => {
  const batch = Array.from({ length: 1000 }, (_, place) => ({ name: `Bulk ${place}` }))
  const taken = await server.post('/companies/batch-upsert', batch)
  assert.equal(taken.status, 200)
  assert.equal(new Set(taken.body.company_uuids).size, 1000)
  assert.equal((await server.post('/companies/batch-upsert', [...batch, { name: 'One more' }])).status, 400)
})

test('A record that is too large to be parsed is reported like any other bad record', async () => {
  const large = { name: 'Large', keywords: Array(21_000).fill('a') }
  const refused = await server.post('/companies/batch-upsert', [{ name: 'Small' }, large])
  assert.equal(refused.status, 400)
  assert.match(refused.body.error, /^ERR_VALUE_TOO_LONG: record 1: the record has more than 20,000 values/)
  const [problem] = refused.body.details
  assert.deepEqual([problem.index, problem.field, problem.code], [1, null, 'ERR_VALUE_TOO_LONG'])
  const stored = await server.post('/companies/batch-upsert?on_error=skip', { companies: [large, { name: 'Small' }] })
  assert.equal(stored.body.company_uuids[0], null)
  assert.equal(typeof stored.body.company_uuids[1], 'string')
  const rows = {
    data: [
      { company: 'Small', odd: 1 },
      { company: 'Large', keywords: large.keywords },
    ],
  }
  const { body } = await server.post('/common/batch-upsert?on_error=skip', rows)
  assert.equal(body.rejected[0].code, 'ERR_VALUE_TOO_LONG')
  assert.deepEqual(body.ignored_columns, ['odd'])
})

test('Of fifty upserts at the same time each has its own reply: uuids, problems and a position that searches reach', async () => {
  const requests = Array.from({ length: 50 }, (_, place) =>
    place % 10 === 3
      ? [{ name: `Group ${place}`, nonsense: 1 }]
      : [{ name: `Group ${place}` }, { name: 'Group Shared', city: `city ${place}` }],
  )
  const answers = await Promise.all(requests.map(body => server.post('/companies/batch-upsert', body)))
  const shared = new Set<string>()
  const check = async (place: number) => {
    const { status, headers, body } = answers[place]!
    if (place % 10 === 3) {
      assert.equal(status, 400)
      assert.match(body.error, /^ERR_UNKNOWN_FIELD: .*nonsense/)
      return
    }
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.company_uuids.length, 2)
    shared.add(body.company_uuids[1])
    const found = await server.post(
      '/companies/',
      { where: { keyword_match: { must: { uuid: body.company_uuids[0] } } } },
      { 'x-connectra-min-seq': headers.get('x-connectra-seq')! },
    )
    assert.equal(found.body.data[0].name, `Group ${place}`)
  }
  await Promise.all(answers.map((_, place) => check(place)))
  assert.equal(shared.size, 1)
})

test('A batch of more than 256 kB is stored and refused like a small one', async () => {
  const keywords = Array.from({ length: 30 }, (_, item) => `keyword ${item}`.padEnd(1000, 'x'))
  const batch = Array.from({ length: 10 }, (_, place) => ({ name: `Heavy ${place}`, keywords }))
  const stored = await server.post('/companies/batch-upsert', batch)
  assert.equal(stored.status, 200)
  const { data } = (await server.get(`/companies/${stored.body.company_uuids[9]}`)).body
  assert.equal(data.name, 'Heavy 9')
  assert.ok(isDeepStrictEqual(data.keywords, keywords))
  const refused = await server.post('/companies/batch-upsert', [...batch, { name: 'Light', naem: 'x' }])
  assert.equal(refused.status, 400)
  assert.match(refused.body.error, /^ERR_UNKNOWN_FIELD: record 10, naem: .*\(1 of 11 records are invalid/)
  assert.deepEqual(
    refused.body.details.map(({ index, field }: Record<string, unknown>) => [index, field]),
    [[10, 'naem']],
  )
  const broken = `[${JSON.stringify(batch).slice(1, -1)}, {"name": }]`
  const { status, error } = await sendText('/companies/batch-upsert?on_error=maybe', broken)
  assert.equal(status, 400)
  assert.match(error, /^ERR_INVALID_VALUE: on_error/, 'the query string is checked before the records')
  const text = await sendText('/companies/batch-upsert', broken)
  assert.match(text.error, /^ERR_INVALID_JSON: the body is not valid JSON: record 10: /)
})

async function sendText(path: string, body: string): Promise<{ status: number; error: string }> {
  const response = await fetch(server.url + path, { method: 'POST', body, headers: { 'x-api-key': server.key } })
  return { status: response.status, error: ((await response.json()) as { error: string }).error }
}
