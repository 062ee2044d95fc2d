/** A server with the data of the README's tour. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { JOB_HANDLERS } from '../../src/jobs/job-types.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { startTestServer, type TestServer } from '../helpers/server.ts'
import { causeFault } from '../helpers/stack.ts'

const TOUR = ['contacts-apollo.csv', 'companies-sp500.csv']

export interface TourServer extends TestServer {
  /** Runs the jobs that wait, one after the other, to their end. */
  runJobs(): Promise<void>
}

export async function startTourServer(): Promise<TourServer> {
  const server = await startTestServer()
  const { engine, store, log } = server.parts
  const { pool: database, url: databaseUrl } = server.database

  async function runJobs(): Promise<void> {
    const { rows } = await database.query<{ uuid: string }>(
      `SELECT uuid FROM jobs WHERE status IN ('open', 'retry_in_queued') ORDER BY id`,
    )
    for (const { uuid } of rows)
      await runJob({ database, databaseUrl, engine, store, handlers: JOB_HANDLERS, log, uuid })
  }

  for (const name of TOUR) {
    const upload = (await server.get(`/common/upload-url?filename=${name}`)).body
    const body = await readFile(new URL(`../../examples/${name}`, import.meta.url))
    assert.equal((await fetch(upload.upload_url, { method: 'PUT', body })).status, 200)
    const job = { job_type: 'insert_csv_file', job_data: { s3_key: upload.s3_key } }
    const { uuid } = (await server.post('/common/jobs/create', job)).body.data
    await runJobs()
    const { data } = (await server.get(`/common/jobs/${uuid}`)).body
    assert.equal(data.status, 'completed', JSON.stringify(data))
  }
  await causeFault()
  return { ...server, runJobs }
}
