/** The process that `bench start` measures: nothing in it but the engine, and few writes. */
import { type Database, openPool } from '../src/database/pool.ts'
import { upsert } from '../src/records/upsert.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import type { SearchEngine } from '../src/search/engine.ts'
import { quiet } from './quiet.ts'
import { quantile, residentMegabytes } from './report.ts'

export type StartFigures = Readonly<Record<string, number>>

const WRITES = 300
/** Until the memory of building is given back. Milliseconds. */
const SETTLE = 2_000

async function measureStart(url: string): Promise<StartFigures> {
  const empty = residentMegabytes()
  const started = performance.now()
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
  await engine.ready()
  const seconds = (performance.now() - started) / 1000
  const building = residentMegabytes()
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
  return {
    contacts,
    companies,
    seconds,
    recordsPerSecond: (contacts + companies) / seconds,
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
