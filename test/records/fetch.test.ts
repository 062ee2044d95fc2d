import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { FIELDS } from '../../src/fields.ts'
import { fetchForIndex, fetchValues } from '../../src/records/read/fetch.ts'
import { fetchOne, openPage } from '../../src/records/read/page.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fetchPage } from '../helpers/fetch-page.ts'
import { fetchRecords } from '../helpers/fetch-records.ts'

const { pool } = await createTestDatabase()

const [acme, gone, unknown] = [randomUUID(), randomUUID(), randomUUID()]
const [john, jane, joe, dead] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]

await upsert(pool, {
  companies: [
    {
      uuid: acme,
      values: {
        name: 'Acme',
        industries: ['Oil, Gas', 'NULL', '{}', 'a\\"b'],
        employees_count: 500,
        website: 'acme.com',
      },
    },
    { uuid: gone, values: { name: 'Gone' } },
  ],
  contacts: [
    { uuid: john, values: { first_name: 'john', company_id: acme } },
    { uuid: jane, values: { first_name: 'jane', company_id: gone } },
    { uuid: joe, values: { first_name: 'joe', company_id: unknown } },
    { uuid: dead, values: { first_name: 'dead', company_id: acme } },
  ],
})
await softDelete(pool, 'company', [gone])
await softDelete(pool, 'contact', [dead])

test('records have exactly the selected columns, or all columns', async () => {
  const records = await fetchRecords(pool, 'company', [acme, gone, unknown], ['industries', 'normalized_domain'])
  assert.deepEqual(
    [...records],
    [[acme, { industries: ['Oil, Gas', 'NULL', '{}', 'a\\"b'], normalized_domain: 'acme.com' }]],
  )
  const all = await fetchRecords(pool, 'company', [acme], null)
  assert.deepEqual(
    Object.keys(all.get(acme)!),
    FIELDS.company.map(field => field.name),
  )
})

const parsed = (page: readonly (string | null)[]) => page.map(row => (row === null ? null : JSON.parse(row)))

test('a page is in the requested order, with null for a deleted record', async () => {
  const page = await fetchPage(pool, { service: 'contact', select: ['uuid', 'first_name'], populate: null }, [
    joe,
    dead,
    john,
  ])
  assert.deepEqual(parsed(page), [{ uuid: joe, first_name: 'joe' }, null, { uuid: john, first_name: 'john' }])
})

test('populate adds the company, or null if it is unknown or deleted', async () => {
  const selection = { service: 'contact', select: ['first_name'], populate: { select: ['uuid', 'name'] } } as const
  assert.deepEqual(parsed(await fetchPage(pool, selection, [john, jane, joe])), [
    { first_name: 'john', company: { uuid: acme, name: 'Acme' } },
    { first_name: 'jane', company: null },
    { first_name: 'joe', company: null },
  ])
  const [whole] = parsed(await fetchPage(pool, { ...selection, populate: { select: null } }, [john]))
  assert.deepEqual(whole.company, (await fetchRecords(pool, 'company', [acme], null)).get(acme))
})

test('a company without values in the selected columns is still returned', async () => {
  const selection = { service: 'contact', select: ['uuid'], populate: { select: ['phone_number'] } } as const
  assert.deepEqual(await fetchPage(pool, selection, [john, jane]), [
    `{"uuid":"${john}","company":{"phone_number":null}}`,
    `{"uuid":"${jane}","company":null}`,
  ])
})

test('a row is written as JSON.stringify would write it', async () => {
  const uuid = randomUUID()
  const title = '\u0001\b\f\n\r\t"\\/<é日😀\u007f\u2028'
  await upsert(pool, { companies: [], contacts: [{ uuid, values: { title, departments: [title, ''] } }] })
  const select = ['title', 'departments', 'uuid', 'stage']
  const [row] = await fetchPage(pool, { service: 'contact', select, populate: null }, [uuid])
  assert.equal(row, JSON.stringify({ title, departments: [title, ''], uuid, stage: null }))
  const [whole] = await fetchPage(pool, { service: 'contact', select: null, populate: { select: null } }, [uuid])
  assert.equal(whole, JSON.stringify(JSON.parse(whole!)))
  await softDelete(pool, 'contact', [uuid])
})

test('the parts of a large page are its rows in order, without those that have gone, whatever they contain', async () => {
  const keywords = Array.from({ length: 60 }, (_, item) =>
    `${item} \u0001\u0002\n\r,"'\\.é日😀`.padEnd(1000, `${item}`),
  )
  const company = randomUUID()
  const uuids = Array.from({ length: 30 }, () => randomUUID())
  await upsert(pool, {
    companies: [{ uuid: company, values: { name: 'Large', keywords } }],
    contacts: uuids.map(uuid => ({ uuid, values: { first_name: 'ann', title: '\\.', company_id: company } })),
  })
  const selection = { service: 'contact', select: null, populate: { select: null } } as const
  const page = await openPage(pool, selection, [...uuids, unknown])
  assert.equal(page.rows, null)
  await softDelete(pool, 'contact', [uuids[7]!])
  const rows = new Map<number, string>()
  let pieces: Buffer[] = []
  for await (const part of page.portions(new AbortController().signal)) {
    if (Buffer.isBuffer(part)) pieces.push(part)
    else {
      rows.set(part.endOf, `${Buffer.concat(pieces)}}`)
      pieces = []
    }
  }
  const places = uuids.map((_, place) => place).filter(place => place !== 7)
  assert.deepEqual([...rows.keys()], places)
  for (const place of places) assert.equal(rows.get(place), await fetchOne(pool, selection, uuids[place]!))
  await softDelete(pool, 'contact', uuids)
})

test('an unknown column is an error, and never becomes part of a statement', async () => {
  const select = ['uuid; DROP TABLE contacts']
  await assert.rejects(fetchPage(pool, { service: 'contact', select, populate: null }, [john]), {
    code: 'ERR_UNKNOWN_FIELD',
  })
})

test("rows of values have one value per column, including the company's, and leave out deleted records", async () => {
  const columns = ['first_name', 'company_name', 'company_employees_count', 'company_id']
  assert.deepEqual(await fetchValues(pool, 'contact', columns, [jane, dead, john]), [
    ['jane', null, null, gone],
    ['john', 'Acme', 500, acme],
  ])
})

test('the index gets dates in milliseconds, and null for deleted records', async () => {
  const connection = await pool.connect()
  const [live, ...others] = await fetchForIndex(connection, 'company', [acme, gone, unknown])
  connection.release()
  const { created_at } = (await fetchRecords(pool, 'company', [acme], ['created_at'])).get(acme)!
  assert.equal(live!.record!.created_at, Date.parse(String(created_at)))
  assert.deepEqual(live!.record!.industries, ['Oil, Gas', 'NULL', '{}', 'a\\"b'])
  assert.deepEqual(
    others.sort((a, b) => a.uuid.localeCompare(b.uuid)),
    [gone, unknown].sort().map(uuid => ({ service: 'company', uuid, record: null })),
  )
})
