/**
 * `bench http`: lists of 25 contacts with their companies over loopback, from a client in a thread of its own, at 1
 * and 8 connections; and what the parts of such a request cost without HTTP.
 */
import { Worker } from 'node:worker_threads'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { fetchPage } from '../src/records/fetch.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import { parseQuery } from '../src/vql/parse-query.ts'
import { loadRecords, withDatabase } from './bench-database.ts'
import { createGenerator } from './generate.ts'
import type { LoadData, LoadResult } from './http-client.ts'
import type { BenchOptions } from './main.ts'
import { quiet } from './quiet.ts'
import { createRandom } from './random.ts'
import { median, quantile, residentMegabytes, significant, table } from './report.ts'
import { queryClasses } from './search-queries.ts'

/** What front ends ask for all day. */
const ASKED = ['three keywords', 'phrase', 'by string, frequent', 'company conditions, title', 'by e-mail']
const REQUESTS = 3000
const KEY = 'bench-key-of-sixteen-characters'

export async function benchHttp({ sizes, json }: BenchOptions): Promise<void> {
  const generator = createGenerator(sizes)
  await withDatabase(async ({ url, database, directory }) => {
    await loadRecords(database, generator)
    const bodies = drawBodies(generator)
    const config = readConfig({
      DATABASE_URL: url,
      DATA_DIR: `${directory}/app`,
      PORT: '0',
      API_KEYS: KEY,
      LOG_LEVEL: 'warn',
    })
    const app = await openApp(config, {
      command: 'bench',
      http: true,
      log: createLog('warn', process.stderr),
      signal: new AbortController().signal,
    })
    await app.ready
    const load = { url: `${app.url}/contacts/`, key: KEY, bodies, requests: REQUESTS }
    await runLoad({ ...load, connections: 4, requests: 500 })
    const rows = []
    for (const connections of [1, 8]) {
      const { seconds, milliseconds } = await runLoad({ ...load, connections })
      rows.push({
        connections,
        requestsPerSecond: milliseconds.length / seconds,
        p50: quantile(milliseconds, 0.5),
        p99: quantile(milliseconds, 0.99),
      })
    }
    const resident = residentMegabytes()
    await app.close()
    const parts = await measureParts(url, database, bodies)
    if (json) return console.log(JSON.stringify({ sizes, load: rows, parts, resident }))
    console.log(
      table(
        ['connections', 'requests/s', 'p50 ms', 'p99 ms'],
        rows.map(row => [
          String(row.connections),
          ...[row.requestsPerSecond, row.p50, row.p99].map(value => significant(value)),
        ]),
      ),
    )
    console.log(
      table(
        ['part of a request', 'median ms'],
        Object.entries(parts).map(([name, value]) => [name, significant(value)]),
      ),
    )
    console.log(`resident memory with client and server: ${resident} MB`)
  })
}

function drawBodies(generator: ReturnType<typeof createGenerator>): string[] {
  const random = createRandom(7)
  const classes = queryClasses(generator).filter(({ name }) => ASKED.includes(name))
  return Array.from({ length: REQUESTS }, () => {
    const queryClass = random.pick(classes)
    if (queryClass.kind === 'facet') throw new Error('a list is asked for')
    return JSON.stringify({ ...queryClass.draw(random).query, company_config: { populate: true } })
  })
}

async function runLoad(data: LoadData): Promise<LoadResult> {
  const client = new Worker(new URL('./http-client.ts', import.meta.url), { workerData: data })
  return await new Promise<LoadResult>((resolve, reject) => {
    client.once('message', resolve)
    client.once('error', reject)
  })
}

/** Median milliseconds of each step that a list takes, one request at a time. */
async function measureParts(url: string, database: Parameters<typeof fetchPage>[0], bodies: readonly string[]) {
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
  await engine.ready()
  const times = { parse: [] as number[], engine: [] as number[], rows: [] as number[], serialisation: [] as number[] }
  for (const body of bodies.slice(0, 1000)) {
    const marks = [performance.now()]
    const mark = () => marks.push(performance.now())
    const query = parseQuery('contact', JSON.parse(body))
    mark()
    const hits = await engine.search(query)
    mark()
    const rows = await fetchPage(
      database,
      query,
      hits.map(hit => hit.uuid),
    )
    mark()
    JSON.stringify(rows)
    mark()
    for (const [place, list] of Object.values(times).entries()) list.push(marks[place + 1]! - marks[place]!)
  }
  await engine.close()
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]))
}
