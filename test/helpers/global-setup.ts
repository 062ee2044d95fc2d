/** Runs once before all test files: starts a PostgreSQL server and creates a migrated database, which each file clones. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openPool } from '../../src/database/pool.ts'

let directory: string
let server: EmbeddedServer

export async function globalSetup(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'connectra-test-'))
  server = await startEmbeddedServer(directory, {
    command: 'test',
    settings: ['fsync=off', 'max_connections=300'],
  })
  const admin = openPool(server.url('postgres'))
  await admin.query('CREATE DATABASE connectra_template')
  await admin.end()
  const template = openPool(server.url('connectra_template'))
  await migrate(template)
  await template.end()
  process.env.CONNECTRA_TEST_SERVER = server.url('DATABASE')
}

export async function globalTeardown(): Promise<void> {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
}
