/** A separate database per test file: a clone of the migrated template, dropped when the file ends. */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { type Database, openPool } from '../../src/database/pool.ts'

export interface TestDatabase {
  readonly url: string
  readonly pool: Database
}

function serverUrl(database: string): string {
  const url = process.env.CONNECTRA_TEST_SERVER
  if (!url)
    throw new Error(
      'CONNECTRA_TEST_SERVER is not set: run the tests with `npm test`, whose global setup starts PostgreSQL',
    )
  return url.replace('DATABASE', database)
}

/** Call this at the top of a test file, or in a test that needs its own empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const admin = openPool(serverUrl('postgres'), { max: 1 })
  await admin.query(`CREATE DATABASE ${name} TEMPLATE connectra_template`)
  const url = serverUrl(name)
  const pool = openPool(url)
  after(async () => {
    await pool.end()
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.end()
  })
  return { url, pool }
}
