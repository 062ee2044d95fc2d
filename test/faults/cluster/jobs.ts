/** Imports and exports, as clients run them. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { assertAnswer, type LoadClient, WrongAnswer } from './client.ts'
import type { Ledger } from './ledger.ts'
import { EXPORTED_TITLE } from './records.ts'

/** Milliseconds. */
const POLL_EVERY = 100
const ENDS_WITHIN = 120_000
const UPLOAD_WITHIN = 20_000
/** An export that was reading when OpenSearch failed is tried again. */
const RETRIES = { retry_count: 10, retry_interval: 1 }

const COLUMNS = ['uuid', 'first_name', 'email', 'title', 'company_name']
const EXPORTS = {
  small: COLUMNS,
  /** Of more than one part. */
  large: [...COLUMNS, 'company_address'],
} as const

/** Rows that are stored, and one that is rejected. */
export function csvOf(title: string, rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `Person,${title.replaceAll(' ', '-')}-${row}@imported.example,${title}`,
  )
  return ['First Name,Email,Title', ...lines, ',,nobody', ''].join('\n')
}

/** Uploads a file of contacts with a title of their own, again if the upload fails. Returns its key; null if there is no URL. */
export async function uploadFile(client: LoadClient, ledger: Ledger, rows: number): Promise<string | null> {
  const title = `import ${randomUUID()}`
  const reply = await client.get('/common/upload-url?filename=people.csv')
  if (reply === null) return null
  const { upload_url, s3_key } = reply.body
  const body = csvOf(title, rows)
  const put = async () => {
    const { status } = await fetch(upload_url, { method: 'PUT', body, signal: AbortSignal.timeout(UPLOAD_WITHIN) })
    if (status !== 200) throw new Error(`the upload was answered with ${status}`)
    return true
  }
  while ((await client.attempt('an upload', put)) === null) await delay(POLL_EVERY)
  ledger.imports.set(s3_key, { title, rows })
  return s3_key
}

/** Returns the job; null if there was no answer. Then there may be one. */
export async function createJob(client: LoadClient, ledger: Ledger, request: object): Promise<string | null> {
  const reply = await client.post('/common/jobs/create', request)
  if (reply === null) return null
  ledger.jobs.add(reply.body.data.uuid)
  return reply.body.data.uuid
}

export async function createImport(client: LoadClient, ledger: Ledger, key: string): Promise<string | null> {
  return await createJob(client, ledger, { job_type: 'insert_csv_file', job_data: { s3_key: key } })
}

export async function createExport(
  client: LoadClient,
  ledger: Ledger,
  size: keyof typeof EXPORTS,
): Promise<string | null> {
  const vql = {
    where: { keyword_match: { must: { title: EXPORTED_TITLE } } },
    order_by: [{ order_by: 'email' }],
    select_columns: EXPORTS[size],
  }
  return await createJob(client, ledger, {
    job_type: 'export_csv_file',
    job_data: { service: 'contact', vql },
    ...RETRIES,
  })
}

export async function runImport(client: LoadClient, ledger: Ledger, rows: number): Promise<void> {
  const key = await uploadFile(client, ledger, rows)
  const job = key === null ? null : await createImport(client, ledger, key)
  if (job === null) return
  const seq = await untilCompleted(client, job)
  const query = { where: { keyword_match: { must: { title: ledger.imports.get(key!)!.title } } } }
  const found = await client.post('/contacts/count', query, { 'x-connectra-min-seq': seq })
  if (found !== null) assertAnswer(found.body.count, rows, `contacts of import ${job}`)
}

export async function runExport(client: LoadClient, ledger: Ledger, size: keyof typeof EXPORTS): Promise<void> {
  const job = await createExport(client, ledger, size)
  if (job !== null) await untilCompleted(client, job)
}

/** Polls the job as a client does. Returns the position of its last write. */
export async function untilCompleted(client: LoadClient, job: string): Promise<string> {
  const deadline = performance.now() + ENDS_WITHIN
  for (;;) {
    const reply = await client.get(`/common/jobs/${job}`)
    const { status, job_response: response } = reply?.body.data ?? {}
    if (status === 'completed') return reply!.seq!
    if (status === 'failed') throw new WrongAnswer(`job ${job} has failed: ${JSON.stringify(response)}`)
    if (performance.now() > deadline) throw new WrongAnswer(`job ${job} has not ended: ${JSON.stringify(reply?.body)}`)
    await delay(POLL_EVERY)
  }
}
