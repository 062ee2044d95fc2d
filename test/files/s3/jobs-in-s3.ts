/** Requests and jobs of a server whose files are in S3. They share the database and the engine of another test file. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { checkBuckets, checkFilesInS3, checkUrls } from '../../../src/commands/doctor/check-s3.ts'
import { warning } from '../../../src/commands/doctor/report.ts'
import { readConfig } from '../../../src/config.ts'
import type { StoreUnavailable } from '../../../src/files/unavailable.ts'
import { buildServer } from '../../../src/http/server.ts'
import { insertCsvFile } from '../../../src/jobs/import/insert-csv-file.ts'
import { JOB_HANDLERS } from '../../../src/jobs/job-types.ts'
import { claimJob } from '../../../src/jobs/queue/claims.ts'
import { dropExpiredFiles } from '../../../src/jobs/queue/expired-files.ts'
import { createJob } from '../../../src/jobs/queue/queue.ts'
import { runJob } from '../../../src/jobs/run-job.ts'
import { acceptStore, openS3, openStore, storePlace } from '../../../src/store.ts'
import type { TestServer } from '../../helpers/server.ts'
import { chunks, textOf } from '../store-contract.ts'
import { openStoreAt, PREFIX, useCredentials } from './open-stores.ts'
import { startS3Server } from './s3-server.ts'

export async function testJobsInS3(server: TestServer): Promise<void> {
  const s3 = await startS3Server(['files', 'archive'])
  after(() => s3.close())
  const store = openStoreAt(s3, ['files', 'archive'], { partBytes: 1 << 16 })
  const archive = store.buckets.get('archive')!
  const { pool, url: databaseUrl } = server.database
  const silent = { info() {}, warn() {}, error() {} }
  const app = await buildServer({ ...server.parts, store, config: { ...server.parts.config, maxUpload: 204_800 } })
  after(() => app.close())

  async function send(method: 'GET' | 'POST', url: string, body?: object) {
    const reply = await app.inject({
      method,
      url,
      headers: { 'x-api-key': server.key },
      ...(body === undefined ? {} : { payload: body }),
    })
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
  }
  const get = (url: string) => send('GET', url)
  const post = (url: string, body: object) => send('POST', url, body)

  async function run(uuid: string, options: Partial<Parameters<typeof runJob>[0]> = {}) {
    const { engine } = server
    return await runJob({
      database: pool,
      databaseUrl,
      engine,
      store,
      handlers: JOB_HANDLERS,
      log: silent,
      uuid,
      ...options,
    })
  }

  function people(name: string, rows: number): string {
    return `First Name,Email\n${Array.from({ length: rows }, (_, row) => `${name}${row},${name}${row}@s3.example\n`).join('')}`
  }

  async function create(job_data: object, job_type = 'insert_csv_file'): Promise<string> {
    const { status, body } = await post('/common/jobs/create', { job_type, job_data })
    assert.equal(status, 200, JSON.stringify(body))
    return body.data.uuid
  }

  test('a client uploads, imports, exports and downloads through S3, in the bucket that it names', async () => {
    const s3_bucket = 'archive'
    const asked = await get(`/common/upload-url?filename=people.csv&s3_bucket=${s3_bucket}`)
    const { upload_url, s3_key, expires_in } = asked.body
    assert.ok(upload_url.startsWith(`${s3.url}/archive/`))
    assert.equal(expires_in, '168h0m0s')
    const body = `${people('ada', 2000)},\nnobody,not an address\n`
    assert.equal((await fetch(upload_url, { method: 'PUT', body })).status, 200)
    const uuid = await create({ s3_key, s3_bucket })
    s3.fail({ on: /^GET .*people/, cutAfter: 30_000 })
    const imported = await run(uuid)
    assert.equal(imported.status, 'completed', JSON.stringify(imported.response))
    assert.equal(imported.progress.rowsStored, 2001)
    assert.equal(imported.progress.bytesRead, Buffer.byteLength(body))

    const vql = { where: { keyword_match: { must: { first_name: 'ada7' } } }, select_columns: ['email'] }
    const exported = await run(await create({ service: 'contact', vql, s3_bucket }, 'export_csv_file'))
    assert.equal(exported.status, 'completed', JSON.stringify(exported.response))
    const key = encodeURIComponent(exported.response.s3Key!)
    assert.equal((await get(`/common/download-url?s3_key=${key}`)).status, 404, 'it is in the other bucket')
    const download = await get(`/common/download-url?s3_key=${key}&s3_bucket=${s3_bucket}`)
    const file = await fetch(download.body.download_url)
    assert.equal(await file.text(), 'email\nada7@s3.example\n')
    assert.match(file.headers.get('content-disposition')!, /^attachment; filename="contacts\.csv"/)
  })

  test('a bucket that is not configured is refused, also once it has been removed', async () => {
    await archive.put('uploads/people.csv', chunks(people('bob', 10)))
    const data = { s3_key: 'uploads/people.csv', s3_bucket: 'other' }
    for (const path of ['upload-url?filename=a.csv', 'download-url?s3_key=uploads/people.csv']) {
      const { status, body } = await get(`/common/${path}&s3_bucket=other`)
      assert.deepEqual([status, body.error.split(':')[0]], [400, 'ERR_INVALID_VALUE'])
    }
    for (const [path, request] of [
      ['jobs/create', { job_type: 'insert_csv_file', job_data: data }],
      ['imports/preview', data],
    ] as const) {
      const { status, body } = await post(`/common/${path}`, request)
      assert.deepEqual([status, body.error.split(':')[0]], [400, 'ERR_INVALID_JOB_DATA'], path)
    }
    const preview = await post('/common/imports/preview', { ...data, s3_bucket: 'archive' })
    assert.equal(preview.body.data.rows.length, 10)
    const uuid = await create({ ...data, s3_bucket: 'archive' })
    const job = await run(uuid, { store: openStoreAt(s3, ['files']) })
    assert.equal(job.status, 'failed')
    assert.match(job.response.runtimeErrors![0]!, /^ERR_INVALID_JOB_DATA: this server has no bucket "archive"/)
  })

  test('a file that is larger than MAX_UPLOAD is refused when its job is created', async () => {
    await store.put('uploads/large.csv', chunks(people('large', 9000)))
    const job = { job_type: 'insert_csv_file', job_data: { s3_key: 'uploads/large.csv' } }
    const { status, body } = await post('/common/jobs/create', job)
    assert.equal(status, 413)
    assert.match(body.error, /^ERR_PAYLOAD_TOO_LARGE: the file is larger than 204800 bytes/)
  })

  test('an import of a file that is replaced while it is read fails with ERR_CONFLICT', async () => {
    const key = 'uploads/replaced.csv'
    await store.put(key, chunks(people('first', 3000)))
    const uuid = await create({ s3_key: key })
    s3.fail({ on: /^GET .*replaced/, cutAfter: 70_000 })
    const job = await run(uuid, {
      handlers: {
        insert_csv_file: async context => {
          const getAndReplace: typeof store.get = async (...args) => {
            const stream = await context.store.get(...args)
            await store.put(key, chunks(people('second', 3000)))
            return stream
          }
          return await insertCsvFile({ ...context, store: { ...context.store, get: getAndReplace } })
        },
      },
    })
    assert.equal(job.status, 'failed')
    assert.match(job.response.runtimeErrors![0]!, /^ERR_CONFLICT: .* was replaced while it was read: create a new job/)
    const { rows } = await pool.query(`SELECT 1 FROM contacts WHERE first_name LIKE 'second%'`)
    assert.deepEqual(rows, [])
  })

  test('while S3 does not respond, requests are 503 and jobs wait', async () => {
    await store.put('uploads/later.csv', chunks(people('later', 10)))
    const data = { s3_key: 'uploads/later.csv' }
    const uuid = await create(data)
    const outage = { on: /later/, reply: { status: 503, code: 'SlowDown' } }
    s3.fail({ ...outage, times: 3 })
    const refused = await post('/common/jobs/create', { job_type: 'insert_csv_file', job_data: data })
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '5'])
    assert.match(refused.body.error, /^ERR_UNAVAILABLE: the file storage is unavailable \(status 503\)/)
    s3.fail({ ...outage, times: 3 })
    const seen = new Set<string>()
    const job = await run(uuid, { onProgress: ({ response }) => seen.add(response.messages) })
    assert.equal(job.status, 'completed')
    assert.deepEqual([job.attempts, job.response.runtimeErrors], [1, []])
    assert.ok(seen.has('Waiting: the file storage is unavailable (status 503); the job will continue by itself'))
  })

  const SETTINGS = {
    S3_BUCKET: 'files,archive',
    S3_ENDPOINT: s3.url,
    S3_FORCE_PATH_STYLE: 'true',
    S3_PREFIX: 'production',
  }

  test('the database knows its bucket: another one, another prefix and a directory are refused', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'connectra-s3-'))
    after(() => rm(directory, { recursive: true }))
    const open = async (environment: Record<string, string>, warn?: (error: StoreUnavailable) => void) =>
      await openStore(readConfig({ DATA_DIR: directory, ...environment }), pool, () => '', warn)
    await open(SETTINGS)
    assert.match(s3.buckets.get('files')!.get('production/store-id')!.content.toString(), /^[0-9a-f-]{36}\n$/)
    await open(SETTINGS)
    const refused = (place: string) => ({
      code: 'ERR_CONFLICT',
      message: new RegExp(`^${place}.* does not contain the files of this database: it has no file store-id`),
    })
    await assert.rejects(open({ ...SETTINGS, S3_PREFIX: 'test' }), refused('s3://files/test/'))
    await assert.rejects(open({}), refused(directory))
    await acceptStore(await storePlace(readConfig({ ...SETTINGS, S3_PREFIX: 'test' })), pool)
    await open({ ...SETTINGS, S3_PREFIX: 'test' })
    await assert.rejects(open(SETTINGS), /belongs to another database/)
    await acceptStore(await storePlace(readConfig(SETTINGS)), pool)

    await assert.rejects(open({ ...SETTINGS, S3_BUCKET: 'missing' }), { message: /^there is no S3 bucket "missing"/ })
    const warnings: string[] = []
    await open({ ...SETTINGS, S3_ENDPOINT: 'http://127.0.0.1:1' }, error => warnings.push(error.reason))
    assert.deepEqual(warnings, ['ECONNREFUSED'])
  })

  test('doctor tries the buckets and signed URLs, and looks for the files of jobs', async () => {
    const config = readConfig(SETTINGS)
    const opened = (await openS3(config))!
    assert.equal(
      await checkBuckets(config, opened),
      's3://files/production/, s3://archive/production/: listing, writing, reading and deleting work',
    )
    const { host } = new URL(s3.url)
    assert.deepEqual(
      await checkUrls(config, opened),
      warning(
        `upload and download with signed URLs at ${host} work, but not from browsers: the CORS rules of the bucket do not let pages of other origins upload (docs/scaling.md has the rule)`,
      ),
    )
    s3.allowOrigins(['*'])
    assert.equal(
      await checkUrls(config, opened),
      `upload and download with signed URLs at ${host} work, also from browsers`,
    )
    await pool.query('DELETE FROM jobs')
    const job = { jobType: 'insert_csv_file', retryCount: 0, retryIntervalSeconds: 0 }
    await createJob(pool, { ...job, data: { s3_key: 'uploads/there.csv', s3_bucket: 'archive' } })
    await assert.rejects(checkFilesInS3(config, opened, pool), {
      message: /^files of unfinished jobs are missing, .*: uploads\/there\.csv\./,
    })
    await opened.buckets.get('archive')!.put('uploads/there.csv', chunks('x'))
    assert.equal(
      await checkFilesInS3(config, opened, pool),
      's3://files/production/; 1 file of open and recent jobs present',
    )
    useCredentials({ accessKeyId: 'other', secretAccessKey: 'x' })
    await assert.rejects(checkBuckets(config, (await openS3(config))!), { message: /does not know the AWS access key/ })
    useCredentials(s3.credentials)
  })

  test('expired files are deleted in all buckets, and uploads of runs that have ended are given up', async () => {
    await pool.query('DELETE FROM jobs')
    const ending = new AbortController()
    async function* endless(begun: () => void): AsyncGenerator<string> {
      yield 'x'.repeat(3 << 16)
      begun()
      await new Promise(resolve => ending.signal.addEventListener('abort', resolve))
    }
    const begin = async (key: string) => {
      const begun = Promise.withResolvers<void>()
      const put = archive.put(key, endless(begun.resolve)).catch(String)
      await begun.promise
      // Wrapped, because a promise that is returned is awaited.
      return { put }
    }
    const jobType = 'export_csv_file'
    const { uuid } = await createJob(pool, { jobType, data: {}, retryCount: 0, retryIntervalSeconds: 0 })
    const { claim } = (await claimJob(pool, 1, { jobTypes: [jobType] }))!
    const running = await begin(`exports/${uuid}-${claim}_contacts.csv`)
    const ended = await begin(`exports/${uuid}-${claim - 1}_contacts.csv`)
    await archive.put('uploads/old.csv', chunks('x'))
    const old = new Date(Date.now() - 3 * 86_400_000)
    const objects = s3.buckets.get('archive')!
    const name = `${PREFIX}uploads/old.csv`
    objects.set(name, { ...objects.get(name)!, modifiedAt: old })
    assert.equal(await dropExpiredFiles(pool, store, { command: 86_400, files: 86_400 }), 2)
    assert.equal(await archive.size('uploads/old.csv'), null)
    assert.deepEqual(
      [...s3.uploads.values()].map(upload => upload.key),
      [`${PREFIX}exports/${uuid}-${claim}_contacts.csv`],
    )
    ending.abort()
    assert.match(String(await ended.put), /NoSuchUpload/)
    assert.equal(await running.put, 3 << 16)
    assert.equal(await textOf(archive, `exports/${uuid}-${claim}_contacts.csv`, { start: 0, end: 0 }), 'x')
  })
}
