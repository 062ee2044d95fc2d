/** `bench start`: how long the index takes to build itself from PostgreSQL, and the memory it then holds. */
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import { loadRecords, withDatabase } from './bench-database.ts'
import { createGenerator } from './generate.ts'
import type { BenchOptions } from './main.ts'
import { residentMegabytes, significant, table } from './report.ts'

export const quiet = { info() {}, warn: console.error, error: console.error }

export async function benchStart({ sizes, json }: BenchOptions): Promise<void> {
  await withDatabase(async ({ url, database }) => {
    await loadRecords(database, createGenerator(sizes))
    const before = residentMegabytes()
    const started = performance.now()
    const engine = openEmbeddedEngine({ databaseUrl: url, log: quiet })
    await engine.ready()
    const seconds = (performance.now() - started) / 1000
    const after = residentMegabytes()
    const contacts = await engine.count('contact', { type: 'all' })
    const companies = await engine.count('company', { type: 'all' })
    await engine.close()
    const figures = {
      contacts,
      companies,
      seconds,
      recordsPerSecond: (contacts + companies) / seconds,
      residentMegabytes: after,
      ofWhichIndex: after - before,
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
