/**
 * `bench changes`: a real `connectra serve` while another process changes contacts. It measures:
 * - Memory and segments before and after many updates of the same records.
 * - Searches over HTTP, and the delay of the event loop and of the index, at 20,000 changes per second. If PostgreSQL cannot store as
 *   many on this machine, the whole path is measured at the rate that it reaches, and then the index alone at the full rate: changes are
 *   announced but not stored. This makes no difference to the index, which still reads, replaces and merges the records.
 * - The time until one write and a batch of a hundred are found.
 */
import { join } from 'node:path'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { printReport } from '../shared/report.ts'
import { startServe } from '../shared/serve-process.ts'
import { measureChanges } from './measure.ts'
import { changesTables } from './report.ts'

export async function benchChanges(options: BenchOptions): Promise<void> {
  await withDatabase(async ({ url, database, directory }) => {
    await loadRecords(database, createGenerator(options.sizes))
    const serve = await startServe({ databaseUrl: url, dataDir: join(directory, 'data'), probe: true })
    const figures = await measureChanges(options, serve, url)
    await serve.stop()
    printReport(options, figures, changesTables(figures))
  })
}
