/**
 * Runs once before all test files: starts a PostgreSQL server, creates a migrated database, which each file clones, and the data
 * directory of a complete installation, which tests copy.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type EmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openPool } from '../../src/database/pool.ts'
import { ensureDatabase } from '../../src/database/roles.ts'

const run = promisify(execFile)
/** Compiled sources. Without them every test file and every process it starts compiles them again. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled')

/**
 * A file system in memory, on Linux. The tests create and remove some ten thousand files of databases, which takes four times as
 * long on ext4: it looks for a while at every recently deleted inode before it takes a free one.
 */
const MEMORY = '/dev/shm'
/** Bytes. The tests need about a third of it at a time. */
const ENOUGH = 4e9

let directory: string
let server: EmbeddedServer

export async function globalSetup(): Promise<void> {
  process.env.NODE_COMPILE_CACHE ??= COMPILED
  if (process.env.TMPDIR === undefined && (await freeSpace(MEMORY)) >= ENOUGH) process.env.TMPDIR = MEMORY
  directory = await mkdtemp(join(tmpdir(), 'connectra-test-'))
  const home = join(directory, 'data')
  const used = join(directory, 'used')
  await makeInstallation(home)
  await run('cp', ['-a', home, used])
  server = await startEmbeddedServer(home, {
    command: 'test',
    settings: ['fsync=off', 'full_page_writes=off', 'max_connections=300'],
  })
  const admin = openPool(server.adminUrl('postgres'))
  await admin.query('ALTER DATABASE connectra RENAME TO connectra_template')
  await admin.end()
  process.env.CONNECTRA_TEST_SERVER = server.url('DATABASE')
  process.env.CONNECTRA_TEST_ADMIN = server.adminUrl('DATABASE')
  process.env.CONNECTRA_TEST_DATA = used
}

export async function globalTeardown(): Promise<void> {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
}

/** In bytes; 0 if the directory does not exist. */
async function freeSpace(directory: string): Promise<number> {
  const stats = await statfs(directory).catch(() => null)
  return stats === null ? 0 : stats.bavail * stats.bsize
}

/** What a first start creates, except keys and secrets. */
async function makeInstallation(home: string): Promise<void> {
  const first = await startEmbeddedServer(home, { command: 'test', settings: ['fsync=off'] })
  await ensureDatabase(first.adminUrl, 'connectra', true)
  const database = openPool(first.url('connectra'))
  await migrate(database)
  await database.end()
  await first.stop()
}
