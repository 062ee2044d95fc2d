/**
 * `bench search`: every class of queries on the index and on PostgreSQL alone, in one process, on the same data, one request at a time.
 * Parameters are drawn for each request. The answers of the first requests are compared.
 */
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { startProgress } from '../shared/progress.ts'
import { quietLog } from '../shared/quiet-log.ts'
import { printReport } from '../shared/report.ts'
import { buildIndex } from './build-index.ts'
import { measureClasses } from './measure-classes.ts'
import { preparePlainPostgres } from './plain-tables.ts'
import { type ClassFigures, searchTables, summarise } from './search-report.ts'

export async function benchSearch(options: BenchOptions): Promise<void> {
  const { sizes, postgres } = options
  const generator = createGenerator(sizes)
  const say = startProgress()
  if (!postgres) {
    say('building the index …')
    const { engine } = await buildIndex(sizes)
    return report(options, await measureClasses(options, generator, engine, null, say))
  }
  await withDatabase(async ({ url, database }) => {
    say(`loading ${sizes.companies} companies and ${sizes.contacts} contacts …`)
    await loadRecords(database, generator)
    say('building the index …')
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quietLog })
    await engine.ready()
    say('creating the tables and indexes of the comparison …')
    await preparePlainPostgres(database, generator)
    const connection = await database.connect()
    try {
      report(options, await measureClasses(options, generator, engine, connection, say))
    } finally {
      connection.release()
      await engine.close()
    }
  })
}

function report(options: BenchOptions, classes: readonly ClassFigures[]): void {
  printReport(options, { classes, groups: summarise(classes) }, searchTables(classes))
}
