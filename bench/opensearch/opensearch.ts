/**
 * `bench opensearch`: building the indexes in the cluster at OPENSEARCH_URL, and every class of pages and counts, compared with
 * the bare requests to OpenSearch and PostgreSQL that they need.
 */
import { openPage } from '../../src/records/read/page.ts'
import type { Client } from '../../src/search/opensearch/cluster/client.ts'
import { openOpenSearchEngine } from '../../src/search/opensearch/engine.ts'
import { compileCount, compileSearch } from '../../src/search/opensearch/query/search.ts'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import { createRandom } from '../data/random.ts'
import type { BenchOptions } from '../options.ts'
import { drawRequest } from '../queries/ask.ts'
import { createCursorFinder } from '../queries/cursors.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { median, significant } from '../shared/figures.ts'
import { INDEX_PREFIX, withCluster } from '../shared/opensearch-cluster.ts'
import { startProgress } from '../shared/progress.ts'
import { quietLog } from '../shared/quiet-log.ts'
import { printReport } from '../shared/report.ts'

const REQUESTS = 40
const QUERY_TIMEOUT = 60_000

export async function benchOpenSearch(options: BenchOptions): Promise<void> {
  await withCluster((urls, client) => measure(options, urls, client))
}

async function measure(options: BenchOptions, urls: readonly string[], client: Client): Promise<void> {
  const { sizes, only } = options
  const generator = createGenerator(sizes)
  const say = startProgress()
  await withDatabase(async ({ url, database }) => {
    say(`loading ${sizes.companies} companies and ${sizes.contacts} contacts …`)
    await loadRecords(database, generator)
    say('building the indexes …')
    const started = performance.now()
    const cluster = { urls, caFile: null, prefix: INDEX_PREFIX, shards: 3, replicas: 0 }
    const engine = await openOpenSearchEngine({
      databaseUrl: url,
      log: quietLog,
      queryTimeoutMs: QUERY_TIMEOUT,
      cluster,
    })
    try {
      await engine.ready()
      const seconds = (performance.now() - started) / 1000
      const perSecond = (sizes.companies + sizes.contacts) / seconds
      say(`built in ${seconds.toFixed(1)} s, ${significant(perSecond)} records/s`)
      const findCursor = createCursorFinder(engine, generator)
      const rows: string[][] = []
      for (const [place, queryClass] of queryClasses(generator).entries()) {
        if (!only.test(queryClass.name)) continue
        const random = createRandom(1000 + place)
        const times: { bare: number[]; whole: number[] } = { bare: [], whole: [] }
        for (let request = 0; request < REQUESTS; request++) {
          const drawn = await drawRequest(queryClass, random, findCursor)
          if (drawn.kind !== 'search' && drawn.kind !== 'count') break
          const { query } = drawn
          const path = `/${INDEX_PREFIX}-${query.service}/_search`
          const read = async (uuids: readonly string[]) => void (await openPage(database, query, uuids))
          const body = drawn.kind === 'count' ? compileCount(query.service, query.where) : compileSearch(query)
          const bare = async () => {
            const { hits } = (await client.request<{ hits: { hits: { sort: string[] }[] } }>('POST', path, { body }))
              .body
            if (drawn.kind === 'search') await read(hits.hits.map(({ sort }) => sort.at(-1)!))
          }
          const whole = async () => {
            if (drawn.kind === 'count') await engine.count(query.service, query.where)
            else await read((await engine.search(query)).map(({ uuid }) => uuid))
          }
          // The first one of both finds nothing cached.
          if (request % 2 === 0) {
            times.bare.push(await timeOf(bare))
            times.whole.push(await timeOf(whole))
          } else {
            times.whole.push(await timeOf(whole))
            times.bare.push(await timeOf(bare))
          }
        }
        if (times.bare.length === 0) continue
        const [bare, whole] = [median(times.bare), median(times.whole)]
        rows.push([queryClass.name, significant(bare), significant(whole), significant(whole / bare)])
        say(rows.at(-1)!.join(', '))
      }
      const tables = [
        { header: ['built in, s', 'records/s'], rows: [[seconds.toFixed(1), significant(perSecond)]] },
        { header: ['class', 'bare, ms', 'engine, ms', 'ratio'], rows },
      ]
      printReport(options, { seconds, perSecond, rows }, tables)
    } finally {
      await engine.close()
    }
  })
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
