/** Everything a client can see of the work of jobs, for comparison with an undisturbed run. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { FIELDS, type Service } from '../../src/fields.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { type Job, jobToJson } from '../../src/jobs/job/job.ts'
import type { Server } from '../app/processes.ts'

/** An export of all records with all their fields. */
export function exportRequest(service: Service): Readonly<Record<string, unknown>> {
  const columns = FIELDS[service].filter(field => field.settable).map(field => field.name)
  const joined = service === 'contact' ? ['company_name', 'company_normalized_domain'] : []
  return { service, vql: { select_columns: ['uuid', ...columns, ...joined] } }
}

/** The progress, response and files of a job, without what differs from run to run: keys of files, times, speeds, and positions in the feed. */
export async function outcomeOf(store: ObjectStore, job: Job): Promise<Readonly<Record<string, unknown>>> {
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  assert.equal(job.attempts, 1, 'the death of a worker uses no retry')
  const { progress, job_response: response } = jobToJson(job)
  const files: Record<string, string> = {}
  for (const [name, key] of Object.entries(response))
    if (name.endsWith('s3_key')) files[name] = await digest(await store.get(String(key)))
  return { progress, response: steady(response), files }
}

async function digest(file: Readable): Promise<string> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of file) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return `${bytes} bytes, sha256 ${hash.digest('hex')}`
}

const FLEETING = /s3_key$|second|duration|elapsed|^seq$/

function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !FLEETING.test(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, steady(inner)]))
}

const QUESTIONS = [
  ['/contacts/count', {}],
  ['/companies/count', {}],
  ['/contacts/count', { where: { text_matches: { must: [{ filter_key: 'title', text_value: 'promoted' }] } } }],
  [
    '/contacts/',
    {
      where: { text_matches: { must: [{ filter_key: 'title', text_value: 'engineer' }] } },
      order_by: [{ order_by: 'company_employees_count', order_direction: 'desc' }],
      select_columns: ['uuid', 'first_name', 'title'],
      company_config: { populate: true, select_columns: ['uuid', 'name'] },
      limit: 100,
    },
  ],
  ['/companies/', { order_by: [{ order_by: 'name' }], select_columns: ['uuid', 'name', 'website'], limit: 100 }],
] as const

/** The answers of the engine of `server` once it has reached `seq`. */
export async function answersOf(server: Server, seq: number): Promise<readonly unknown[]> {
  const headers = {
    Authorization: `Bearer ${server.key}`,
    'Content-Type': 'application/json',
    'X-Connectra-Min-Seq': String(seq),
  }
  const answers: unknown[] = []
  for (const [path, query] of QUESTIONS) {
    const reply = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(query) })
    const body = (await reply.json()) as object
    assert.equal(reply.status, 200, JSON.stringify(body))
    answers.push(body)
  }
  return answers
}
