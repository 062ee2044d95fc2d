/**
 * `bench export`: all contacts with ten columns, three of them their company's, through the real job to a file; the same as
 * ndjson and compressed; what its stages take alone; and PostgreSQL's own COPY of the same rows.
 */
import { to as copyTo } from 'pg-copy-streams'
import type { Database } from '../../src/database/pool.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { JOB_HANDLERS } from '../../src/jobs/job-types.ts'
import { startWorker } from '../../src/jobs/queue/worker.ts'
import { exportRows } from '../../src/records/read/export-rows.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { loadRecords, withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { openStore } from '../shared/open-store.ts'
import { quiet } from '../shared/quiet.ts'
import { printReport, residentMegabytes, significant, tellProgress } from '../shared/report.ts'
import { runJobOf } from '../shared/run-job.ts'

const OWN = ['uuid', 'first_name', 'last_name', 'email', 'title', 'departments', 'country']
const COMPANYS = ['company_name', 'company_country', 'company_employees_count']
const VQL = { select_columns: [...OWN, ...COMPANYS] }
/** The same rows, in the order of the table: the least that PostgreSQL can do for them. */
const RAW_COPY = `COPY (SELECT ${OWN.map(name => `t.${name}`).join(', ')}, c.name, c.country, c.employees_count
  FROM contacts t LEFT JOIN companies c ON c.uuid = t.company_id AND c.deleted_at IS NULL WHERE t.deleted_at IS NULL)
  TO STDOUT (FORMAT csv)`
const GOAL = 100_000
const GOAL_MEGABYTES = 200

interface Measured {
  readonly name: string
  readonly seconds: number
  readonly bytes: number
  /** Resident memory at its peak, above what it was before. */
  readonly megabytes: number
}

export async function benchExport(options: BenchOptions): Promise<void> {
  const tell = tellProgress()
  await withDatabase(async ({ url, database, directory }) => {
    await loadRecords(database, createGenerator(options.sizes))
    // As autovacuum leaves it sooner or later: else the first reader of each row pays for what the loading left to do.
    await database.query('VACUUM ANALYZE')
    tell('records loaded')
    const store = await openStore(directory)
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
    await engine.ready()
    tell('index ready')
    const worker = startWorker({
      databaseUrl: url,
      engine,
      store,
      handlers: JOB_HANDLERS,
      limits: { concurrency: 1 },
      log: quiet,
    })
    const measured: Measured[] = []
    const add = async (name: string, work: () => Promise<number>) => {
      measured.push(await measure(name, work))
      tell(name)
    }
    // Once for nothing: what PostgreSQL has never read is read from the disk.
    await rawCopy(database)
    await add('PostgreSQL alone: COPY of the same rows', () => rawCopy(database))
    for (const [name, form] of FORMS) await add(`export, ${name}`, () => runExport(database, store, form))
    await add('ids in order, alone', () => scanAll(engine))
    await add('lines from PostgreSQL, ids included, alone', () => readAll(database, engine))
    await add('storing the same bytes, alone', () => storeAgain(store, measured[1]!.bytes))
    await worker.stop()
    await engine.close()
    report(measured, options)
  })
}

const FORMS: readonly (readonly [name: string, form: object])[] = [
  ['csv', {}],
  ['ndjson', { format: 'ndjson' }],
  ['csv, gzip', { gzip: true }],
  ['ndjson, gzip', { format: 'ndjson', gzip: true }],
]

/** Runs `work`, which returns its bytes. */
async function measure(name: string, work: () => Promise<number>): Promise<Measured> {
  const before = residentMegabytes()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes())
  }, 20)
  const started = performance.now()
  const bytes = await work()
  const seconds = (performance.now() - started) / 1000
  clearInterval(watch)
  return { name, seconds, bytes, megabytes: peak - before }
}

async function rawCopy(database: Database): Promise<number> {
  const connection = await database.connect()
  let bytes = 0
  for await (const portion of connection.query(copyTo(RAW_COPY))) bytes += portion.length
  connection.release()
  return bytes
}

async function runExport(database: Database, store: ObjectStore, form: object): Promise<number> {
  const data = { service: 'contact', vql: VQL, ...form }
  const { response } = await runJobOf(database, 'export_csv_file', data)
  const bytes = await store.size(response.s3Key!)
  await store.delete(response.s3Key!)
  return bytes!
}

const query = parseQuery('contact', VQL, { export: true })

async function scanAll(engine: SearchEngine): Promise<number> {
  let bytes = 0
  for await (const uuids of engine.scan(query)) bytes += 16 * uuids.length
  return bytes
}

async function readAll(database: Database, engine: SearchEngine): Promise<number> {
  const columns = { service: 'contact', columns: VQL.select_columns, format: 'csv' } as const
  let bytes = 0
  for await (const part of exportRows(database, columns, engine.scan(query), 2)) bytes += part.bytes.length
  return bytes
}

async function storeAgain(store: ObjectStore, bytes: number): Promise<number> {
  const portion = Buffer.alloc(1 << 16, 'x')
  async function* content() {
    for (let left = bytes; left > 0; left -= portion.length) yield portion.subarray(0, Math.min(left, portion.length))
  }
  const stored = await store.put('exports/again.csv', content())
  await store.delete('exports/again.csv')
  return stored
}

function report(measured: readonly Measured[], options: BenchOptions): void {
  const rows = options.sizes.contacts
  const csv = measured[1]!
  const header = ['what', 'rows/s', 'goal', 'share of csv', 'MB of file', 'MB over idle', 'goal']
  const lines = measured.map(({ name, seconds, bytes, megabytes }) => [
    name,
    significant(rows / seconds),
    name === csv.name ? GOAL.toLocaleString('en') : '',
    `${Math.round((100 * seconds) / csv.seconds)} %`,
    significant(bytes / 1e6),
    significant(megabytes),
    name.startsWith('export') ? String(GOAL_MEGABYTES) : '',
  ])
  const figures = measured.map(one => ({ ...one, rowsPerSecond: rows / one.seconds }))
  printReport(options, { rows, measured: figures, goals: { rowsPerSecond: GOAL, megabytes: GOAL_MEGABYTES } }, [
    { header, rows: lines },
  ])
}
