/**
 * `bench changes`: a real `connectra serve` while contacts are changed by another process.
 * - Memory and segments before and after many updates of the same records.
 * - Searches over HTTP, the delay of the event loop and of the index, while changes come at 20,000 a second. Where PostgreSQL cannot
 *   store so many on this machine, the rate that the whole path reaches is measured, and then the index alone at the full
 *   rate: the changes are announced without being made. The index cannot tell: it reads, replaces and merges the records all the same.
 * - After how long one write and a batch of a hundred are found.
 */
import { join } from 'node:path'
import { loadRecords, withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { printReport } from '../shared/report.ts'
import { startServe } from '../shared/serve-process.ts'
import { measureChanges } from './measure.ts'
import { changesTables } from './report.ts'

export async function benchChanges(options: BenchOptions): Promise<void> {
  await withDatabase(async ({ url, database, directory }) => {
    await loadRecords(database, createGenerator(options.sizes))
    const serve = await startServe({ databaseUrl: url, dataDir: join(directory, 'data') })
    const figures = await measureChanges(options, serve, url)
    await serve.stop()
    printReport(options, figures, changesTables(figures))
  })
}
