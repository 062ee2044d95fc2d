import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()

test('a migrated database needs no migration', async () => {
  assert.deepEqual(await pendingMigrations(pool), [])
  assert.deepEqual(await migrate(pool), [])
})

test('a database of a newer version is rejected', async () => {
  await pool.query("INSERT INTO migrations (name) VALUES ('9999_future.sql')")
  await assert.rejects(migrate(pool), { code: 'ERR_CONFLICT' })
})

test('announce returns the seq of the last change row; each row has at most 10,000 UUIDs', async () => {
  const { rows } = await pool.query(
    `SELECT announce(ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 25000)), '{}') AS seq`,
  )
  const changes = await pool.query('SELECT seq, cardinality(uuids) AS uuids FROM changes ORDER BY seq')
  assert.deepEqual(
    changes.rows.map(row => row.uuids),
    [0, 10000, 10000, 5000],
  )
  assert.equal(rows[0].seq, changes.rows.at(-1).seq)
})
