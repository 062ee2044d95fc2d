/**
 * `bench import`: a CSV file of 25 columns through the job, in a real `connectra serve`, from its creation to the last row
 * searchable: new rows, the same again, and again with another title in every row; then once more while searches come over HTTP.
 * Beside them PostgreSQL's own COPY of the same file, what each stage takes alone, and the memory of a `connectra work`.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database } from '../../src/database/pool.ts'
import { type BenchDatabase, withDatabase } from '../data/bench-database.ts'
import { CSV_HEADER, createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { drawSearches, runSearches } from '../shared/http-searches.ts'
import { openStore } from '../shared/open-store.ts'
import { printReport, quantile, significant, type Table, tellProgress } from '../shared/report.ts'
import { runJobOf, secondsOf } from '../shared/run-job.ts'
import { startServe } from '../shared/serve-process.ts'
import { startWork } from '../shared/work-process.ts'
import { measureStages, type Stage } from './stages.ts'
import { threadSeconds } from './thread-seconds.ts'
import { type Variant, writeImportFile } from './write-file.ts'

interface ImportFigures {
  readonly rows: number
  readonly megabytes: number
  readonly searchable: number
  /** Rows a second. */
  readonly fresh: number
  readonly again: number
  readonly changed: number
  readonly copy: number
  /** Milliseconds, of searches while another import runs. */
  readonly searchP50: number
  readonly searchP99: number
  readonly searches: number
  readonly stages: readonly Stage[]
  /** Megabytes. */
  readonly workGrowth: number
}

const SEARCHES_A_SECOND = 50
const SEED = 5

export async function benchImport(options: BenchOptions): Promise<void> {
  const generator = createGenerator(options.sizes)
  const rows = options.sizes.contacts
  const tell = tellProgress()
  await withDatabase(async ({ url, database, directory }) => {
    const key = (variant: Variant) => `uploads/${variant.replaceAll(' ', '-')}.csv`
    const store = await openStore(directory)
    for (const variant of ['as generated', 'another title in every row'] as const) {
      const file = join(directory, 'rows.csv')
      await writeImportFile(file, generator, variant)
      await store.put(key(variant), createReadStream(file))
      tell(`file written: ${variant}`)
    }
    const run = (variant: Variant) => runJobOf(database, 'insert_csv_file', { s3_key: key(variant) })
    const file = join(directory, 'files', key('as generated'))

    const serve = await startServe({ databaseUrl: url, dataDir: directory })
    const before = threadSeconds(serve.child.pid!, 'connectra-index', 'connectra-merge')
    const fresh = await secondsOf(() => run('as generated'))
    const indexing = threadSeconds(serve.child.pid!, 'connectra-index', 'connectra-merge') - before
    tell('new rows')
    const again = await secondsOf(() => run('as generated'))
    tell('the same again')
    const changed = await secondsOf(() => run('another title in every row'))
    tell('one field changed')
    const searches = drawSearches(generator, 60 * SEARCHES_A_SECOND, SEED)
    const ended = new AbortController()
    const [times] = await Promise.all([
      runSearches(serve.url, searches, SEARCHES_A_SECOND, ended.signal),
      run('as generated').finally(() => ended.abort()),
    ])
    tell('searches meanwhile')
    await serve.stop()
    const { rows: counted } = await database.query<{ count: number }>('SELECT count(*) AS count FROM contacts')
    const copy = await secondsOf(() => copyFile(database, file))
    tell('COPY')

    await empty(database)
    const work = await startWork({ databaseUrl: url, dataDir: directory })
    const workGrowth = await work.growth(() => run('as generated'))
    await work.stop()
    tell('memory')

    await empty(database)
    const stages = [
      ...(await measureStages(file, rows, database)),
      { name: 'index, with its merges', microseconds: (indexing * 1e6) / rows },
    ]
    tell('stages')
    const figures: ImportFigures = {
      rows,
      megabytes: (await stat(file)).size / 1e6,
      searchable: counted[0]!.count,
      fresh: rows / fresh,
      again: rows / again,
      changed: rows / changed,
      copy: rows / copy,
      searchP50: quantile(times, 0.5),
      searchP99: quantile(times, 0.99),
      searches: times.length,
      stages,
      workGrowth,
    }
    printReport(options, figures, tables(figures))
  })
}

function tables(figures: ImportFigures): Table[] {
  const { rows, megabytes, fresh, again, changed, copy, searchP50, searchP99, searches, stages, workGrowth } = figures
  const size = `${rows.toLocaleString('en')} rows of ${CSV_HEADER.length} columns, ${significant(megabytes)} MB`
  const rate = (name: string, goal: string, perSecond: number) => [
    name,
    goal,
    significant(perSecond),
    `${significant(copy / perSecond)} ×`,
  ]
  const whole = stages.reduce((sum, { microseconds }) => sum + microseconds, 0)
  return [
    {
      header: [size, 'goal', 'rows a second', "PostgreSQL's COPY is faster by"],
      rows: [
        rate('new rows, file to searchable', '≥ 30,000', fresh),
        rate('the same file again', '≥ 60,000', again),
        rate('one changed field in every row', '≥ 30,000', changed),
        rate('COPY of the same file to a table of texts without indexes', '', copy),
      ],
    },
    {
      header: ['what', 'goal', 'measured'],
      rows: [
        ['`connectra work`, over its idle state at most, MB', '≤ 200', significant(workGrowth)],
        [`${searches.toLocaleString('en')} searches over HTTP meanwhile, p50, ms`, '', significant(searchP50)],
        ['p99, ms', '≤ 50', significant(searchP99)],
      ],
    },
    {
      header: ['stage, alone', 'µs a row', 'share'],
      rows: stages.map(({ name, microseconds }) => [
        name,
        significant(microseconds),
        `${Math.round((100 * microseconds) / whole)} %`,
      ]),
    },
  ]
}

async function empty(database: BenchDatabase['database']): Promise<void> {
  await database.query('TRUNCATE companies, contacts; CHECKPOINT')
}

/** COPY of the file into a table of text columns without an index. */
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
