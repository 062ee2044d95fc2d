/** `bench http --beside-opensearch`: each class in turn on the embedded index and on OpenSearch, with the same database. */
import { join } from 'node:path'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { httpClasses, TIMES_FASTER } from '../queries/http-classes.ts'
import { significant } from '../shared/figures.ts'
import { INDEX_PREFIX, withCluster } from '../shared/opensearch-cluster.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { startServe } from '../shared/serve-process.ts'
import type { Table } from '../shared/table.ts'
import { type HttpFigures, measureClass } from './measure-class.ts'
import { openClient } from './open-client.ts'

/** Fewer than on the index alone: OpenSearch answers some classes at 100 requests per second. */
const AMOUNTS = { alone: 800, together: 1600 }

interface Compared {
  readonly name: string
  readonly index: HttpFigures
  readonly openSearch: HttpFigures
}

export async function benchBesideOpenSearch(options: BenchOptions): Promise<void> {
  const { sizes, only } = options
  const generator = createGenerator(sizes)
  const say = startProgress()
  const client = openClient()
  const compared: Compared[] = []
  await withCluster(urls =>
    withDatabase(async ({ url: databaseUrl, database, directory }) => {
      say('loading the records …')
      await loadRecords(database, generator)
      await database.query('CHECKPOINT')
      say('building the index …')
      // All servers of a database need the same files.
      const dataDir = join(directory, 'data')
      const index = await startServe({ databaseUrl, dataDir })
      say('building the indexes in OpenSearch …')
      const settings = {
        OPENSEARCH_URL: urls.join(),
        OPENSEARCH_INDEX_PREFIX: INDEX_PREFIX,
        OPENSEARCH_REPLICAS: '0',
      }
      const openSearch = await startServe({ databaseUrl, dataDir, settings })
      for (const httpClass of httpClasses(generator).filter(({ name }) => only.test(name))) {
        const servers = [index.url, openSearch.url]
        const [here, there] = (await measureClass(client, servers, httpClass, AMOUNTS)) as [HttpFigures, HttpFigures]
        compared.push({ name: httpClass.name, index: here, openSearch: there })
        say(`${httpClass.name}: ${significant(there.p50 / here.p50)}×, ${significant(here.rate / there.rate)}×`)
      }
      await openSearch.stop()
      await index.stop()
    }),
  )
  await client.close()
  printReport(options, { compared }, [comparison(compared)])
}

/** The columns of both engines, and how many times as fast as OpenSearch the index is. */
function comparison(compared: readonly Compared[]): Table {
  const ratio = (value: number) => `${significant(value)}×${value < TIMES_FASTER ? ' (missed)' : ''}`
  return {
    header: [
      'request',
      'p50, ms',
      'OpenSearch',
      `ratio, goal ≥ ${TIMES_FASTER}`,
      'requests/s at 8',
      'OpenSearch',
      `ratio, goal ≥ ${TIMES_FASTER}`,
      'p99 at 8, ms',
      'OpenSearch',
    ],
    rows: compared.map(({ name, index, openSearch }) => [
      name,
      significant(index.p50),
      significant(openSearch.p50),
      ratio(openSearch.p50 / index.p50),
      significant(index.rate),
      significant(openSearch.rate),
      ratio(index.rate / openSearch.rate),
      significant(index.p99Together),
      significant(openSearch.p99Together),
    ]),
  }
}
