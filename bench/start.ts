/**
 * `bench start`: how long the index takes to build itself from PostgreSQL, the memory the process then holds, and
 * after how long a committed write is found.
 */
import type { Database } from '../src/database/pool.ts'
import { upsert } from '../src/records/upsert.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import type { SearchEngine } from '../src/search/engine.ts'
import { loadRecords, withDatabase } from './bench-database.ts'
import { createGenerator, type Generator as RecordGenerator } from './generate.ts'
import type { BenchOptions } from './main.ts'
import { quantile, residentMegabytes, significant, table } from './report.ts'

export const quiet = { info() {}, warn: console.error, error: console.error }

const WRITES = 300

export async function benchStart({ sizes, json }: BenchOptions): Promise<void> {
  const generator = createGenerator(sizes)
  await withDatabase(async ({ url, database }) => {
    await loadRecords(database, generator)
    const before = residentMegabytes()
    const started = performance.now()
    const engine = openEmbeddedEngine({ databaseUrl: url, log: quiet })
    await engine.ready()
    const seconds = (performance.now() - started) / 1000
    const built = residentMegabytes()
    const contacts = await engine.count('contact', { type: 'all' })
    const companies = await engine.count('company', { type: 'all' })
    const single = await visibleAfter(database, engine, generator, 1)
    const hundred = await visibleAfter(database, engine, generator, 100)
    const written = residentMegabytes()
    await engine.close()
    const figures = {
      contacts,
      companies,
      seconds,
      recordsPerSecond: (contacts + companies) / seconds,
      residentMegabytesBefore: before,
      residentMegabytesBuilt: built,
      residentMegabytesAfterWrites: written,
      msToFindOneWriteP50: quantile(single, 0.5),
      msToFindOneWriteP99: quantile(single, 0.99),
      msToFindAHundredP50: quantile(hundred, 0.5),
      msToFindAHundredP99: quantile(hundred, 0.99),
    }
    if (json) return console.log(JSON.stringify(figures))
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, significant(value)]),
      ),
    )
  })
}

/** Milliseconds from the answer to a commit of `size` changed contacts until searches see it, one after the other. */
async function visibleAfter(database: Database, engine: SearchEngine, generator: RecordGenerator, size: number) {
  const times: number[] = []
  for (let round = 0; round < WRITES; round++) {
    const contacts = Array.from({ length: size }, (_, place) => {
      const { uuid } = generator.write('contact', (round * 7919 + place * 31) % generator.sizes.contacts)
      return { uuid, values: { title: `Title ${size} ${round}` } }
    })
    const { seq } = await upsert(database, { companies: [], contacts })
    const committed = performance.now()
    if (!(await engine.waitFor(seq, 10_000))) throw new Error('a write was not found within 10 s')
    times.push(performance.now() - committed)
  }
  return times
}
