import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { writeCells, writeRow } from '../../src/csv/write.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import { FIELDS, queryableNames, type Service } from '../../src/fields.ts'
import { exportRows } from '../../src/records/read/export-rows.ts'
import type { ExportColumns } from '../../src/records/read/export-sql.ts'
import { fetchValues } from '../../src/records/read/fetch.ts'
import type { RecordWrite, Value } from '../../src/records/record.ts'
import { cleanText } from '../../src/records/values/clean.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { anyText } from '../helpers/any-text.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fetchPage } from '../helpers/fetch-page.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'
import { rounds } from '../helpers/rounds.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const { pool, url } = await createTestDatabase()

/** Yields UUIDs in pieces, as an engine does. */
async function* inPieces(uuids: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let at = 0; at < uuids.length; at += 1000) yield uuids.slice(at, at + 1000)
}

async function exported(columns: ExportColumns, uuids: readonly string[], database: Database = pool) {
  const parts: (Uint8Array | string)[] = []
  let rows = 0
  for await (const part of exportRows(database, columns, inPieces(uuids), 2)) {
    parts.push(part.bytes)
    rows += part.rows
  }
  return { text: Buffer.concat(parts.map(part => Buffer.from(part))).toString(), rows }
}

/** Text as it is stored, after cleaning. */
const text = fc
  .oneof(
    { weight: 2, arbitrary: anyText({ maxLength: 12 }) },
    {
      weight: 3,
      arbitrary: fc.string({
        unit: fc.constantFrom(...'\'=+-@＝＠"\\,;|[]:.() 10aé日\u2028\u00a0\u200d'.split(''), ' ::: ', '😀'),
        maxLength: 8,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('+1 (415) 555-0100', '+1.415.555 0100', '+1 2.', '-1,5', '+1,5.2', '-1.', '\\.'),
    },
    { weight: 1, arbitrary: fc.constantFrom(...NAUGHTY_STRINGS, '""', "''", '[]') },
  )
  .map(raw => cleanText(raw.toWellFormed()))
  .filter(cleaned => cleaned !== null)

const list = fc.array(text, { minLength: 1, maxLength: 4 })

function valuesOf(service: Service): fc.Arbitrary<Record<string, Value>> {
  const settable = FIELDS[service].filter(
    ({ settable, kind, name }) => settable && kind !== 'uuid' && name !== 'normalized_domain',
  )
  const arbitraries = settable.map(
    ({ name, kind }) =>
      [name, kind === 'list' ? list : kind === 'integer' ? fc.integer({ min: -5, max: 2 ** 40 }) : text] as const,
  )
  return fc.record(Object.fromEntries(arbitraries), { requiredKeys: [] }) as fc.Arbitrary<Record<string, Value>>
}

test('PostgreSQL writes the same lines as the plain writer', async () => {
  const pair = fc.tuple(valuesOf('company'), valuesOf('contact'), fc.boolean())
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 20 }), async pairs => {
      const companies: RecordWrite[] = pairs.map(([values]) => ({ uuid: randomUUID(), values }))
      const contacts = pairs.map(([, values, employed], place) => ({
        uuid: randomUUID(),
        values: { ...values, ...(employed ? { company_id: companies[place]!.uuid } : {}) },
      }))
      await upsert(pool, { companies, contacts })
      for (const [service, writes] of [['company', companies] as const, ['contact', contacts] as const]) {
        const uuids = writes.map(write => write.uuid)
        const columns = queryableNames(service)
        const rows = await fetchValues(pool, service, columns, uuids)
        const { text } = await exported({ service, columns, format: 'csv' }, uuids)
        assert.equal(text, writeCells(columns) + rows.map(writeRow).join(''))
        const json = await exported({ service, columns, format: 'ndjson' }, uuids)
        const objects = rows.map(row => Object.fromEntries(columns.map((name, place) => [name, row[place]])))
        assert.deepEqual(
          json.text
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line)),
          objects,
        )
      }
    }),
    { numRuns: rounds(30, 100) },
  )
})

test('a row with a single column is never an empty line', async () => {
  const uuids = [randomUUID(), randomUUID(), randomUUID()]
  const titles = [{ title: 'x' }, { first_name: 'no title' }, { title: '\\.' }]
  await upsert(pool, { companies: [], contacts: uuids.map((uuid, place) => ({ uuid, values: titles[place]! })) })
  const { text } = await exported({ service: 'contact', columns: ['title'], format: 'csv' }, uuids)
  assert.equal(text, `title\n${[['x'], [null], ['\\.']].map(writeRow).join('')}`)
  const lists = await exported({ service: 'contact', columns: ['departments'], format: 'csv' }, uuids)
  assert.equal(lists.text, 'departments\n""\n""\n""\n')
})

test('a line of ndjson is the record as the API returns it', async () => {
  const uuid = randomUUID()
  const values = { title: '"\\/é日😀\u2028\u0001', departments: ['a,b', '[', "'"], first_name: 'ann' }
  await upsert(pool, { companies: [], contacts: [{ uuid, values }] })
  const columns = FIELDS.contact.map(field => field.name)
  const { text } = await exported({ service: 'contact', columns, format: 'ndjson' }, [uuid])
  const [reply] = await fetchPage(pool, { service: 'contact', select: columns, populate: null }, [uuid])
  assert.equal(text, `${reply}\n`)
})

test('many portions arrive in order, with each record once and without deleted records', async () => {
  const contacts = Array.from({ length: 9001 }, () => ({ uuid: randomUUID(), values: { first_name: 'many' } }))
  await upsert(pool, { companies: [], contacts })
  const uuids = contacts.map(contact => contact.uuid)
  await softDelete(pool, 'contact', [uuids[4321]!])
  const { text, rows } = await exported({ service: 'contact', columns: ['uuid'], format: 'csv' }, uuids)
  const expected = uuids.filter((_, place) => place !== 4321)
  assert.equal(rows, 9000)
  assert.deepEqual(text.trimEnd().split('\n'), ['uuid', ...expected])
})

test('stopping in the middle releases the connections and ends their statements', async () => {
  const small = openPool(url, { max: 2 })
  const uuids = Array.from({ length: 20_000 }, () => randomUUID())
  const columns = { service: 'contact', columns: ['uuid', 'title'], format: 'csv' } as const
  let parts = 0
  for await (const _ of exportRows(small, columns, inPieces(uuids), 2)) if (++parts === 2) break
  const { text } = await exported(columns, uuids.slice(0, 1), small)
  assert.equal(text, 'uuid,title\n')
  await small.end()
})

test('a lost connection is an error, and never looks like the end', async () => {
  const small = openPool(url, { max: 2 })
  // Each row is larger than the buffer, so the statement is still running when its connection ends.
  const title = 'x'.repeat(2000)
  const departments = Array.from({ length: 1000 }, (_, place) => title + place)
  const contacts = Array.from({ length: 8 }, () => ({ uuid: randomUUID(), values: { departments } }))
  await upsert(pool, { companies: [], contacts })
  const columns = { service: 'contact', columns: ['departments'], format: 'csv' } as const
  await assert.rejects(async () => {
    for await (const { bytes } of exportRows(small, columns, inPieces(contacts.map(({ uuid }) => uuid)), 1)) {
      if (bytes.length < 1000) continue
      await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT%' AND datname = current_database()`,
      )
    }
  })
  await waitUntil('the pool has let go of it', async () => small.totalCount === small.idleCount, 5)
  await small.end()
})
