/**
 * `bench import`: a CSV file of 25 columns through the real job, from claiming the job to the last row searchable;
 * then the same file again, of which nothing is new; beside them PostgreSQL's own COPY of the same file.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database } from '../src/database/pool.ts'
import { openDirectoryStore } from '../src/files/directory.ts'
import type { Job } from '../src/jobs/job.ts'
import { JOB_HANDLERS } from '../src/jobs/job-types.ts'
import { createJob, getJob } from '../src/jobs/queue.ts'
import { startWorker } from '../src/jobs/worker.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import { withDatabase } from './bench-database.ts'
import { CSV_HEADER, createGenerator, csvLine, type Generator as RecordGenerator } from './generate.ts'
import type { BenchOptions } from './main.ts'
import { quiet } from './quiet.ts'
import { residentMegabytes, significant, table } from './report.ts'

export async function benchImport({ sizes, json }: BenchOptions): Promise<void> {
  const generator = createGenerator(sizes)
  await withDatabase(async ({ url, database, directory }) => {
    const file = join(directory, 'rows.csv')
    await writeFile(file, csvLines(generator))
    const store = await openDirectoryStore({
      directory: join(directory, 'files'),
      publicUrl: () => '',
      secret: randomBytes(32),
      maxUploadBytes: 2 ** 40,
      urlSeconds: 3600,
    })
    const key = 'uploads/rows.csv'
    await store.put(key, createReadStream(file))
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
    await engine.ready()
    const worker = startWorker({
      databaseUrl: url,
      engine,
      store,
      handlers: JOB_HANDLERS,
      limits: { concurrency: 1 },
      log: quiet,
    })
    const fresh = await runImport(database, key)
    const again = await runImport(database, key)
    const peak = residentMegabytes()
    await worker.stop()
    const searchable = await engine.count('contact', { type: 'all' })
    await engine.close()
    const copy = await copySeconds(database, file)
    const rows = sizes.contacts
    const figures = {
      rows,
      megabytes: (await stat(file)).size / 1e6,
      contactsSearchable: searchable,
      rowsPerSecond: rows / fresh,
      rowsPerSecondNothingNew: rows / again,
      copyRowsPerSecond: rows / copy,
      ratioToCopy: fresh / copy,
      residentMegabytes: peak,
    }
    if (json) return console.log(JSON.stringify(figures))
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, significant(value)]),
      ),
    )
  })
}

/** The file, a thousand lines at a time: every piece is a write of its own. */
function* csvLines(generator: RecordGenerator): Generator<string> {
  let lines = csvLine(CSV_HEADER)
  for (let index = 0; index < generator.sizes.contacts; index++) {
    lines += csvLine(generator.row(index))
    if (index % 1000 < 999) continue
    yield lines
    lines = ''
  }
  yield lines
}

/** Seconds until the job is completed, which means searchable. */
async function runImport(database: Database, key: string): Promise<number> {
  const started = performance.now()
  const data = { s3_key: key }
  let job: Job = await createJob(database, { jobType: 'insert_csv_file', data, retryCount: 0, retryIntervalSeconds: 1 })
  while (job.status !== 'completed') {
    if (job.status === 'failed') throw new Error(`the import failed: ${JSON.stringify(job)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
    job = await getJob(database, job.uuid)
  }
  return (performance.now() - started) / 1000
}

/** Seconds that COPY takes for the file, into a table of text columns without an index. */
async function copySeconds(database: Database, file: string): Promise<number> {
  await database.query(`CREATE TABLE copied (${CSV_HEADER.map((_, place) => `c${place} text`).join(', ')})`)
  const connection = await database.connect()
  const started = performance.now()
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 18 }),
    connection.query(copyFrom('COPY copied FROM STDIN (FORMAT csv, HEADER)')),
  )
  connection.release(true)
  return (performance.now() - started) / 1000
}
