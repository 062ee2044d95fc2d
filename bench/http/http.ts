/**
 * `bench http`: the classes of requests in `bench/queries/http-classes.ts` over loopback, to a `connectra serve` in its own process: each
 * class at one and at eight connections, then the requests of a client whose neighbours send expensive ones, then the first requests after
 * a start from a snapshot. It also measures upserts and the parts of a list.
 * With `--beside-opensearch` it measures each class in turn with a second `connectra serve` that searches in OpenSearch.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MANIFEST } from '../../src/search/embedded/snapshot/manifest.ts'
import { type BenchDatabase, withDatabase } from '../data/bench-database.ts'
import { createGenerator, type Generator as RecordGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { httpClasses } from '../queries/http-classes.ts'
import { median, significant } from '../shared/figures.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { SNAPSHOT, startServe } from '../shared/serve-process.ts'
import { measureBatches } from './batches.ts'
import { benchBesideOpenSearch } from './beside-opensearch.ts'
import { FIRST, measureFirstUse } from './first-use.ts'
import { drawRequests, type HttpFigures, measureClass } from './measure-class.ts'
import { measureNeighbours } from './neighbours.ts'
import { type Client, openClient } from './open-client.ts'
import { measureParts } from './parts.ts'
import { type HttpReport, httpTables, type MeasuredClass } from './tables.ts'

const AMOUNTS = { alone: 2000, together: 4000 }
const LISTS = 1000
/** Milliseconds. */
const POLL_EVERY = 100

export async function benchHttp(options: BenchOptions): Promise<void> {
  if (options.besideOpenSearch) return await benchBesideOpenSearch(options)
  const generator = createGenerator(options.sizes)
  const client = openClient()
  await withDatabase(async bench => {
    const figures = await measure(bench, client, generator, options.only)
    printReport(options, figures, httpTables(figures))
  })
  await client.close()
}

/** `only` selects by the names of classes, which have a prefix in the sections for the first use and for neighbours. */
async function measure(
  bench: BenchDatabase,
  client: Client,
  generator: RecordGenerator,
  only: RegExp,
): Promise<HttpReport> {
  const say = startProgress()
  const all = httpClasses(generator)
  const selected = (prefix: string) => all.filter(({ name }) => only.test(prefix + name))
  say('loading the records …')
  await loadRecords(bench.database, generator)
  // Otherwise they would be written to disk during the measurement.
  await bench.database.query('CHECKPOINT')
  const options = { databaseUrl: bench.url, dataDir: join(bench.directory, 'data') }
  say('building the index …')
  let serve = await startServe(options)
  const fromDatabase = serve.readySeconds
  // Stopped right after a build, a server would have no time to write the snapshot.
  while (!existsSync(join(options.dataDir, SNAPSHOT, MANIFEST))) await delay(POLL_EVERY)
  await serve.stop()
  serve = await startServe(options)
  const ready = { fromDatabase, fromSnapshot: serve.readySeconds }
  const classes: MeasuredClass[] = []
  for (const httpClass of selected('')) {
    const [figures] = (await measureClass(client, [serve.url], httpClass, AMOUNTS)) as [HttpFigures]
    classes.push({ httpClass, figures })
    say(`${httpClass.name}: ${significant(figures.p50)} ms, ${significant(figures.rate)}/s`)
  }
  const resident = serve.memory().resident
  say('expensive neighbours …')
  const neighbours = await measureNeighbours(client, serve.url, generator, only)
  await serve.stop()

  say(`the first ${FIRST} requests of each class …`)
  const firstUse = await measureFirstUse(client, selected('first use: '), options)

  say('upserts …')
  serve = await startServe(options)
  const batches = await measureBatches(client, serve.url, generator, only)
  const http = await measureHttp(client, serve.url)
  await serve.stop()

  say('the parts of a list …')
  const lists = drawRequests(all[0]!, 3, LISTS)
  const parts = { ...(await measureParts(bench, lists)), http }
  return { classes, firstUse, neighbours, batches, parts, ready, resident }
}

/** Median milliseconds of a request that needs almost no work. */
async function measureHttp(client: Client, url: string): Promise<number> {
  const requests = Array.from({ length: LISTS }, () => ({ path: '/contacts/count', body: '{}' }))
  return median((await client.run({ url, connections: 1, requests })).milliseconds)
}
