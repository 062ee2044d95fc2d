import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../src/database/pool.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { createLines } from '../../src/records/write/stage.ts'
import { createStage } from '../../src/records/write/stage-batch.ts'
import { commitBatch, mergeBatch, type UpsertBatch, upsertRecords } from '../../src/records/write/upsert.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'

function uuid(index: number): string {
  return `00000000-0000-5000-8000-${String(index).padStart(12, '0')}`
}

/** More records than are held as objects, some of them repeated immediately, later and twice. */
function batch(): UpsertBatch {
  const contacts: RecordWrite[] = Array.from({ length: 1500 }, (_, index) => ({
    uuid: uuid(index),
    values: { first_name: `ada ${index}`, city: 'paris' },
  }))
  const further: RecordWrite[] = [
    { uuid: uuid(1499), values: { title: 'CTO' } },
    { uuid: uuid(0), values: { city: 'rome', title: undefined } },
    { uuid: uuid(0), values: { last_name: 'lovelace' } },
    { uuid: uuid(1), values: { city: 'paris' } },
    { uuid: uuid(2), values: { city: null } },
  ]
  const company = (index: number, values: RecordWrite['values']): RecordWrite => ({ uuid: uuid(9000 + index), values })
  const companies = [
    ...Array.from({ length: 600 }, (_, index) => ({
      ...company(index, { name: `Acme ${index}` }),
      emailDomain: 'a.com',
    })),
    company(0, { website: 'acme.com' }),
    { ...company(1, {}), emailDomain: 'b.com' },
  ]
  return { companies, contacts: [...contacts, ...further] }
}

test('a batch staged while it is read has the same result and counts as one staged as a whole', async () => {
  const [whole, staged] = [await createTestDatabase(), await createTestDatabase()]
  const stage = createStage()
  for (let times = 0; times < 2; times++) {
    const { companies, contacts } = batch()
    const expected = await transaction(whole.pool, async connection => {
      const result = await upsertRecords(connection, { companies, contacts })
      await commitBatch(connection, result)
      return result
    })
    for (const write of companies) stage.company(write)
    for (const write of contacts) stage.contact(write)
    const found = await transaction(staged.pool, async connection => {
      const result = await mergeBatch(connection, stage.take())
      await commitBatch(connection, result)
      return result
    })
    const counts = ({ companies, contacts }: typeof found) =>
      [companies, contacts].map(({ created, updated, unchanged }) => [created, updated, unchanged])
    assert.deepEqual(counts(found), counts(expected))
  }
  for (const table of ['companies', 'contacts']) {
    const rows = `SELECT to_jsonb(t) - 'id' - 'created_at' - 'updated_at' AS row FROM ${table} t ORDER BY uuid`
    assert.deepEqual((await staged.pool.query(rows)).rows, (await whole.pool.query(rows)).rows)
  }
})

/** Rows of a few records that set, keep, change and clear values, and take them back. */
function histories(): RecordWrite[][] {
  const values = (of: number): RecordWrite['values'][] => [
    { name: `Acme ${of}`, city: 'rome' },
    { name: `Acme ${of}`, city: 'rome', website: undefined },
    { city: 'oslo', industries: ['a', 'b'] },
    { city: 'oslo', industries: ['a', 'b'] },
    { city: 'rome', industries: ['b', 'a'] },
    { employees_count: 5, website: 'acme.com' },
    { website: 'www.acme.com', normalized_domain: 'other.com' },
    { city: null },
    {},
  ]
  return [3, 5, 9].map(step =>
    Array.from({ length: 40 }, (_, row) => {
      const of = (row * step) % 4
      const own = values(of)
      const domain = row % 6 === 0 ? { emailDomain: `mail${row % 12}.com` } : {}
      return { uuid: uuid(of), values: own[(row * (step + 2)) % own.length]!, ...domain }
    }),
  )
}

test('rows of one batch update as many records as the same rows in batches of their own', async () => {
  const [together, apart] = [await createTestDatabase(), await createTestDatabase()]
  const count = async (database: typeof apart, rows: readonly RecordWrite[]) => {
    const stage = createStage()
    for (const row of rows) stage.company(row)
    return await transaction(database.pool, async connection => {
      const result = await mergeBatch(connection, stage.take())
      await commitBatch(connection, result)
      const { created, updated, furtherUpdates } = result.companies
      return [created, updated + furtherUpdates]
    })
  }
  const deleted = `UPDATE companies SET deleted_at = now() WHERE uuid = '${uuid(2)}'`
  for (const rows of histories()) {
    const sum = [0, 0]
    for (const row of rows) for (const [place, number] of (await count(apart, [row])).entries()) sum[place]! += number
    assert.ok(sum[1]! > 15)
    assert.deepEqual(await count(together, rows), sum)
    for (const { pool } of [together, apart]) await pool.query(deleted)
  }
})

test('taking back a line returns the record it was made from', () => {
  const values = [...NAUGHTY_STRINGS, 'a\tb\\n\r\n\\', '\\N', '{"a"}'].filter(text => text !== '')
  for (const text of values) {
    const lines = createLines('company')
    const write = {
      uuid: uuid(1),
      values: { name: text, keywords: [text, `${text}, "2"`], employees_count: 2 ** 53, city: null },
      emailDomain: 'a.com',
    }
    lines.add(write)
    const taken = lines.takeBack(0)
    assert.deepEqual(JSON.parse(JSON.stringify(taken)), write)
    assert.equal(lines.take().records, 0)
  }
})
