/**
 * Kills the whole server (the process that people start, and with it its PostgreSQL) at random moments of an import, and
 * compares what is stored in the end with an import that nobody disturbed: `node test/faults/server-kills.ts --kills 20`.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { FIELDS, isSystemField, type Service } from '../../src/fields.ts'
import { type Server, serve } from '../app/processes.ts'
import { csv } from './import-under-kills.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rows: { type: 'string', default: '100000' },
    /** A server lives up to so long, in milliseconds, after it answers. */
    life: { type: 'string', default: '5000' },
  },
})

type Json = Record<string, unknown>
interface Job {
  readonly uuid: string
  readonly status: string
  readonly attempts: number
  readonly progress: Json
  readonly job_response: Json
}
interface Outcome {
  readonly progress: Json
  readonly rejects: string
  readonly company: string
  readonly contact: string
}

const POLL = 50
const file = [...csv(Number(values.rows))].join('')

async function call(server: Server, method: string, path: string, body?: unknown): Promise<Json> {
  const reply = await fetch(`${server.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  assert.equal(reply.status, 200, await reply.clone().text())
  return (await reply.json()) as Json
}

async function startImport(server: Server): Promise<string> {
  const { upload_url, s3_key } = await call(server, 'GET', '/common/upload-url?filename=people.csv')
  const reply = await fetch(String(upload_url), { method: 'PUT', body: file })
  assert.equal(reply.status, 200)
  return await createJob(server, 'insert_csv_file', { s3_key })
}

async function createJob(server: Server, job_type: string, job_data: Json): Promise<string> {
  const { data } = await call(server, 'POST', '/common/jobs/create', { job_type, job_data })
  return (data as Job).uuid
}

async function finished(server: Server, uuid: string): Promise<Job> {
  for (;;) {
    const job = (await call(server, 'GET', `/common/jobs/${uuid}`)).data as Job
    if (job.status === 'completed') return job
    assert.notEqual(job.status, 'failed', JSON.stringify(job))
    await delay(POLL)
  }
}

async function download(server: Server, key: unknown): Promise<string> {
  const { download_url } = await call(server, 'GET', `/common/download-url?s3_key=${encodeURIComponent(String(key))}`)
  return await (await fetch(String(download_url))).text()
}

/** Every record with all that it says. */
async function exported(server: Server, service: Service): Promise<string> {
  const columns = FIELDS[service].filter(field => !isSystemField(field)).map(field => field.name)
  const vql = { select_columns: ['uuid', ...columns] }
  const { job_response } = await finished(server, await createJob(server, 'export_csv_file', { service, vql }))
  return await download(server, job_response.s3_key)
}

async function outcome(server: Server, job: Job): Promise<Outcome> {
  assert.equal(job.attempts, 1, 'a death uses no retry')
  return {
    progress: job.progress,
    rejects: await download(server, job.job_response.rejects_s3_key),
    company: await exported(server, 'company'),
    contact: await exported(server, 'contact'),
  }
}

async function end(server: Server, signal: NodeJS.Signals): Promise<void> {
  server.process.kill(signal)
  await server.end()
}

const directory = await mkdtemp(join(tmpdir(), 'server-kills-'))
let server: Server | undefined
try {
  server = await serve(join(directory, 'undisturbed'))
  const began = performance.now()
  const expected = await outcome(server, await finished(server, await startImport(server)))
  console.log(`undisturbed: imported and exported in ${Math.round(performance.now() - began)} ms`)
  await end(server, 'SIGTERM')

  let kills = Number(values.kills)
  for (let round = 1; kills > 0; round++) {
    const dataDir = join(directory, `round-${round}`)
    server = await serve(dataDir)
    const uuid = await startImport(server)
    for (; kills > 0; kills--) {
      await delay(Math.random() * Number(values.life))
      const { status, progress } = (await call(server, 'GET', `/common/jobs/${uuid}`)).data as Job
      if (status === 'completed') break
      await end(server, 'SIGKILL')
      console.log(`killed at row ${progress.rows_read}`)
      server = await serve(dataDir)
    }
    assert.deepEqual(await outcome(server, await finished(server, uuid)), expected)
    console.log(`round ${round}: as if nothing had happened; ${kills} kills left`)
    await end(server, 'SIGTERM')
  }
} finally {
  server?.process.kill('SIGKILL')
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
