import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobContext, JobHandler } from '../../src/jobs/job/job-context.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { rounds } from '../helpers/rounds.ts'
import { openFiles, silent } from './files.ts'

const files = await openFiles()
const { database, databaseUrl, engine, store } = files

/** Long enough for the file to be read in a thread. */
const NOTES = 'é'.repeat(rounds(300, 150))
/** In the short run, most files are read without one. */
const FEW_NOTES = NOTES.slice(0, rounds(1, 150))

/** Every fourth row is bad, the cells have line breaks, and some lines are Windows-1252. */
function content(name: string, rows: number, notes = FEW_NOTES): Buffer {
  const lines = Array.from({ length: rows }, (_, index) => {
    if (index % 4 === 3) return `,,,Boss,"nobody\n${index}",`
    return `${name}${index},Ünlü,"Company ${index % 50}\n""x""",,${notes}${index % 5 === 0 ? ',many' : ''}`
  })
  const header = 'First Name,Last Name,Company,Title,Notes,# Employees'
  const text = Buffer.from(`${header}\r\n${lines.slice(0, -3).join('\r\n')}\r\n`)
  return Buffer.concat([text, Buffer.from(lines.slice(-3).join('\r\n'), 'latin1')])
}

async function newImport(key: string, retryCount: number): Promise<string> {
  const data = { s3_key: key }
  return (await createJob(database, { jobType: 'insert_csv_file', data, retryCount, retryIntervalSeconds: 0 })).uuid
}

async function finish(uuid: string, handler: JobHandler): Promise<Job> {
  await runJob({ database, databaseUrl, engine, store, handlers: { insert_csv_file: handler }, log: silent, uuid })
  return await getJob(database, uuid)
}

/** A handler that fails at its `stopAt`th checkpoint, before or after it is stored. Later runs go to the end. */
function breaking(stopAt: number, stored: boolean): { handler: JobHandler; runs: () => number } {
  let runs = 0
  return {
    runs: () => runs,
    handler: async context => {
      if (++runs > 1) return await insertInBatches(context)
      let checkpoints = 0
      const broken: JobContext = {
        ...context,
        checkpointSql(checkpoint, progress) {
          checkpoints++
          if (checkpoints > stopAt || (checkpoints === stopAt && !stored)) throw new Error('the worker breaks')
          return context.checkpointSql(checkpoint, progress)
        },
      }
      return await insertInBatches(broken)
    },
  }
}

/** Two whole batches and a part of one. */
const [ROWS, BATCH] = [rounds(600, 2400), rounds(240, 1000)]
const insertInBatches: JobHandler = context => insertCsvFile(context, { rows: BATCH, characters: 4 << 20 })

/** The whole report of an import except its duration, plus its warnings. */
async function said(job: Job): Promise<unknown> {
  const { seconds, rows_per_second, ...details } = job.response.details ?? {}
  assert.ok(typeof seconds === 'number' && typeof rows_per_second === 'number')
  return { ...details, warnings_file: await files.read(job.response.warningsS3Key) }
}

await files.upload(content('undisturbed', ROWS, NOTES), 'uploads/undisturbed.csv')
const undisturbed = await said(await finish(await newImport('uploads/undisturbed.csv', 0), insertInBatches))
// All files have the same companies, which are stored from here on.
const companiesThere = { companies: { created: 0, updated: 0, unchanged: (ROWS / 4) * 3 } }

for (const [stopAt, stored] of [
  [1, false],
  [1, true],
  [2, false],
  [2, true],
  [3, true],
] as const)
  test(`an import that fails at batch ${stopAt}, ${stored ? 'after' : 'before'} it is stored, loses and repeats no row`, async () => {
    const name = `run${stopAt}${stored}n`.toLowerCase()
    const key = `uploads/${name}.csv`
    await files.upload(content(name, ROWS, stopAt === 1 ? NOTES : FEW_NOTES), key)
    const { handler, runs } = breaking(stopAt, stored)
    const job = await finish(await newImport(key, 1), handler)
    assert.equal(job.status, 'completed')
    assert.equal(runs(), 2)
    assert.deepEqual(
      [job.progress.rowsRead, job.progress.rowsStored, job.progress.rowsRejected],
      [ROWS, (ROWS / 4) * 3, ROWS / 4],
    )
    const { counts, ...rest } = (await said(job)) as { counts: object }
    const { counts: expectedCounts, ...expectedRest } = undisturbed as { counts: object }
    assert.deepEqual(rest, expectedRest)
    assert.deepEqual(counts, { ...expectedCounts, ...companiesThere })
    const people = await files.rows(
      `SELECT count(*) FROM contacts WHERE first_name LIKE '${name}%' AND last_name = 'Ünlü'`,
    )
    assert.equal(people[0]?.count, (ROWS / 4) * 3)
    const rejects = await files.read(job.response.rejectsS3Key)
    const lines = rejects.match(/,(\d+),ERR_MISSING_IDENTITY,/g) ?? []
    assert.equal(new Set(lines).size, ROWS / 4)
    // Earlier rows take two lines each, and the fourth row is the first bad one.
    assert.ok(
      rejects.startsWith(
        'First Name,Last Name,Company,Title,Notes,# Employees,line,error_code,error_message\n,,,Boss,"nobody\n3",,8,ERR_',
      ),
    )
  })

test('an import that fails after its rejects are written has the same report', async () => {
  const key = 'uploads/late.csv'
  await files.upload(content('late', 8), key)
  let runs = 0
  const job = await finish(await newImport(key, 1), async context => {
    const response = await insertCsvFile(context)
    if (++runs === 1) throw new Error('the worker breaks')
    return response
  })
  assert.equal(runs, 2)
  assert.equal(job.progress.rowsRejected, 2)
  assert.equal((await files.read(job.response.rejectsS3Key)).match(/nobody/g)?.length, 2)
})

test('a stopped import stops within its batch, and resumes there', async () => {
  const key = 'uploads/stopped.csv'
  await files.upload(content('stopped', ROWS, NOTES), key)
  const uuid = await newImport(key, 0)
  const stop = new AbortController()
  const given = await runJob({
    database,
    databaseUrl,
    engine,
    store,
    handlers: {
      insert_csv_file: context =>
        insertInBatches({
          ...context,
          checkpointSql(checkpoint, progress) {
            stop.abort()
            return context.checkpointSql(checkpoint, progress)
          },
        }),
    },
    log: silent,
    uuid,
    signal: stop.signal,
  })
  assert.notEqual(given.status, 'failed')
  const job = await finish(uuid, insertInBatches)
  assert.equal(job.status, 'completed')
  assert.equal(job.progress.rowsRead, ROWS)
})

test('an import whose file was replaced fails, says what to do, and never mixes rows of two files', async () => {
  const key = 'uploads/replaced.csv'
  await files.upload(content('replaced', ROWS), key)
  const { handler, runs } = breaking(1, true)
  // Of the same size.
  const other = content('replacer', ROWS)
  const uuid = await newImport(key, 9)
  const job = await finish(uuid, async context => {
    if (context.job.checkpoint !== null) await files.upload(other, key)
    return await handler(context)
  })
  assert.equal(job.status, 'failed')
  assert.equal(runs(), 2)
  assert.deepEqual(
    job.response.runtimeErrors?.at(-1),
    `ERR_CONFLICT: the file "${key}" was replaced while it was read: create a new job for the new file`,
  )
  const [people] = await files.rows(
    `SELECT count(*) FILTER (WHERE first_name LIKE 'replaced%') AS old, count(*) FILTER (WHERE first_name LIKE 'replacer%') AS new FROM contacts`,
  )
  assert.deepEqual(people, { old: (BATCH / 4) * 3, new: 0 })
  const again = await finish(await newImport(key, 0), insertInBatches)
  assert.equal(again.progress.rowsStored, (ROWS / 4) * 3)
})
