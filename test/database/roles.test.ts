import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { migrate } from '../../src/database/migrate.ts'
import { openPool } from '../../src/database/pool.ts'
import { APP_ROLE, ensureDatabase } from '../../src/database/roles.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { adminUrl, url } = await createTestDatabase()
const name = `test_${randomBytes(8).toString('hex')}`
const at = (address: string) => (database: string) => {
  const changed = new URL(address)
  changed.pathname = `/${database}`
  return changed.href
}
const server = openPool(at(adminUrl)('postgres'), { max: 1 })
after(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await server.end()
})

test('a database of an earlier version, which belongs to the superuser, is handed over to the role', async () => {
  assert.equal(await ensureDatabase(at(adminUrl), name, false), false, 'it is not created unless wanted')
  await server.query(`CREATE DATABASE ${name}`)
  const admin = openPool(at(adminUrl)(name))
  await migrate(admin)
  await admin.query(`INSERT INTO secrets (name, value) VALUES ('kept', '\\x00')`)
  const foreign = async () =>
    (
      await admin.query(
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> $1::regrole
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner <> $1::regrole`,
        [APP_ROLE],
      )
    ).rowCount
  assert.notEqual(await foreign(), 0)
  assert.equal(await ensureDatabase(at(adminUrl), name, false), true)
  assert.equal(await foreign(), 0)
  await admin.end()

  const pool = openPool(at(url)(name))
  assert.deepEqual(await migrate(pool), [])
  assert.equal((await pool.query('SELECT FROM secrets')).rowCount, 1)
  await pool.query(
    'DROP TABLE job_warnings; CREATE TABLE job_warnings (); SELECT setval($$job_claims$$, 7); CHECKPOINT',
  )
  await assert.rejects(pool.query('CREATE ROLE other SUPERUSER'), { code: '42501' })
  await assert.rejects(pool.query(`COPY secrets TO PROGRAM 'cat'`), { code: '42501' })
  await pool.end()
})
