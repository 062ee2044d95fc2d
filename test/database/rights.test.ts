import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { openKeyRing } from '../../src/access/key-ring.ts'
import { createKey } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { readConfig } from '../../src/config.ts'
import { migrate } from '../../src/database/migrate.ts'
import { requireMigrated } from '../../src/database/open-database.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import { missingRight } from '../../src/database/rights.ts'
import { APP_ROLE } from '../../src/database/roles.ts'
import { JOB_HANDLERS, type JobType } from '../../src/jobs/job-types.ts'
import { createJob } from '../../src/jobs/queue/queue.ts'
import { dropRejects, trimFeed } from '../../src/jobs/queue/retention.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { openTrialMerge } from '../../src/records/write/trial-merge.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { openStore } from '../../src/store.ts'
import { backUp, restoreFrom } from '../backup/backups.ts'
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

/** The statements of docs/postgresql.md, for other names. */
function documentedSql(name: string, owner: string): string[][] {
  const document = readFileSync(join(import.meta.dirname, '../../docs/postgresql.md'), 'utf8')
  return [...document.matchAll(/```sql\n(.*?)```/gs)].map(([, block]) =>
    block!
      .replace(/\bconnectra_owner\b/g, owner)
      .replace(/\bconnectra\b/g, name)
      .split(/;\n/)
      .filter(Boolean),
  )
}

test('the documented role with the least rights can do everything but migrate', async () => {
  const [name, owner] = [`least_${randomBytes(4).toString('hex')}`, `owner_${randomBytes(4).toString('hex')}`]
  const [byAdministrator, byOwner] = documentedSql(name, owner)
  const url = (user: string) => {
    const address = new URL(adminUrl)
    address.username = user
    address.pathname = `/${name}`
    return address.href
  }
  const directory = mkdtempSync(join(tmpdir(), 'connectra-rights-'))
  for (const statement of byAdministrator!) await admin.query(statement)
  const [owning, least] = [openPool(url(owner), { max: 1 }), openPool(url(name), { max: 2 })]
  try {
    await owning.query(byOwner!.join(';'))
    await migrate(owning)
    assert.deepEqual(await migrate(least), [])
    await assert.rejects(least.query('CREATE TABLE extra ()'), { code: '42501' })
    await assert.rejects(least.query('ALTER TABLE companies ADD extra int'), { code: '42501' })
    await assert.rejects(least.query('TRUNCATE companies'), { code: '42501' })

    const log = { info() {}, warn() {}, error() {} }
    const store = await openStore(readConfig({ DATA_DIR: directory }), least, () => '')
    const engine = openEmbeddedEngine({ databaseUrl: url(name), directory: join(directory, 'index'), log })
    try {
      await engine.ready()
      const keys = await openKeyRing(least)
      const { id, key } = await createKey(least, 'test')
      await keys.refresh()
      assert.equal(keys.verify(key)?.name, 'test')
      assert.ok(await revokeKey(least, id))
      await keys.close()

      const uuid = '11111111-1111-4111-8111-111111111111'
      const { seq } = await upsert(least, { companies: [{ uuid, values: { name: 'Acme' } }], contacts: [] })
      assert.ok(await engine.waitFor(seq, 10_000))
      await store.put('uploads/a.csv', Readable.from(['First Name,Last Name,Email\nAda,Doe,ada@x.example\n,,\n']))
      const run = async (jobType: JobType, data: Record<string, unknown>) => {
        const job = await createJob(least, { jobType, data, retryCount: 0, retryIntervalSeconds: 0 })
        const about = { database: least, databaseUrl: url(name), engine, store, handlers: JOB_HANDLERS, log }
        const ended = await runJob({ ...about, uuid: job.uuid })
        assert.equal(ended.status, 'completed', JSON.stringify(ended.response))
      }
      await run('insert_csv_file', { s3_key: 'uploads/a.csv' })
      await run('export_csv_file', { service: 'contact', vql: { select_columns: ['uuid', 'email'] } })
      ;(await openTrialMerge(least)).close()
      assert.deepEqual((await softDelete(least, 'company', [uuid])).deleted, [uuid])
      await trimFeed(least, 3600)
      await dropRejects(least, 3600)

      const backup = await backUp(least)
      await least.query('DELETE FROM companies; DELETE FROM contacts; DELETE FROM jobs')
      const { contacts } = await restoreFrom(least, backup)
      assert.equal(contacts, 1)
    } finally {
      await engine.close()
    }
  } finally {
    await Promise.all([owning.end(), least.end()])
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.query(`DROP ROLE ${name}`)
    await admin.query(`DROP ROLE ${owner}`)
    rmSync(directory, { recursive: true })
  }
})
