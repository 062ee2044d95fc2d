import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { importUnderKills } from './import-under-kills.ts'
import { startKillableServer } from './killable-server.ts'

const directory = await mkdtemp(join(tmpdir(), 'connectra-files-'))
const server = await startKillableServer()
after(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

test('an import whose workers and database are killed ends as if nothing had happened', async context => {
  await importUnderKills({
    database: server.database,
    databaseUrl: server.url,
    directory,
    rows: 20_000,
    kills: 4,
    freezes: 0,
    longestLifeMs: 600,
    killServer: server.kill,
    log: line => context.diagnostic(line),
  })
})
