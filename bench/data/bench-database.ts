/** A temporary PostgreSQL for a benchmark. It is removed when the benchmark ends, even after an error. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import { ensureDatabase } from '../../src/database/roles.ts'
import { interruption } from '../shared/interruption.ts'

export interface BenchDatabase {
  readonly directory: string
  readonly url: string
  readonly database: Database
  /** Creates a further, empty database and returns its URL. */
  createDatabase(name: string): Promise<string>
}

/** Runs `work` with a migrated, empty database. Ctrl-C also stops the server and removes the files. */
export async function withDatabase(work: (bench: BenchDatabase) => Promise<void>): Promise<void> {
  const interrupted = interruption()
  const directory = await mkdtemp(join(tmpdir(), 'connectra-bench-'))
  let server: EmbeddedServer | undefined
  let database: Database | undefined
  try {
    server = await startEmbeddedServer(directory, { command: 'bench' })
    const { adminUrl, url: urlOf } = server
    const createDatabase = async (name: string) => {
      await ensureDatabase(adminUrl, name, true)
      return urlOf(name)
    }
    const url = await createDatabase('bench')
    database = openPool(url)
    await migrate(database)
    await Promise.race([work({ directory, url, database, createDatabase }), interrupted])
  } finally {
    await server?.stop()
    await database?.end().catch(() => {})
    await rm(directory, { recursive: true, force: true })
  }
}
