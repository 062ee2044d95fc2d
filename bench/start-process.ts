/** The process that `bench start` measures: nothing in it but the engine, and few writes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openPool } from '../src/database/pool.ts'
import { upsert } from '../src/records/upsert.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import { findSnapshot } from '../src/search/embedded/snapshot-manifest.ts'
import type { SearchEngine } from '../src/search/engine.ts'
import { quiet } from './quiet.ts'
import { quantile, residentMegabytes } from './report.ts'

export type StartFigures = Readonly<Record<string, number>>

const WRITES = 300
/** Until the memory of building is given back. Milliseconds. */
const SETTLE = 2_000

async function measureStart(url: string): Promise<StartFigures> {
  const empty = residentMegabytes()
  const directory = await mkdtemp(join(tmpdir(), 'connectra-bench-'))
  const snapshot = Promise.withResolvers<number>()
  const info = (details: object, message: string) => {
    if (message.endsWith('is written')) snapshot.resolve((details as { ms: number }).ms / 1000)
  }
  const options = { databaseUrl: url, directory, log: { ...quiet, info } }
  const started = performance.now()
  const engine = openEmbeddedEngine(options)
  await engine.ready()
  const seconds = (performance.now() - started) / 1000
  const building = residentMegabytes()
  const snapshotWriting = await snapshot.promise
  await settle()
  const built = residentMegabytes()
  const contacts = await engine.count('contact', { type: 'all' })
  const companies = await engine.count('company', { type: 'all' })
  const database = openPool(url)
  const { rows } = await database.query<{ uuid: string }>('SELECT uuid FROM contacts LIMIT 10000')
  const uuids = rows.map(row => row.uuid)
  const single = await visibleAfter(database, engine, uuids, 1)
  const hundred = await visibleAfter(database, engine, uuids, 100)
  await settle()
  const written = residentMegabytes()
  await database.end()
  await engine.close()
  const snapshotMegabytes = (await findSnapshot(directory))!.bytes / 1e6
  const restarted = performance.now()
  const again = openEmbeddedEngine({ ...options, log: { ...quiet, info: refuseBuilding } })
  await again.ready()
  const snapshotStart = (performance.now() - restarted) / 1000
  await again.close()
  await rm(directory, { recursive: true })
  return {
    contacts,
    companies,
    seconds,
    recordsPerSecond: (contacts + companies) / seconds,
    secondsToReadyFromSnapshot: snapshotStart,
    secondsToWriteSnapshot: snapshotWriting,
    snapshotMegabytes,
    residentMegabytesEmpty: empty,
    residentMegabytesBuilding: building,
    residentMegabytesBuilt: built,
    residentMegabytesAfterWrites: written,
    msToFindOneWriteP50: quantile(single, 0.5),
    msToFindOneWriteP99: quantile(single, 0.99),
    msToFindAHundredP50: quantile(hundred, 0.5),
    msToFindAHundredP99: quantile(hundred, 0.99),
  }
}

function refuseBuilding(_: object, message: string): void {
  if (message.startsWith('building')) throw new Error('the snapshot was not used')
}

const settle = () => new Promise(resolve => setTimeout(resolve, SETTLE))

/** Milliseconds from the answer to a commit of `size` changed contacts until searches see it, one after the other. */
async function visibleAfter(database: Database, engine: SearchEngine, uuids: readonly string[], size: number) {
  const times: number[] = []
  for (let round = 0; round < WRITES; round++) {
    const contacts = Array.from({ length: size }, (_, place) => ({
      uuid: uuids[(round * 7919 + place * 31) % uuids.length]!,
      values: { title: `Title ${size} ${round}` },
    }))
    const { seq } = await upsert(database, { companies: [], contacts })
    const committed = performance.now()
    if (!(await engine.waitFor(seq, 10_000))) throw new Error('a write was not found within 10 s')
    times.push(performance.now() - committed)
  }
  return times
}

process.send!(await measureStart(process.argv[2]!))
process.disconnect()
