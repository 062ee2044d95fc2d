/** Two servers on one database and one directory of files. What a client does with one of them holds for the other. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, test } from 'node:test'
import { generateKey } from '../../src/access/key-rows.ts'
import { createKey } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { JOB_HANDLERS } from '../../src/jobs/job-types.ts'
import { startWorker, type Worker } from '../../src/jobs/queue/worker.ts'
import { rounds } from '../helpers/rounds.ts'
import { startTestServer, type TestServer } from '../helpers/server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const first = await startTestServer()
const second = await startTestServer({}, {}, first)

/** A worker in the process of this node. */
function startWorkerOf({ parts, database }: TestServer): Worker {
  const { engine, store, log } = parts
  const limits = { concurrency: 1 }
  const worker = startWorker({ databaseUrl: database.url, engine, store, handlers: JOB_HANDLERS, limits, log })
  after(() => worker.stop())
  return worker
}

async function upload(node: TestServer, content: string): Promise<string> {
  const { upload_url, s3_key } = (await node.get('/common/upload-url?filename=people.csv')).body
  assert.equal((await fetch(upload_url, { method: 'PUT', body: content })).status, 200)
  return s3_key
}

async function createImport(node: TestServer, s3_key: string): Promise<string> {
  const job = { job_type: 'insert_csv_file', job_data: { s3_key } }
  return (await node.post('/common/jobs/create', job)).body.data.uuid
}

async function statusOf(node: TestServer, uuid: string): Promise<string> {
  return (await node.get(`/common/jobs/${uuid}`)).body.data.status
}

test('an API key is valid on every node, and revoked on every node', async () => {
  const made = await createKey(first.database.pool, 'of a client')
  const headers = { authorization: `Bearer ${made.key}` }
  const statuses = async () =>
    (await Promise.all([first, second].map(node => node.get('/common/contact/filters', headers)))).map(
      ({ status }) => status,
    )
  await waitUntil('both know the key', async () => (await statuses()).every(status => status === 200))
  await revokeKey(first.database.pool, made.id)
  await waitUntil('both refuse the key', async () => (await statuses()).every(status => status === 401))
})

test('a key and a session are valid on every node before they are announced to it', async () => {
  for (let round = 0; round < 3; round++) {
    const { key } = (await first.post('/admin/keys', { name: 'new' })).body.data
    const session = await second.post('/console/session', {}, { authorization: `Bearer ${key}` })
    assert.equal(session.status, 200)
    const headers = { authorization: `Bearer ${session.body.data.key}` }
    assert.equal((await first.get('/console/session', headers)).status, 200)
  }
  // As if the announcement were late.
  const late = generateKey()
  await first.database.pool.query(
    `INSERT INTO api_keys (name, hash, prefix, last_four) VALUES ('late', sha256($1::text::bytea), '', '')`,
    [late],
  )
  assert.equal((await second.get('/console/session', { authorization: `Bearer ${late}` })).status, 200)
})

test('a URL that one node has signed is valid on the others', async () => {
  const { upload_url, s3_key } = (await first.get('/common/upload-url?filename=shared.csv')).body
  const there = (url: string) => url.replace(first.url, second.url)
  assert.notEqual(there(upload_url), upload_url)
  assert.equal((await fetch(there(upload_url), { method: 'PUT', body: 'name\nAcme\n' })).status, 200)
  // One URL takes one file, whichever node gets it.
  assert.equal((await fetch(upload_url, { method: 'PUT', body: 'name\nOther\n' })).status, 409)
  const { download_url } = (await first.get(`/common/download-url?s3_key=${s3_key}`)).body
  assert.equal(await (await fetch(there(download_url))).text(), 'name\nAcme\n')
  assert.equal((await fetch(there(download_url).replace(/signature=.*/, 'signature=forged'))).status, 403)
})

test('a job can be created, cancelled and retried on different nodes', async () => {
  const uuid = await createImport(first, await upload(second, 'first_name,email\nAda,ada@shared.example\n'))
  assert.equal((await second.post(`/common/jobs/${uuid}/cancel`)).body.data.status, 'failed')
  assert.equal((await first.post(`/common/jobs/${uuid}/cancel`)).status, 409)
  const worker = startWorkerOf(second)
  assert.equal((await first.post(`/common/jobs/${uuid}/retry`)).body.data.status, 'retry_in_queued')
  await waitUntil('the job is completed', async () => (await statusOf(first, uuid)) === 'completed')
  await worker.stop()
})

test('a running job is cancelled by a node that does not run it', async () => {
  const running = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<unknown>()
  const { engine, store, log } = second.parts
  const worker = startWorker({
    databaseUrl: second.database.url,
    engine,
    store,
    handlers: {
      insert_csv_file: async ({ signal }) => {
        running.resolve()
        await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
        stopped.resolve(signal.reason)
        throw signal.reason
      },
    },
    limits: { concurrency: 1 },
    log,
  })
  after(() => worker.stop())
  const uuid = await createImport(first, await upload(first, 'first_name,email\nEve,eve@shared.example\n'))
  await running.promise
  assert.equal((await first.post(`/common/jobs/${uuid}/cancel`)).body.data.status, 'failed')
  assert.match(String(await stopped.promise), /claim is lost/)
  await worker.stop()
})

test('a completed job has the position of its last write, so that every node can search what it has stored', async () => {
  const worker = startWorkerOf(second)
  for (let round = 0; round < 5; round++) {
    const city = `city ${round}`
    const rows = Array.from({ length: 50 }, (_, row) => `Ada,ada${row}@${round}.example,${city}\n`)
    const uuid = await createImport(first, await upload(first, `first_name,email,city\n${rows.join('')}`))
    let header: string | null = null
    await waitUntil('the job is completed', async () => {
      const { body, headers } = await first.get(`/common/jobs/${uuid}`)
      header = headers.get('x-connectra-seq')
      if (body.data.status !== 'completed') assert.equal(header, null)
      else assert.equal(String(body.data.job_response.seq), header)
      return body.data.status === 'completed'
    })
    const query = { where: { keyword_match: { must: { city } } } }
    const found = await first.post('/contacts/count', query, { 'x-connectra-min-seq': header! })
    assert.deepEqual(found.body, { success: true, count: 50 })
  }
  const listed = await first.post('/common/jobs', { status: 'completed' })
  const seqs = listed.body.data.map((job: { job_response: { seq: number } }) => job.job_response.seq)
  assert.ok(seqs.length >= 5)
  assert.equal(listed.headers.get('x-connectra-seq'), String(Math.max(...seqs)))
  await worker.stop()
})

test('a write to any node is seen by a search on any node that asks for its position', async () => {
  const nodes = [first, second]
  const any = () => nodes[randomInt(nodes.length)]!
  let pairs = rounds(200, 10_000)
  let elsewhere = 0
  const missed: string[] = []
  async function client(number: number): Promise<void> {
    while (pairs-- > 0) {
      const [writer, reader] = [any(), any()]
      const title = `title ${number} ${pairs}`
      const record = { first_name: 'Ada', linkedin_url: `linkedin.com/in/client-${number}`, title }
      const written = await writer.post('/contacts/batch-upsert', [record])
      const headers = { 'x-connectra-min-seq': written.headers.get('x-connectra-seq')! }
      const query = { where: { keyword_match: { must: { title } } } }
      const { status, body } = await reader.post('/contacts/count', query, headers)
      if (status !== 200 || body.count !== 1) missed.push(`${title}: ${status} ${JSON.stringify(body)}`)
      if (writer !== reader) elsewhere++
    }
  }
  await Promise.all(Array.from({ length: 6 }, (_, number) => client(number)))
  assert.deepEqual(missed, [])
  assert.ok(elsewhere > 50)
})

test('when the indexes of all nodes are outdated, one of them answers at any time, until all are rebuilt', async () => {
  const nodes = [first, second]
  const statuses = () => nodes.map(({ engine }) => engine.state().status)
  const built = nodes.map(({ engine }) => engine.position()!.seq)
  // As `connectra reindex` does.
  await first.database.pool.query('UPDATE changes SET token = gen_random_uuid()')
  const writing = first.post('/companies/batch-upsert', [{ name: 'Written During The Rebuild' }])
  while (nodes.some(({ engine }, place) => (engine.position()?.seq ?? 0) <= built[place]!)) {
    const now = statuses()
    assert.ok(
      now.some(status => status === 'ok' || status === 'outdated'),
      now.join(),
    )
    await new Promise(resolve => setImmediate(resolve))
  }
  const headers = { 'x-connectra-min-seq': (await writing).headers.get('x-connectra-seq')! }
  for (const node of nodes) {
    const query = { where: { keyword_match: { must: { name: 'Written During The Rebuild' } } } }
    assert.equal((await node.post('/companies/count', query, headers)).body.count, 1)
  }
})
