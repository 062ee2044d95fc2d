/**
 * `bench search`: every class of query on the index and on PostgreSQL alone, in the same process over the same
 * data, one request at a time, with parameters drawn anew for each. The answers of the first requests are compared.
 */
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { loadRecords, withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { quiet } from '../shared/quiet.ts'
import { printReport, tellProgress } from '../shared/report.ts'
import { indexOfGenerator } from './index-of-generator.ts'
import { measureClasses } from './measure-classes.ts'
import { preparePlainPostgres } from './plain-tables.ts'
import { type ClassFigures, searchTables, summarise } from './search-report.ts'

export async function benchSearch(options: BenchOptions): Promise<void> {
  const { sizes, postgres } = options
  const generator = createGenerator(sizes)
  const say = tellProgress()
  if (!postgres) {
    say('building the index …')
    const { engine } = await indexOfGenerator(sizes)
    return report(options, await measureClasses(options, generator, engine, null, say))
  }
  await withDatabase(async ({ url, database }) => {
    say(`loading ${sizes.companies} companies and ${sizes.contacts} contacts …`)
    await loadRecords(database, generator)
    say('building the index …')
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
    await engine.ready()
    say("making PostgreSQL's tables and indexes for the comparison …")
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
