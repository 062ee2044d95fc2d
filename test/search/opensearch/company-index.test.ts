import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCompanyIndex } from '../../../src/search/opensearch/write/database-source.ts'
import { createTestDatabase } from '../../helpers/database.ts'
import { waitUntil } from '../../helpers/wait-until.ts'

test('The index of contacts by company is created once, beside older transactions, also if two leaders try', async () => {
  const { url, pool } = await createTestDatabase()
  const lines: string[] = []
  const add = (_: object, message: string) => void lines.push(message)
  const log = { info: add, warn: add, error: add }
  const isValid = async () => {
    const { rows } = await pool.query(
      `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('contacts_company')`,
    )
    return rows[0]?.valid
  }
  const older = await pool.connect()
  await older.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM contacts')
  const creation = createCompanyIndex(url, log)
  await waitUntil('the creation waits for the older transaction', async () => {
    const { rows } = await pool.query(
      `SELECT FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase LIKE 'waiting%'`,
    )
    return rows.length > 0
  })
  await createCompanyIndex(url, log)
  assert.equal(await isValid(), false)
  await older.query('COMMIT')
  older.release()
  await creation
  assert.equal(await isValid(), true)
  await createCompanyIndex(url, log)
  assert.deepEqual(lines, ['created the index of contacts by their company'])
})
