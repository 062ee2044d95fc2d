import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { transaction } from '../../src/database/pool.ts'
import type { Service } from '../../src/fields.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import { parseRow } from '../../src/records/parse/parse-row.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { commitBatch, upsert, upsertRecords } from '../../src/records/write/upsert.ts'
import { anyText } from '../helpers/any-text.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fetchRecords } from '../helpers/fetch-records.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'

const { pool } = await createTestDatabase()

async function send(service: Service, ...records: object[]) {
  const { writes, rejected } = parseRecords(service, records)
  assert.deepEqual(rejected, [])
  return await store(service, writes as RecordWrite[])
}

async function store(service: Service, writes: readonly RecordWrite[]) {
  const batch = service === 'company' ? { companies: writes, contacts: [] } : { companies: [], contacts: writes }
  const { seq, companies, contacts } = await upsert(pool, batch)
  return { seq, ...(service === 'company' ? companies : contacts) }
}

async function read(service: Service, uuid: string) {
  return (await fetchRecords(pool, service, [uuid], null)).get(uuid)
}

async function readOnly(service: Service, uuid: string, ...columns: string[]) {
  return (await fetchRecords(pool, service, [uuid], columns)).get(uuid)
}

test('a record is created, then updated, then unchanged', async () => {
  const uuid = randomUUID()
  const created = await send('company', { uuid, name: 'Acme', employees_count: 100, industries: ['A, b', 'c"\\{}'] })
  assert.deepEqual([created.created, created.updated, created.unchanged], [1, 0, 0])
  const before = await read('company', uuid)
  const updated = await send('company', { uuid, employees_count: 200 })
  assert.deepEqual([updated.created, updated.updated, updated.unchanged], [0, 1, 0])
  const after = await read('company', uuid)
  assert.deepEqual({ ...after, updated_at: null, employees_count: 100 }, { ...before, updated_at: null })
  assert.ok(String(after!.updated_at) > String(before!.updated_at))
  const same = await send('company', {
    uuid,
    name: ' Acme ',
    employees_count: '200',
    industries: ['A, b', 'c"\\{}'],
    city: null,
  })
  assert.deepEqual([same.created, same.updated, same.unchanged], [0, 0, 1])
  assert.deepEqual(await read('company', uuid), after)
})

test('the seq of a batch is that of its row in the feed, or the latest one if nothing changed', async () => {
  const uuid = randomUUID()
  const { seq } = await send('contact', { uuid, first_name: 'A' })
  const { rows } = await pool.query('SELECT service, uuids FROM changes WHERE seq = $1', [seq])
  assert.deepEqual(rows, [{ service: 'contact', uuids: [uuid] }])
  const count = 'SELECT count(*)::int AS rows FROM changes'
  const before = await pool.query(count)
  assert.equal((await send('contact', { uuid, first_name: 'a' })).seq, seq)
  assert.deepEqual((await pool.query(count)).rows, before.rows)
})

test('a stored record has every field, null if missing', async () => {
  const uuid = randomUUID()
  await send('contact', { uuid, first_name: 'JOHN', departments: 'Engineering, Product' })
  const { id, created_at, updated_at, ...rest } = (await read('contact', uuid))!
  assert.equal(typeof id, 'number')
  assert.match(String(created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(updated_at, created_at)
  const missing = [
    'last_name',
    'company_id',
    'email',
    'title',
    'email_status',
    'seniority',
    'stage',
    'city',
    'state',
    'country',
    'country_code',
  ]
  const others = [
    'linkedin_url',
    'mobile_phone',
    'work_direct_phone',
    'home_phone',
    'other_phone',
    'facebook_url',
    'twitter_url',
    'website',
  ]
  const empty = Object.fromEntries([...missing, ...others].map(name => [name, null]))
  assert.deepEqual(rest, { uuid, first_name: 'JOHN', departments: ['Engineering', 'Product'], ...empty })
})

test('the country code follows the country and cannot be set', async () => {
  const uuid = randomUUID()
  const code = async () => (await readOnly('contact', uuid, 'country_code'))!.country_code
  await send('contact', { uuid, first_name: 'Jo', country: 'Deutschland', country_code: 'FR' })
  assert.equal(await code(), 'DE')
  await send('contact', { uuid, country_code: null })
  assert.equal(await code(), 'DE')
  await send('contact', { uuid, country: 'United States of America' })
  assert.equal(await code(), 'US')
  await send('contact', { uuid, country: 'Atlantis' })
  assert.equal(await code(), null)
  await send('contact', { uuid, country: 'SWEDEN' })
  await send('contact', { uuid, country: null })
  assert.equal(await code(), null)
})

test('null, "" and [] clear a field; an absent field and an empty cell keep its value', async () => {
  const uuid = randomUUID()
  await send('company', { uuid, name: 'Acme', city: 'Berlin', employees_count: 5, keywords: ['a'], address: 'x' })
  await send('company', { uuid, city: null, employees_count: '', keywords: [] })
  assert.deepEqual(await readOnly('company', uuid, 'name', 'city', 'employees_count', 'keywords', 'address'), {
    name: 'Acme',
    city: null,
    employees_count: null,
    keywords: null,
    address: 'x',
  })
  const row = { company: 'Row Keeps', employees: '7', company_city: 'Bonn' }
  const { company } = parseRow(row, 0)
  await store('company', [company!])
  await store('company', [parseRow({ ...row, employees: '', company_city: null }, 0).company!])
  assert.deepEqual(await readOnly('company', company!.uuid, 'employees_count', 'city'), {
    employees_count: 7,
    city: 'Bonn',
  })
})

test('within a batch a later duplicate updates an earlier one, field by field', async () => {
  const uuid = randomUUID()
  const result = await send(
    'company',
    { uuid, name: 'First', city: 'Berlin', employees_count: 1 },
    { name: 'Another' },
    { uuid, name: 'Second', employees_count: null },
    { uuid, state: 'x' },
  )
  assert.equal(result.created, 2)
  assert.deepEqual(await readOnly('company', uuid, 'name', 'city', 'state', 'employees_count'), {
    name: 'Second',
    city: 'Berlin',
    state: 'x',
    employees_count: null,
  })
})

test('the domain of a company is that of its stored website, or the last one sent if it has none', async () => {
  const uuid = randomUUID()
  const domain = async () => (await readOnly('company', uuid, 'normalized_domain'))!.normalized_domain
  await send('company', { uuid, name: 'Acme', normalized_domain: 'sent.com' })
  assert.equal(await domain(), 'sent.com')
  await send('company', { uuid, website: 'https://www.site.com/about' })
  assert.equal(await domain(), 'site.com')
  const before = await read('company', uuid)
  await send('company', { uuid, normalized_domain: 'www.later.com' })
  assert.deepEqual(await read('company', uuid), before, 'a domain behind a website changes nothing that shows')
  await send('company', { uuid, website: null })
  assert.equal(await domain(), 'later.com')
  await send('company', { uuid, normalized_domain: null })
  assert.equal(await domain(), null)
})

test('the domain of an e-mail fills an empty domain and never changes one', async () => {
  const person = (email: string, more: object = {}) => parseRow({ company: 'Lent Domain', email, ...more }, 0).company!
  const { uuid } = person('a@first.com')
  const domain = async () => (await readOnly('company', uuid, 'normalized_domain'))!.normalized_domain
  await store('company', [person('a@first.com'), person('b@second.com')])
  assert.equal(await domain(), 'first.com')
  assert.equal((await store('company', [person('b@second.com')])).unchanged, 1)
  await send('company', { uuid, normalized_domain: 'own.com' })
  assert.equal(await domain(), 'own.com')
  await store('company', [person('c@third.com')])
  assert.equal(await domain(), 'own.com')
  await send('company', { uuid, normalized_domain: null })
  assert.equal(await domain(), null)
  await send('company', { uuid, website: 'https://site.com' })
  assert.equal((await store('company', [person('c@third.com')])).unchanged, 1)
  await send('company', { uuid, website: null })
  assert.equal(await domain(), null)
})

test('a deleted record that is sent again is created from scratch, without its old values', async () => {
  for (const service of ['company', 'contact'] as const) {
    const uuid = randomUUID()
    await send(service, { uuid, linkedin_url: 'x', city: 'Berlin', website: 'https://old.com' })
    const old = await read(service, uuid)
    const { deleted, seq } = await softDelete(pool, service, [uuid, randomUUID()])
    assert.deepEqual(deleted, [uuid])
    const { rows } = await pool.query('SELECT service, uuids FROM changes WHERE seq = $1', [seq])
    assert.deepEqual(rows, [{ service, uuids: [uuid] }])
    assert.equal(await read(service, uuid), undefined)
    assert.deepEqual((await softDelete(pool, service, [uuid])).deleted, [])
    const again = await send(service, { uuid, linkedin_url: 'y' })
    assert.deepEqual([again.created, again.updated], [1, 0])
    const anew = (await read(service, uuid))!
    assert.ok(Number(anew.id) > Number(old!.id))
    assert.ok(String(anew.created_at) > String(old!.created_at))
    assert.equal(anew.updated_at, anew.created_at)
    assert.deepEqual([anew.city, anew.website, anew.linkedin_url], [null, null, 'y'])
    if (service === 'company') assert.equal(anew.normalized_domain, null)
  }
})

test('a malformed uuid deletes nothing', async () => {
  const uuid = randomUUID()
  await send('contact', { uuid, first_name: 'a' })
  await assert.rejects(softDelete(pool, 'contact', [uuid, 'x},{']), { code: 'ERR_INVALID_UUID' })
  assert.notEqual(await read('contact', uuid), undefined)
})

test('a batch of thousands is merged like a small one', async () => {
  const uuids = Array.from({ length: 2500 }, () => randomUUID())
  const first = uuids.map((uuid, place) => ({
    uuid,
    name: `Tab\there ${place} \\N "q"`,
    employees_count: place,
    keywords: ['a,b', 'c\\d', '"e"', `k${place}`],
    city: 'x',
  }))
  assert.equal((await send('company', ...first)).created, 2500)
  assert.equal((await send('company', ...first)).unchanged, 2500)
  const changed = await send(
    'company',
    ...uuids.map((uuid, place) => (place % 2 ? { uuid, city: null } : { uuid, city: 'X' })),
  )
  assert.deepEqual([changed.created, changed.updated, changed.unchanged], [0, 1250, 1250])
  const records = await fetchRecords(pool, 'company', uuids, ['name', 'employees_count', 'keywords', 'city'])
  for (const [place, uuid] of uuids.entries())
    assert.deepEqual(records.get(uuid), {
      name: `Tab here ${place} \\N "q"`,
      employees_count: place,
      keywords: ['a,b', 'c\\d', '"e"', `k${place}`],
      city: place % 2 ? null : 'x',
    })
})

test('two batches may be merged in one transaction', async () => {
  const writes = Array.from({ length: 1500 }, () => ({ uuid: randomUUID(), values: { name: 'Acme' } }))
  const second = await transaction(pool, async connection => {
    await upsertRecords(connection, { companies: writes, contacts: [] })
    const result = await upsertRecords(connection, { companies: writes.slice(10), contacts: [] })
    await commitBatch(connection, result)
    return result
  })
  assert.equal(second.companies.unchanged, 1490)
})

test('a batch is committed together with its extra statements, or not at all', async () => {
  await pool.query('CREATE TABLE checkpoints (line int CHECK (line < 100))')
  const commit = (uuid: string, line: number) =>
    transaction(pool, async connection => {
      const result = await upsertRecords(connection, { companies: [{ uuid, values: { name: 'Acme' } }], contacts: [] })
      return await commitBatch(connection, result, `INSERT INTO checkpoints VALUES (${line})`)
    })
  const [stored, refused] = [randomUUID(), randomUUID()]
  await commit(stored, 1)
  await assert.rejects(commit(refused, 100), { code: '23514' })
  assert.deepEqual((await pool.query('SELECT line FROM checkpoints')).rows, [{ line: 1 }])
  assert.notEqual(await read('company', stored), undefined)
  assert.equal(await read('company', refused), undefined)
})

test('naughty strings are stored unchanged as names and titles', async () => {
  const records = NAUGHTY_STRINGS.map(string => ({
    uuid: randomUUID(),
    first_name: string,
    title: string,
    departments: [string],
  }))
  const { writes } = parseRecords('contact', records)
  await store('contact', writes as RecordWrite[])
  const uuids = records.map(record => record.uuid)
  const stored = await fetchRecords(pool, 'contact', uuids, ['first_name', 'title', 'departments'])
  for (const write of writes) assert.deepEqual({ ...stored.get(write!.uuid) }, { ...write!.values })
})

test('a record is read as it was cleaned, and sending it back changes nothing', async () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), anyText())
  const record = fc.record({
    name: text,
    address: text,
    city: text,
    keywords: fc.array(text, { maxLength: 5 }),
    employees_count: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    website: fc.webUrl(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), async sent => {
      const { writes } = parseRecords(
        'company',
        sent.map(one => ({ uuid: randomUUID(), ...one })),
      )
      await store('company', writes as RecordWrite[])
      const uuids = writes.map(write => write!.uuid)
      const stored = await fetchRecords(pool, 'company', uuids, null)
      for (const write of writes) {
        const { name, address, city, keywords, employees_count, website } = stored.get(write!.uuid)!
        assert.deepEqual({ name, address, city, keywords, employees_count, website }, { ...write!.values })
      }
      const back = parseRecords(
        'company',
        uuids.map(uuid => JSON.parse(JSON.stringify(stored.get(uuid)))),
      )
      assert.deepEqual(back.rejected, [])
      assert.equal((await store('company', back.writes as RecordWrite[])).unchanged, uuids.length)
    }),
    { numRuns: 50 },
  )
})
