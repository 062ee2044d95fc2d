/** The server that the browser talks to: the real one, with its page, a worker for jobs, and the people of the README's tour. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buildIfNeeded } from '../../../bench/console/browser/build-if-needed.ts'
import { CONSOLE_DIRECTORY } from '../../../src/console/built-console.ts'
import { JOB_HANDLERS } from '../../../src/jobs/job-types.ts'
import { startWorker } from '../../../src/jobs/queue/worker.ts'
import { startTestServer, type TestServer } from '../../helpers/server.ts'
import { waitUntil } from '../../helpers/wait-until.ts'

const ROOT = join(import.meta.dirname, '../../..')
export const EXAMPLE = join(ROOT, 'examples/contacts-apollo.csv')

/** More rows are exported by a job. */
export const MAX_DOWNLOAD = 150

export interface ConsoleServer extends TestServer {
  stopWorker(): Promise<void>
}

export async function startConsoleServer(): Promise<ConsoleServer> {
  await buildIfNeeded()
  const server = await startTestServer(
    { EXPORT_MAX_ROWS: String(MAX_DOWNLOAD) },
    { consoleDirectory: CONSOLE_DIRECTORY },
  )
  const { engine, store, log } = server.parts
  const databaseUrl = server.database.url
  const limits = { concurrency: 2 }
  const worker = startWorker({ databaseUrl, engine, store, handlers: JOB_HANDLERS, limits, log })
  await importFile(server, EXAMPLE)
  return { ...server, stopWorker: () => worker.stop() }
}

/** Imports a file over HTTP and waits until its job has completed. */
async function importFile(server: TestServer, path: string): Promise<void> {
  const upload = (await server.get(`/common/upload-url?filename=${basename(path)}`)).body
  assert.equal((await fetch(upload.upload_url, { method: 'PUT', body: await readFile(path) })).status, 200)
  const job = { job_type: 'insert_csv_file', job_data: { s3_key: upload.s3_key } }
  const { uuid } = (await server.post('/common/jobs/create', job)).body.data
  const status = async () => (await server.get(`/common/jobs/${uuid}`)).body.data.status
  await waitUntil(`${path} is imported`, async () => (await status()) === 'completed')
}
