/** A PostgreSQL server that can be killed and restarted under one address. */
import { mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type Database, openPool } from '../../src/database/pool.ts'

export interface KillableServer {
  readonly url: string
  readonly database: Database
  /** SIGKILL for the postmaster; returns when the server is restarted. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export async function startKillableServer(): Promise<KillableServer> {
  const directory = await mkdtemp(join(tmpdir(), 'kills-'))
  const address = join(directory, 'socket')
  let server: EmbeddedServer

  async function start(): Promise<void> {
    server = await startEmbeddedServer(join(directory, 'data'), { command: 'test' })
    const socket = new URL(server.url('postgres')).searchParams.get('host')!
    await symlink(socket, `${address}.new`)
    await rename(`${address}.new`, address)
  }

  await start()
  const url = new URL(server!.url('postgres'))
  url.searchParams.set('host', address)
  const database = openPool(url.href)
  await migrate(database)
  return {
    url: url.href,
    database,
    async kill() {
      const [pid] = (await readFile(join(directory, 'data', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      await server.ended
      await start()
    },
    async stop() {
      await database.end()
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
