/** Kills import workers many times: `node test/faults/kills.ts --kills 200 [--rows 100000] [--freezes 1]`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { importUnderKills } from './import-under-kills.ts'
import { startKillableServer } from './killable-server.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rows: { type: 'string', default: '100000' },
    freezes: { type: 'string', default: '1' },
  },
})
const directory = await mkdtemp(join(tmpdir(), 'kills-files-'))
const server = await startKillableServer()
try {
  await importUnderKills({
    database: server.database,
    databaseUrl: server.url,
    directory,
    rows: Number(values.rows),
    kills: Number(values.kills),
    freezes: Number(values.freezes),
    longestLifeMs: 2000,
    killServer: server.kill,
    log: line => console.log(line),
  })
} finally {
  await server.stop()
  await rm(directory, { recursive: true })
}
