/** The S3 store on a real server. Run it with `npm run test:cluster`, or alone with `node test/cluster/s3.ts`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import {
  type CORSRule,
  CreateBucketCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { S3Store } from '../../src/files/s3/s3-store.ts'
import { exportCsvFile } from '../../src/jobs/export/export-csv-file.ts'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { launch, temporaryDirectory } from '../app/processes.ts'
import { openStoreAt, PREFIX } from '../files/s3/open-stores.ts'
import { bytesOf, chunks, testStore, textOf } from '../files/store-contract.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { globalSetup, globalTeardown } from '../helpers/global-setup.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { allowPages, type S3Process, startS3 } from './servers/versitygw.ts'

/** The smallest part that S3 accepts. */
const PART = 5 << 20
const silent = { info() {}, warn() {}, error() {} }

export async function describeS3(): Promise<void> {
  const server = await startS3(['files', 'archive'])
  const isFirst = process.env.CONNECTRA_TEST_SERVER === undefined
  if (isFirst) await globalSetup()
  const database = await createTestDatabase()
  // After the database, because it runs in this order.
  if (isFirst) after(globalTeardown)
  const store = openStoreAt(server, ['files', 'archive'], { partBytes: PART })
  describe('S3', () => {
    after(() => server.stop())
    const folders = ['uploads/', 'exports/']
    testStore(
      'S3',
      { store, unfinished: async () => (await Promise.all(folders.map(store.unfinished!))).flat().map(put => put.key) },
      { largeBytes: 2 * PART + 1234 },
    )
    describeUrls(store)
    describeRights(server)
    describeOutages(server, store, database)
  })
}

function describeUrls(store: S3Store): void {
  it('has signed URLs that take any Content-Type and give the file as a download', async () => {
    const key = 'uploads/8d2ff1c8-7f9b-4b0e-9c56-5d6e2a0f3f10_März (1).csv'
    const { url } = await store.uploadUrl(key)
    for (const headers of [{}, { 'content-type': 'text/csv' }, { 'content-type': 'application/json' }])
      assert.equal((await fetch(url, { method: 'PUT', body: 'a,b\n', headers })).status, 200)
    assert.equal(await textOf(store, key), 'a,b\n')
    const download = await fetch((await store.downloadUrl(key)).url)
    assert.equal(await download.text(), 'a,b\n')
    assert.match(download.headers.get('content-disposition')!, /^attachment; filename="M_rz \(1\)\.csv"/)
    assert.equal((await fetch(url.replace('uploads', 'exports'), { method: 'PUT', body: 'x' })).status, 403)
  })

  it('has what Connectra needs, and says so', async () => {
    await store.probe()
    assert.equal((await store.tryUrls(['https://app.example.com'])).unreachable, null)
    assert.deepEqual(
      (await store.list('uploads/')).filter(key => key.includes('check')),
      [],
    )
  })
}

/** The JSON block of docs/scaling.md that contains `mark`, for the bucket of the tests. */
async function documentedJson(mark: string): Promise<unknown> {
  const text = await readFile(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8')
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(match => match[1]!)
  const block = blocks.find(json => json.includes(mark))
  assert.ok(block, `docs/scaling.md has no JSON with ${mark}`)
  return JSON.parse(block.replaceAll('example-connectra', 'rights').replaceAll('production/', PREFIX))
}

function describeRights(server: S3Process): void {
  const user = { accessKeyId: 'with-few-rights', secretAccessKey: 'secret-of-few-rights' }
  const { url, credentials } = server
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials })
  after(() => client.destroy())

  async function allow(statements: readonly object[]): Promise<void> {
    const Statement = statements.map(statement => ({ ...statement, Principal: { AWS: [user.accessKeyId] } }))
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await client.send(new PutBucketPolicyCommand({ Bucket: 'rights', Policy }))
  }

  it('needs no other rights than those of the documented policy, and names one that is missing', async () => {
    await server.addUser(user)
    await client.send(new CreateBucketCommand({ Bucket: 'rights' }))
    const { Statement } = (await documentedJson('s3:ListBucket')) as { Statement: { Action: string[] }[] }
    const store = openStoreAt({ url, credentials: user }, ['rights'], { partBytes: PART })
    await assert.rejects(store.probe(), { message: /the right s3:ListBucket \(/ })
    await allow(Statement)
    await store.probe()
    await store.put('exports/large.csv', chunks(bytesOf(2 * PART + 1)))
    await assert.rejects(store.put('exports/broken.csv', chunks(bytesOf(2 * PART + 1), new Error('gone'))), /gone/)
    assert.deepEqual(await store.unfinished!('exports/'), [])
    assert.equal((await store.tryUrls([])).unreachable, null)
    await store.delete('exports/large.csv')
    for (const right of ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:ListBucketMultipartUploads']) {
      await allow(Statement.map(({ Action, ...rest }) => ({ ...rest, Action: Action.filter(one => one !== right) })))
      await assert.rejects(store.probe(), { message: new RegExp(`the right ${right} \\(`) })
    }
  })

  it('lets browsers upload with the documented CORS rule', async () => {
    const store = openStoreAt(server, ['rights'])
    const origins = ['https://app.example.com', 'https://other.example.com']
    assert.deepEqual((await store.tryUrls(origins)).refusedOrigins, origins)
    const CORSRules = (await documentedJson('AllowedOrigins')) as CORSRule[]
    await client.send(new PutBucketCorsCommand({ Bucket: 'rights', CORSConfiguration: { CORSRules } }))
    assert.deepEqual((await store.tryUrls(origins)).refusedOrigins, ['https://other.example.com'])
    await allowPages(server.url, server.credentials, 'rights')
    assert.deepEqual((await store.tryUrls(origins)).refusedOrigins, [])
  })
}

function describeOutages(server: S3Process, store: S3Store, database: TestDatabase): void {
  describe('with a server that fails', () => {
    let engine: SearchEngine

    before(async () => {
      engine = openEmbeddedEngine({ databaseUrl: database.url, directory: null, log: silent })
      await engine.ready()
    })
    after(() => engine.close())

    /** Once, in the middle of an export. */
    let pause: Promise<void> | null = null

    async function* pausing(content: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
      let written = 0
      for await (const chunk of content) {
        if (written > 2 * PART && pause !== null) await pause
        written += chunk.length
        yield chunk
      }
    }

    function* people(rows: number): Generator<string> {
      yield 'First Name,Email\n'
      for (let row = 0; row < rows; row++) yield `person ${row},person${row}@cluster.example\n`
    }

    async function work(jobType: 'insert_csv_file' | 'export_csv_file', data: Readonly<Record<string, unknown>>) {
      const { uuid } = await createJob(database.pool, { jobType, data, retryCount: 0, retryIntervalSeconds: 0 })
      const ended = runJob({
        database: database.pool,
        databaseUrl: database.url,
        engine,
        store,
        handlers: {
          // With small batches, so that the fault is between two of them.
          insert_csv_file: context => insertCsvFile(context, { rows: 2_000, characters: 4 << 20 }),
          export_csv_file: context => {
            const put: S3Store['put'] = (key, content, options) => context.store.put(key, pausing(content), options)
            return exportCsvFile({ ...context, store: { ...context.store, put } })
          },
        },
        log: silent,
        uuid,
      })
      ended.catch(() => {})
      const isWaiting = async () => (await getJob(database.pool, uuid)).response.messages.startsWith('Waiting: ')
      const isStored = async () => (await getJob(database.pool, uuid)).progress.rowsStored > 0
      return { ended, isWaiting, isStored }
    }

    it('completes an import during which the server is killed, row for row', async () => {
      const content = Buffer.from([...people(200_000)].join(''))
      await store.put('uploads/killed.csv', chunks(content))
      const job = await work('insert_csv_file', { s3_key: 'uploads/killed.csv' })
      await waitUntil('a batch is stored', job.isStored)
      server.signal('SIGKILL')
      await waitUntil('the job waits', job.isWaiting, 60)
      await server.restart()
      const { status, progress, attempts } = await job.ended
      assert.deepEqual([status, progress.rowsStored, attempts], ['completed', 200_000, 1])
      const { rows } = await database.pool.query('SELECT count(*) AS count FROM contacts')
      assert.equal(rows[0].count, 200_000)
    })

    it('completes an export during which the server is killed, with the whole file and nothing else', async () => {
      const vql = { select_columns: ['uuid', 'first_name', 'email'] }
      const killed = Promise.withResolvers<void>()
      pause = killed.promise
      const job = await work('export_csv_file', { service: 'contact', vql })
      await waitUntil('the export writes', async () => (await store.unfinished!('exports/')).length > 0)
      server.signal('SIGKILL')
      killed.resolve()
      await waitUntil('the job waits', job.isWaiting, 60)
      await server.restart()
      const { status, response } = await job.ended
      assert.equal(status, 'completed', JSON.stringify(response))
      const lines = (await textOf(store, response.s3Key!)).trimEnd().split('\n')
      assert.equal(lines.length, 200_001)
      assert.equal(new Set(lines).size, 200_001)
      const files = (await store.list('exports/')).filter(key => key.includes('contacts.csv'))
      assert.deepEqual(files, [response.s3Key])
      assert.deepEqual(await store.unfinished!('exports/'), [])
    })

    it('shows no file of a process that is killed in the middle of an upload, and the next run aborts the upload', async () => {
      const environment = {
        DATABASE_URL: database.url,
        DATA_DIR: temporaryDirectory(),
        S3_BUCKET: 'files',
        S3_ENDPOINT: server.url,
        S3_FORCE_PATH_STYLE: 'true',
        S3_PREFIX: PREFIX,
        AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
      }
      const select_columns = ['uuid', 'first_name', 'email', 'created_at', 'updated_at']
      const data = { service: 'contact', vql: { select_columns, order_by: [{ order_by: 'email' }] } }
      const job = { jobType: 'export_csv_file', data, retryCount: 0, retryIntervalSeconds: 0 } as const
      const { uuid } = await createJob(database.pool, job)
      const first = launch(['work'], environment).child
      const unfinished = async () => (await store.unfinished!('exports/')).map(({ key }) => key)
      await waitUntil(
        'the export writes',
        async () => {
          assert.notEqual((await getJob(database.pool, uuid)).status, 'failed')
          return (await unfinished()).length > 0
        },
        120,
      )
      first.kill('SIGKILL')
      await once(first, 'close')
      const [left] = await unfinished()
      assert.ok(left?.startsWith(`exports/${uuid}-`), 'the upload was not complete')
      const filesOfJob = async () => (await store.list('exports/')).filter(key => key.includes(uuid))
      assert.deepEqual(await filesOfJob(), [])
      const next = launch(['work'], environment).child
      await waitUntil(
        'the next run has ended',
        async () => (await getJob(database.pool, uuid)).status === 'completed',
        120,
      )
      next.kill('SIGTERM')
      await once(next, 'close')
      const { s3Key } = (await getJob(database.pool, uuid)).response
      assert.deepEqual(await filesOfJob(), [s3Key])
      assert.deepEqual(await unfinished(), [])
      assert.equal((await textOf(store, s3Key!)).trimEnd().split('\n').length, 200_001)
    })

    it('continues a download when a suspended server wakes up', async () => {
      const content = bytesOf(3 * PART)
      await store.put('uploads/suspended.csv', chunks(content))
      const read: Buffer[] = []
      for await (const chunk of await store.get('uploads/suspended.csv')) {
        if (read.length === 0) {
          server.signal('SIGSTOP')
          setTimeout(() => server.signal('SIGCONT'), 2_000)
        }
        read.push(chunk)
      }
      assert.ok(Buffer.concat(read).equals(content))
      assert.equal((await buffer(await store.get('uploads/suspended.csv', { start: 5, end: 9 }))).length, 5)
    })
  })
}

if (import.meta.main) await describeS3()
