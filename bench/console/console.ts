/**
 * `bench console`: the built console in a browser, on a `connectra serve` in its own process. Everything is measured in the page, from
 * what a person does to what the browser has drawn. Browser and server share the machine.
 */
import { join } from 'node:path'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import { createRandom } from '../data/random.ts'
import type { BenchOptions } from '../options.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { startServe } from '../shared/serve-process.ts'
import { buildIfNeeded } from './browser/build-if-needed.ts'
import { measureClicks } from './clicks.ts'
import { measureLoads } from './loads.ts'
import { openContext, withBrowser } from './open-page.ts'
import { measureScrolling } from './scrolling.ts'
import { type ConsoleReport, consoleTables } from './tables.ts'

const SEED = 1

export async function benchConsole(options: BenchOptions): Promise<void> {
  const say = startProgress()
  await buildIfNeeded()
  await withDatabase(async ({ url: databaseUrl, database, directory }) => {
    say('loading the records …')
    await loadRecords(database, createGenerator(options.sizes))
    await database.query('CHECKPOINT')
    say('building the index …')
    const serve = await startServe({ databaseUrl, dataDir: join(directory, 'data') })
    await withBrowser(async browser => {
      say('loads …')
      const loads = await measureLoads(browser, serve.url)
      const page = await (await openContext(browser)).newPage()
      say('clicks …')
      const clicks = await measureClicks(page, serve.url, createRandom(SEED))
      say('scrolling …')
      const scrolling = await measureScrolling(page, serve.url)
      const report: ConsoleReport = { loads, clicks, scrolling }
      printReport(options, report, consoleTables(report))
    })
    await serve.stop()
  })
}
