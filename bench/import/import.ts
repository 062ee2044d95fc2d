/**
 * `bench import`: a job imports a CSV file of 25 columns in a real `connectra serve`, measured from its creation until the last row is
 * searchable: new rows, the same file again, the file with another title in every row, and once more, with the first titles, during
 * searches over HTTP.
 * Compared with PostgreSQL's COPY of the same file. Also measured: each stage alone, and the memory of a `connectra work`.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { findEmbeddedServer } from '../../src/database/embedded-server.ts'
import { type Database, openPool } from '../../src/database/pool.ts'
import { type BenchDatabase, withDatabase } from '../data/bench-database.ts'
import { CSV_HEADER, createGenerator, type Generator as RecordGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { quantile } from '../shared/figures.ts'
import { drawSearches, runSearches } from '../shared/http-searches.ts'
import { openStore } from '../shared/open-store.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { measureSeconds, runJob } from '../shared/run-job.ts'
import { type ServeProcess, startServe } from '../shared/serve-process.ts'
import { startWork } from '../shared/work-process.ts'
import { benchBesideS3 } from './beside-s3.ts'
import { type ImportFigures, importTables, type SearchFigures } from './import-tables.ts'
import { measureStages } from './stages.ts'
import { threadSeconds } from './thread-seconds.ts'
import { VARIANTS, type Variant, writeImportFile } from './write-file.ts'

const SEARCHES_A_SECOND = 47
/** Searches are drawn for as many seconds: the import of 1,000,000 rows takes less on any machine. */
const AT_MOST_SECONDS = 600
const SEED = 5

export async function benchImport(options: BenchOptions): Promise<void> {
  if (options.besideS3) return await benchBesideS3(options)
  const generator = createGenerator(options.sizes)
  const rows = options.sizes.contacts
  const say = startProgress()
  await withDatabase(async ({ url, database, directory }) => {
    const dataDir = join(directory, 'data')
    await writeFiles(generator, dataDir)
    say('files written')
    const file = join(dataDir, 'files', keyOf('as generated'))

    const serve = await startServe({ databaseUrl: null, dataDir, probe: true })
    const served = openPool((await findEmbeddedServer(dataDir))!.url('connectra'))
    const importServed: ImportFile = variant => runJob(served, 'insert_csv_file', { s3_key: keyOf(variant) })
    const seconds = await measureImports(serve, importServed, say)
    const searches = await measureSearches(serve, importServed, generator)
    say('searches during an import')
    const { rows: counted } = await served.query<{ count: number }>('SELECT count(*) AS count FROM contacts')
    await served.end()
    await serve.stop()
    const copySeconds = await measureSeconds(() => copyFile(database, file))
    say('COPY')

    const work = await startWork({ databaseUrl: url, dataDir })
    const workGrowth = await work.measureGrowth(() =>
      runJob(database, 'insert_csv_file', { s3_key: keyOf('as generated') }),
    )
    await work.stop()
    say('memory')

    await empty(database)
    const indexing = { name: 'index, including merges', microseconds: (seconds.indexing * 1e6) / rows }
    const stages = [...(await measureStages(file, rows, database)), indexing]
    say('stages')
    const figures: ImportFigures = {
      rows,
      megabytes: (await stat(file)).size / 1e6,
      searchable: counted[0]!.count,
      fresh: rows / seconds.fresh,
      again: rows / seconds.again,
      changed: rows / seconds.changed,
      copy: rows / copySeconds,
      searches,
      stages,
      workGrowth,
    }
    printReport(options, figures, importTables(figures))
  })
}

type ImportFile = (variant: Variant) => Promise<unknown>

const keyOf = (variant: Variant) => `uploads/${variant.replaceAll(' ', '-')}.csv`

/** Puts all variants of the file into the store. */
async function writeFiles(generator: RecordGenerator, directory: string): Promise<void> {
  const store = await openStore(directory)
  for (const variant of VARIANTS) {
    const file = join(directory, 'rows.csv')
    await writeImportFile(file, generator, variant)
    await store.put(keyOf(variant), createReadStream(file))
  }
}

/** Seconds of each import, and processor seconds of the index threads during the first. */
async function measureImports(serve: ServeProcess, importFile: ImportFile, say: (line: string) => void) {
  const indexSeconds = () => threadSeconds(serve.child.pid!, 'connectra-index', 'connectra-merge')
  const before = indexSeconds()
  const fresh = await measureSeconds(() => importFile('as generated'))
  const indexing = indexSeconds() - before
  say('new rows')
  const again = await measureSeconds(() => importFile('as generated'))
  say('the same file again')
  const changed = await measureSeconds(() => importFile('another title in every row'))
  say('one changed field in every row')
  return { fresh, indexing, again, changed }
}

/** Searches over HTTP while a file is imported that changes every row. */
async function measureSearches(
  serve: ServeProcess,
  importFile: ImportFile,
  generator: RecordGenerator,
): Promise<SearchFigures> {
  const searches = drawSearches(generator, AT_MOST_SECONDS * SEARCHES_A_SECOND, SEED)
  const ended = new AbortController()
  await serve.report()
  const [times] = await Promise.all([
    runSearches(serve.url, searches, SEARCHES_A_SECOND, { signal: ended.signal }),
    importFile('as generated').finally(() => ended.abort()),
  ])
  const { loopDelayMax, loopDelayP99 } = await serve.report()
  return {
    count: times.length,
    perSecond: SEARCHES_A_SECOND,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: quantile(times, 1),
    loopDelayMax,
    loopDelayP99,
  }
}

async function empty(database: BenchDatabase['database']): Promise<void> {
  await database.query('TRUNCATE companies, contacts; CHECKPOINT')
}

/** Copies the file into a table with text columns and no index. */
async function copyFile(database: Database, file: string): Promise<void> {
  await database.query(`CREATE TABLE copied (${CSV_HEADER.map((_, place) => `c${place} text`).join(', ')})`)
  const connection = await database.connect()
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 18 }),
    connection.query(copyFrom('COPY copied FROM STDIN (FORMAT csv, HEADER)')),
  )
  connection.release(true)
  await database.query('DROP TABLE copied')
}
