/**
 * `bench export`: a job exports all contacts with ten columns, three of them of the company, as CSV and NDJSON, plain and compressed.
 * Also measured: each stage alone, and PostgreSQL's COPY of the same rows.
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
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { significant } from '../shared/figures.ts'
import { residentMegabytes } from '../shared/memory.ts'
import { openStore } from '../shared/open-store.ts'
import { startProgress } from '../shared/progress.ts'
import { quietLog } from '../shared/quiet-log.ts'
import { printReport } from '../shared/report.ts'
import { measureSeconds, runJob } from '../shared/run-job.ts'

const OWN = ['uuid', 'first_name', 'last_name', 'email', 'title', 'departments', 'country']
const COMPANY = ['company_name', 'company_country', 'company_employees_count']
const VQL = { select_columns: [...OWN, ...COMPANY] }
/** The same rows in the order of the table: the least work with which PostgreSQL can return them. */
const RAW_COPY = `COPY (SELECT ${OWN.map(name => `t.${name}`).join(', ')}, c.name, c.country, c.employees_count
  FROM contacts t LEFT JOIN companies c ON c.uuid = t.company_id AND c.deleted_at IS NULL WHERE t.deleted_at IS NULL)
  TO STDOUT (FORMAT csv)`
const GOAL = 100_000
const GOAL_MEGABYTES = 200

interface Measured {
  readonly name: string
  readonly seconds: number
  readonly bytes: number
  /** Peak of resident memory, minus what was resident before. */
  readonly megabytes: number
}

export async function benchExport(options: BenchOptions): Promise<void> {
  const say = startProgress()
  await withDatabase(async ({ url, database, directory }) => {
    await loadRecords(database, createGenerator(options.sizes))
    // Autovacuum would do this sooner or later. Without it, the first read of each row also sets its hint bits.
    await database.query('VACUUM ANALYZE')
    say('records loaded')
    const store = await openStore(directory)
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quietLog })
    await engine.ready()
    say('index ready')
    const worker = startWorker({
      databaseUrl: url,
      engine,
      store,
      handlers: JOB_HANDLERS,
      limits: { concurrency: 1 },
      log: quietLog,
    })
    const measured: Measured[] = []
    const add = async (name: string, work: () => Promise<number>) => {
      measured.push(await measure(name, work))
      say(name)
    }
    // Warms the cache: PostgreSQL reads the tables from disk the first time.
    await rawCopy(database)
    await add('COPY of the same rows, PostgreSQL alone', () => rawCopy(database))
    for (const [name, form] of FORMS) await add(`export, ${name}`, () => runExport(database, store, form))
    await add('uuids in order, alone', () => scanAll(engine))
    await add('lines from PostgreSQL, including uuids, alone', () => readAll(database, engine))
    await add('storing the same file, alone', () => storeAgain(store, measured[1]!.bytes))
    await worker.stop()
    await engine.close()
    report(measured, options)
  })
}

const FORMS: readonly (readonly [name: string, form: object])[] = [
  ['CSV', {}],
  ['NDJSON', { format: 'ndjson' }],
  ['CSV, gzip', { gzip: true }],
  ['NDJSON, gzip', { format: 'ndjson', gzip: true }],
]

/** Runs `work`, which returns the number of bytes it produced. */
async function measure(name: string, work: () => Promise<number>): Promise<Measured> {
  const before = residentMegabytes()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes())
  }, 20)
  let bytes = 0
  const seconds = await measureSeconds(async () => {
    bytes = await work()
  })
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
  const { response } = await runJob(database, 'export_csv_file', data)
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
  const header = ['', 'rows per second', 'goal', 'time relative to CSV', 'file, MB', 'memory above idle, MB', 'goal']
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
