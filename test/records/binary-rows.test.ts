import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIELDS } from '../../src/fields.ts'
import {
  copyRows,
  eachItemOfArray,
  readBigint,
  readTimestamp,
  type TakeRow,
} from '../../src/records/read/binary-rows.ts'
import { fetchForIndex } from '../../src/records/read/fetch.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'

/** Decodes the binary rows of companies. */
function decoder(take: (record: Record<string, unknown>) => void): TakeRow {
  return (row, places) => {
    const record: Record<string, unknown> = {}
    FIELDS.company.forEach((field, index) => {
      const start = places[2 * index]!
      const end = places[2 * index + 1]!
      if (start < 0) record[field.name] = null
      else if (field.kind === 'date') record[field.name] = readTimestamp(row, start)
      else if (field.kind === 'integer') record[field.name] = readBigint(row, start)
      else if (field.kind === 'uuid')
        record[field.name] = row.toString('hex', start, end).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      else if (field.kind === 'list') {
        const items: string[] = []
        eachItemOfArray(row, start, (_, from, to) => items.push(row.toString('utf8', from, to)))
        record[field.name] = items
      } else record[field.name] = row.toString('utf8', start, end)
    })
    take(record)
  }
}

test('binary rows have the values of the records at one moment, and each record once over all parts of the table', async () => {
  const { pool } = await createTestDatabase()
  const uuid = (place: number) => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`
  const companies: RecordWrite[] = Array.from({ length: 3000 }, (_, place) => ({
    uuid: uuid(place),
    values: {
      name: `${NAUGHTY_STRINGS[place % NAUGHTY_STRINGS.length]} ${place}`,
      ...(place % 2 === 0 && { keywords: ['a,b', '{"c"}', `é${place}`] }),
      ...(place % 3 === 0 && { employees_count: place % 7 === 0 ? 2 ** 53 - 1 : place }),
      ...(place % 5 === 0 && { address: 'x'.repeat(7000) }),
    },
  }))
  await upsert(pool, { companies, contacts: [] })
  await pool.query(`UPDATE companies SET deleted_at = now() WHERE uuid = $1`, [uuid(7)])
  await pool.query(`UPDATE companies SET created_at = '1969-12-31T23:59:59.999Z' WHERE uuid = $1`, [uuid(8)])
  const connection = await pool.connect()
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const { rows } = await connection.query(
    `SELECT pg_relation_size('companies') / 8192 AS pages, array_agg(uuid) AS uuids FROM companies WHERE deleted_at IS NULL`,
  )
  await upsert(pool, { companies: [{ uuid: uuid(9999), values: { name: 'Late' } }], contacts: [] })
  const found = new Map<unknown, Record<string, unknown>>()
  let count = 0
  let portions = 0
  const third = Math.ceil(rows[0].pages / 3)
  for (const [from, to] of [
    [0, third],
    [third, 2 * third],
    [2 * third, null],
  ] as const) {
    const take = decoder(record => {
      count++
      found.set(record.uuid, record)
    })
    await copyRows(connection, 'company', { from, to }, take, () => portions++)
  }
  const expected = await fetchForIndex(connection, 'company', rows[0].uuids)
  await connection.query('COMMIT')
  connection.release()
  assert.equal(count, 2999)
  assert.ok(portions > 3)
  for (const { uuid, record } of expected) assert.deepEqual(found.get(uuid), { ...record })
})
