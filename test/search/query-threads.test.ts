import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { findField } from '../../src/fields.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { type EmbeddedEngineOptions, openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { ThreadData, ToThread } from '../../src/search/embedded/threads/requests.ts'
import type { FacetRequest, SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fill } from './snapshot/snapshots.ts'

const { pool, url } = await createTestDatabase()
const RECORDS = 3000
await fill(pool, RECORDS)

async function open(options: Partial<EmbeddedEngineOptions>) {
  const log = { info() {}, warn() {}, error() {} }
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log, ...options })
  await engine.ready()
  return engine
}

const inline = await open({ inlineCost: Number.POSITIVE_INFINITY })
const threaded = await open({ inlineCost: 0 })
test.after(() => Promise.all([inline.close(), threaded.close()]))

const QUERIES = [
  {},
  { where: { text_matches: { must: [{ filter_key: 'title', text_value: 'haed of 3', fuzzy: true }] } } },
  {
    where: { text_matches: { must: [{ filter_key: 'company_name', text_value: 'pany 1', search_type: 'substring' }] } },
  },
  { where: { keyword_match: { must: { company_country: ['france'] } } } },
]
const ORDERS = [[], [{ order_by: 'company_employees_count', order_direction: 'desc' }], [{ order_by: 'title' }]]

async function everything(engine: SearchEngine): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const request of QUERIES)
    for (const order_by of ORDERS) {
      const query = parseQuery('contact', { ...request, order_by, limit: 30 })
      answers.push(await engine.search(query), await engine.count('contact', query.where))
      const uuids = await Array.fromAsync(engine.scan({ ...query, limit: Number.POSITIVE_INFINITY }))
      answers.push(uuids.flat())
    }
  const { where } = parseQuery('contact', QUERIES[1]!)
  for (const [service, name] of [
    ['contact', 'city'],
    ['company', 'country'],
  ] as const) {
    const field = findField(service, name)!
    const facet: FacetRequest = { service: 'contact', field, where, contains: 'r', offset: 0, limit: 10 }
    answers.push(await engine.facet(facet))
  }
  answers.push(await engine.extent('contact', findField('company', 'employees_count')!, where))
  return answers
}

test('a query thread gives the same answers as the calling thread', async () => {
  assert.deepEqual(await everything(threaded), await everything(inline))
})

test('a query that costs little does not wait for long ones', async () => {
  const engine = await open({ inlineCost: 0, quickCost: 20_000, queryThreads: 1 })
  // Each substring of two letters is searched in every word.
  const parts = Array.from({ length: 100 }, (_, number) => ({
    text_matches: { must: [{ filter_key: 'title', text_value: String(number), search_type: 'substring' }] },
  }))
  const long = parseQuery('contact', { where: { or: parts } }).where
  const quick = parseQuery('contact', { where: { keyword_match: { must: { first_name: ['ada'] } } } }).where
  const ended: string[] = []
  try {
    const asked = Array.from({ length: 20 }, async () => {
      await engine.count('contact', long)
      ended.push('long')
    })
    await engine.count('contact', quick)
    ended.push('quick')
    await Promise.all(asked)
    assert.ok(ended.indexOf('quick') < 10, ended.join())
  } finally {
    await engine.close()
  }
})

test('a query thread sees every write that the engine has applied', async () => {
  const { seq } = await upsert(pool, {
    companies: [],
    contacts: [{ uuid: '5eed0000-0000-4000-8000-000000000000', values: { first_name: 'grace' } }],
  })
  assert.equal(await threaded.waitFor(seq, 10_000), true)
  assert.equal(await threaded.count('contact', { type: 'all' }), RECORDS + 1)
})

test('a scan that becomes costly goes on in another thread, without a gap', async () => {
  const query = { ...parseQuery('contact', { order_by: [{ order_by: 'title' }] }), limit: Number.POSITIVE_INFINITY }
  const engine = await open({ inlineCost: 40_000 })
  const uuids = await Array.fromAsync(engine.scan(query))
  assert.deepEqual(uuids.flat(), (await Array.fromAsync(inline.scan(query))).flat())
  await engine.close()
})

test('a query that nobody waits for any more ends, in the thread too', async () => {
  const engine = await open({ inlineCost: 0 })
  const gone = new AbortController()
  const where = { text_matches: { must: [{ filter_key: 'title', text_value: 'haed of 3', fuzzy: true }] } }
  const query = parseQuery('contact', { where })
  const asked = [
    engine.search(query, gone.signal),
    engine.count('contact', query.where, gone.signal),
    Array.fromAsync(engine.scan(query, gone.signal)),
  ]
  gone.abort(new Error('gone'))
  for (const answer of asked) await assert.rejects(answer, { message: 'gone' })
  await assert.rejects(engine.count('contact', query.where, gone.signal), { message: 'gone' })
  const waiting = new AbortController().signal
  assert.equal(await engine.count('contact', query.where, waiting), await inline.count('contact', query.where))
  await Array.fromAsync(engine.scan(query, waiting))
  for (const signal of [gone.signal, waiting]) assert.equal(getEventListeners(signal, 'abort').length, 0)
  await engine.close()
})

test('a scan that nobody waits for any more ends between two portions', async () => {
  const engine = await open({ inlineCost: 0 })
  const gone = new AbortController()
  const portions = engine.scan({ ...parseQuery('contact', {}), limit: RECORDS }, gone.signal)[Symbol.asyncIterator]()
  await portions.next()
  gone.abort(new Error('gone'))
  await assert.rejects(portions.next(), { message: 'gone' })
  await engine.close()
})

test('a query thread does not begin a query that nobody waits for', async () => {
  const script = new URL('../../src/search/embedded/threads/query-thread.ts', import.meta.url)
  const thread = new Worker(script, { workerData: { lane: 'quick' } satisfies ThreadData })
  const request = { type: 'count', service: 'contact', where: { type: 'all' } } as const
  const flag = new Int32Array(new SharedArrayBuffer(4))
  flag[0] = 1
  thread.postMessage({
    type: 'ask',
    id: 1,
    request,
    limit: 1e9,
    deadline: Number.POSITIVE_INFINITY,
    stop: flag,
  } satisfies ToThread)
  assert.deepEqual(await once(thread, 'message'), [{ id: 1, stopped: true }])
  await thread.terminate()
})

test('a query that waits too long ends with an error that says what to do', async () => {
  const engine = await open({ inlineCost: 0, queryTimeoutMs: -1 })
  await assert.rejects(engine.count('contact', parseQuery('contact', QUERIES[1]!).where), {
    code: 'ERR_QUERY_TIMEOUT',
    message: /use fewer or more specific conditions/,
  })
  await engine.close()
})

test('a bounded number of costly queries waits; the others are rejected at once', async () => {
  const { where } = parseQuery('contact', QUERIES[1]!)
  const counts = await Promise.allSettled(Array.from({ length: 120 }, () => threaded.count('contact', where)))
  const rejected = counts.filter(({ status }) => status === 'rejected')
  assert.equal(rejected.length, 20)
  assert.equal((rejected[0] as PromiseRejectedResult).reason.code, 'ERR_UNAVAILABLE')
})

test('queries that are waiting when the engine is closed fail, and the engine closes', async () => {
  const engine = await open({ inlineCost: 0 })
  const waiting = engine.count('contact', parseQuery('contact', QUERIES[1]!).where)
  const failed = assert.rejects(waiting, { code: 'ERR_UNAVAILABLE' })
  await engine.close()
  await failed
})

test('a scan that is under way when the engine is closed fails instead of waiting forever', async () => {
  const engine = await open({ inlineCost: 0 })
  const query = { ...parseQuery('contact', { order_by: [{ order_by: 'title' }] }), limit: Number.POSITIVE_INFINITY }
  const scan = engine.scan(query)[Symbol.asyncIterator]()
  assert.equal((await scan.next()).done, false)
  await engine.close()
  await assert.rejects(scan.next(), { code: 'ERR_UNAVAILABLE' })
})
