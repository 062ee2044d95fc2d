/**
 * The attacks: what hostile clients send, most of them with a valid key. Each is the worst known request of its kind. Before it
 * was limited, it blocked the server for seconds or used gigabytes of memory.
 */
import { gzipSync } from 'node:zlib'
import { alternatives, manyMisspelt, manySubstrings } from '../../bench/queries/expensive-requests.ts'
import { head, open, send, sendJson, type Target } from './client.ts'

export interface Attack {
  readonly name: string
  /** How many connections repeat it at the same time. */
  readonly connections: number
  /** Creates the data that the attack needs; runs once, before the measurement. */
  prepare?(target: Target): Promise<void>
  /** Runs one round on one connection and resolves at its end. `signal` aborts at the end of the measurement. */
  run(target: Target, signal: AbortSignal, round: number): Promise<unknown>
}

const MARK = '\u0301'
const name = (index: number) => `hostile ${index}`
const text = (length: number, seed: number) => `${seed} `.padEnd(length, 'x')

/** The largest record possible: three lists of 64 kB. */
const largeCompany = {
  uuid: '0b5e55ed-0000-4000-8000-000000000001',
  name: 'hostile company',
  ...Object.fromEntries(
    ['industries', 'keywords', 'technologies'].map(field => [
      field,
      Array.from({ length: 32 }, (_, item) => text(1990, item)),
    ]),
  ),
}

export const ATTACKS: readonly Attack[] = [
  {
    name: 'pages of the largest company',
    connections: 6,
    async prepare(target) {
      await sendJson(target, '/companies/batch-upsert', [largeCompany])
      const contacts = Array.from({ length: 100 }, (_, index) => ({
        first_name: name(index),
        last_name: 'of the largest company',
        company_id: largeCompany.uuid,
      }))
      await sendJson(target, '/contacts/batch-upsert', contacts)
    },
    run: target => send(target, '/contacts/', { ...ofLargeCompany, limit: 100 }),
  },
  {
    name: 'pages that nobody reads',
    connections: 50,
    async run(target, signal) {
      const socket = open(target)
      socket.pause()
      const body = JSON.stringify({ ...ofLargeCompany, limit: 100 })
      socket.write(head(target, 'POST', '/contacts/', { 'Content-Length': Buffer.byteLength(body) }) + body)
      await Promise.race([closed(socket), aborted(signal)])
      socket.destroy()
    },
  },
  {
    name: 'names full of combining marks',
    connections: 2,
    run: target =>
      send(
        target,
        '/contacts/batch-upsert?on_error=skip',
        Array.from({ length: 100 }, (_, index) => ({ first_name: `${index}a${MARK.repeat(90_000)}`, last_name: 'x' })),
      ),
  },
  {
    name: 'combining marks in queries',
    connections: 2,
    run: target =>
      send(target, '/contacts/count', {
        where: {
          keyword_match: { must: { first_name: Array.from({ length: 10 }, (_, i) => `${i}${MARK.repeat(90_000)}`) } },
        },
      }),
  },
  {
    name: 'combining marks in rows',
    connections: 2,
    run: target =>
      send(target, '/common/batch-upsert?on_error=skip', {
        data: Array.from({ length: 100 }, (_, index) => ({ first_name: `${index}a${MARK.repeat(90_000)}` })),
      }),
  },
  {
    name: 'unknown fields',
    connections: 2,
    run: (target, _, round) =>
      send(
        target,
        '/contacts/batch-upsert',
        Array.from({ length: 1000 }, (_, record) =>
          Object.fromEntries(Array.from({ length: 20 }, (_, field) => [`frist_nmae_${round}_${record}_${field}`, 'x'])),
        ),
      ),
  },
  {
    name: 'previews of a small gzip file with long rows',
    connections: 2,
    async run(target) {
      const { upload_url, s3_key } = await sendJson(target, '/common/upload-url?filename=long.csv.gz')
      const { pathname, search } = new URL(upload_url)
      await send(target, pathname + search, longRows(), 'PUT')
      await send(target, '/common/imports/preview', { s3_key, rows: 100 })
    },
  },
  {
    name: 'imports of a small gzip file with long rows',
    connections: 1,
    async run(target) {
      const { upload_url, s3_key } = await sendJson(target, '/common/upload-url?filename=long.csv.gz')
      const { pathname, search } = new URL(upload_url)
      await send(target, pathname + search, longRows(), 'PUT')
      const { data } = await sendJson(target, '/common/jobs/create', {
        job_type: 'insert_csv_file',
        job_data: { s3_key },
      })
      for (;;) {
        const job = await sendJson(target, `/common/jobs/${data.uuid}`)
        if (job.data.status === 'completed' || job.data.status === 'failed') return
      }
    },
  },
  {
    name: 'many alternative substrings',
    connections: 2,
    run: (target, _, round) =>
      send(target, '/contacts/count', { where: alternatives('linkedin_url', manySubstrings(round), 'substring') }),
  },
  {
    name: 'words with typing errors',
    connections: 2,
    run: (target, _, round) =>
      send(target, '/contacts/count', { where: alternatives('title', manyMisspelt(round), 'match', { fuzzy: true }) }),
  },
  {
    name: 'a query with a million keys',
    connections: 2,
    run: target => send(target, '/contacts/count', MILLION_KEYS()),
  },
  {
    name: 'a query with five million brackets',
    connections: 2,
    run: target => send(target, '/contacts/count', Buffer.alloc(5_000_000, '[')),
  },
  {
    name: 'deeply nested conditions in a job',
    connections: 2,
    run: target =>
      send(
        target,
        '/common/jobs/create',
        `{"job_type":"export_csv_file","job_data":{"service":"contact","vql":{"select_columns":["uuid"],"where":${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)}}}}`,
      ),
  },
  {
    name: 'connections that send one byte every two seconds',
    connections: 300,
    async run(target, signal) {
      const socket = open(target)
      socket.write('POST /contacts/ HTTP/1.1\r\nHost: x\r\n')
      const timer = setInterval(() => socket.write('X'), 2000)
      await Promise.race([closed(socket), aborted(signal)])
      clearInterval(timer)
      socket.destroy()
    },
  },
  {
    name: 'bodies that continue after they are rejected',
    connections: 2,
    async run(target, signal) {
      const socket = open(target)
      socket.resume()
      socket.write(head({ ...target, key: 'wrong' }, 'POST', '/contacts/', { 'Content-Length': 8e9 }))
      const chunk = Buffer.alloc(1 << 20, 'x')
      const more = () => {
        while (!socket.destroyed && !signal.aborted && socket.write(chunk));
      }
      socket.on('drain', more)
      more()
      await Promise.race([closed(socket), aborted(signal)])
      socket.destroy()
    },
  },
  {
    name: 'lists of jobs with large mappings',
    connections: 2,
    async prepare(target) {
      const mapping = Object.fromEntries(
        Array.from({ length: 10_000 }, (_, index) => [`${index}`.padEnd(40, '-'), null]),
      )
      for (let job = 0; job < 15; job++)
        await send(target, '/common/jobs/create', {
          job_type: 'insert_csv_file',
          job_data: { s3_key: `uploads/00000000-0000-4000-8000-00000000000${job % 10}_none.csv`, mapping },
        })
    },
    run: target => send(target, '/common/jobs', { limit: 100 }),
  },
  {
    name: 'lists of as many large shared views as possible',
    connections: 6,
    prepare: saveLargeViews,
    run: target => send(target, '/console/views'),
  },
  {
    name: 'lists of large views that nobody reads',
    connections: 50,
    prepare: saveLargeViews,
    async run(target, signal) {
      const socket = open(target)
      socket.pause()
      socket.write(head(target, 'GET', '/console/views', {}))
      await Promise.race([closed(socket), aborted(signal)])
      socket.destroy()
    },
  },
]

/** A key each, until none may share more: then every list has the most bytes. */
async function saveLargeViews(target: Target): Promise<void> {
  const state = { text: 'x'.repeat(32_000) }
  for (;;) {
    const { data } = await sendJson(target, '/admin/keys', { name: 'hostile' })
    let saved = 0
    for (;;) {
      const body = { name: 'hostile', service: 'contact', state, shared: true }
      if ((await send({ ...target, key: data.key }, '/console/views', body))?.status !== 200) break
      saved++
    }
    if (saved === 0) return
  }
}

const ofLargeCompany = {
  where: { keyword_match: { must: { company_id: largeCompany.uuid } } },
  company_config: { populate: true },
}

const MILLION_KEYS = once(() =>
  Buffer.from(`{${Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":1`).join(',')}}`),
)

const longRows = once(() => gzipSync(`email,title\n${`${'a'.repeat(5_000_000)}@x.example,y\n`.repeat(4)}`))

function once<T>(create: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= create()
    return value
  }
}

function closed(socket: { once(event: 'close', listener: () => void): unknown }): Promise<void> {
  return new Promise(resolve => socket.once('close', () => resolve()))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
