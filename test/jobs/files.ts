/**
 * Set-up for tests of imports and exports: a database, an engine, a directory of files, and a way to run jobs to their
 * end.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after } from 'node:test'
import type { Database } from '../../src/database/pool.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import type { ImportReport } from '../../src/jobs/import/report.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobHandler } from '../../src/jobs/job/job-context.ts'
import { JOB_HANDLERS, type JobType, validateJobData } from '../../src/jobs/job-types.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import type { Log } from '../../src/runtime/log.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { openTestStore } from '../helpers/store.ts'

export const silent: Log = { info() {}, warn() {}, error() {} }

export interface Files {
  readonly database: Database
  readonly databaseUrl: string
  readonly engine: SearchEngine
  readonly store: ObjectStore
  /** Of the store. */
  readonly directory: string
  /** Runs a job with this data and number of retries to its end. */
  run(
    jobType: JobType,
    data: Readonly<Record<string, unknown>>,
    handler?: JobHandler,
    retryCount?: number,
  ): Promise<Job>
  /** Puts `content` into the store and returns its key, by default a new one. */
  upload(content: string | Uint8Array, key?: string): Promise<string>
  /** Puts `content` into the store and imports it. */
  importText(content: string | Uint8Array, data?: Readonly<Record<string, unknown>>): Promise<Job>
  /** The text of a file in the store. */
  read(key: string | undefined): Promise<string>
  rows(sql: string): Promise<Record<string, unknown>[]>
}

export async function openFiles(): Promise<Files> {
  const { pool, url } = await createTestDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'connectra-test-'))
  const store = await openTestStore(directory)
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: silent })
  await engine.ready()
  after(async () => {
    await engine.close()
    await rm(directory, { recursive: true })
  })
  let uploads = 0

  async function upload(content: string | Uint8Array, key = `uploads/${++uploads}.csv`): Promise<string> {
    await store.put(key, Readable.from([content]))
    return key
  }

  async function run(
    jobType: JobType,
    data: Readonly<Record<string, unknown>>,
    handler?: JobHandler,
    retryCount = 0,
  ): Promise<Job> {
    const { uuid } = await createJob(pool, {
      jobType,
      data: validateJobData(jobType, data),
      retryCount,
      retryIntervalSeconds: 0,
    })
    const handlers = { ...JOB_HANDLERS, ...(handler === undefined ? {} : { [jobType]: handler }) }
    await runJob({ database: pool, databaseUrl: url, engine, store, handlers, log: silent, uuid })
    return await getJob(pool, uuid)
  }

  return {
    database: pool,
    databaseUrl: url,
    engine,
    store,
    directory,
    run,
    upload,
    importText: async (content, data = {}) => await run('insert_csv_file', { s3_key: await upload(content), ...data }),
    read: async key => await text(await store.get(key ?? 'absent')),
    rows: async sql => (await pool.query(sql)).rows,
  }
}

/** The report of a completed import. JobResponse.details has no type of its own. */
export function reportOf(job: Job): ImportReport {
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  return job.response.details as unknown as ImportReport
}
