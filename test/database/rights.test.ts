import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { migrate } from '../../src/database/migrate.ts'
import { requireMigrated } from '../../src/database/open-database.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import { missingRight } from '../../src/database/rights.ts'
import { APP_ROLE } from '../../src/database/roles.ts'
import { createTestDatabase } from '../helpers/database.ts'

// Registered first, so that it runs before the database is dropped.
after(async () => {
  await pool.end()
  await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await admin.end()
})
const { adminUrl } = await createTestDatabase()
const admin = openPool(adminUrl)
const role = `role_${randomBytes(4).toString('hex')}`
await admin.query(`CREATE ROLE ${role} LOGIN`)
const pool = as(role)
const database = (await admin.query<{ name: string }>('SELECT current_database() AS name')).rows[0]!.name
function as(user: string): Database {
  const address = new URL(adminUrl)
  address.username = user
  return openPool(address.href, { max: 1 })
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => '',
    error => `${error.code}: ${error.message}`,
  )
}

function lacking(...grants: string[]): string {
  return `ERR_UNAVAILABLE: the role ${role} lacks rights in the database ${database}. Run as its owner or as an administrator: ${grants.join('; ')}`
}

test('a role that may not use the tables, or create any, is told the GRANT; with it, it works', async () => {
  const tables = [
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
  ]
  await admin.query(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`)
  const temporary = `GRANT TEMPORARY ON DATABASE ${database} TO ${role}`
  assert.equal(await refusalOf(requireMigrated(pool)), lacking(temporary, ...tables))
  await admin.query([temporary, ...tables].join(';'))
  await requireMigrated(pool)
  assert.deepEqual(await migrate(pool), [], 'nothing has to be created')

  await admin.query('DELETE FROM migrations')
  const create = `GRANT CREATE ON SCHEMA public TO ${role}`
  assert.equal(await refusalOf(migrate(pool)), lacking(create, `GRANT ${APP_ROLE} TO ${role}`))

  await admin.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  const use = `GRANT USAGE, CREATE ON SCHEMA public TO ${role}`
  assert.equal(await refusalOf(migrate(pool)), lacking(use))
  await admin.query(use)
  assert.equal((await migrate(pool))[0], '0001_initial.sql')
})

test('a read-only database and a standby are named as such', async () => {
  await pool.query('SET default_transaction_read_only = on')
  assert.match(await refusalOf(requireMigrated(pool)), /is read-only \(default_transaction_read_only is on\): /)
  await requireMigrated(pool, { reads: true })
  const rights = { role, database, standby: true, readOnly: true, schema: 'public', owner: null }
  assert.equal(
    missingRight({ ...rights, create: true, temporary: true, tables: true }, false),
    'the PostgreSQL at DATABASE_URL is a read-only standby: point DATABASE_URL at the primary server',
  )
})
