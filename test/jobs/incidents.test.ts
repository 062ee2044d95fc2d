import assert from 'node:assert/strict'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { exportCsvFile } from '../../src/jobs/export/export-csv-file.ts'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobHandler } from '../../src/jobs/job/job-context.ts'
import { JOB_HANDLERS, type JobType } from '../../src/jobs/job-types.ts'
import { cancelJob, createJob, getJob, retryJob } from '../../src/jobs/queue/queue.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { rounds } from '../helpers/rounds.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openFlakyServer } from '../search/flaky-server.ts'
import { openFiles, silent } from './files.ts'

const files = await openFiles()
const { database, databaseUrl, engine, store } = files

/** People whose first names begin with `name`. */
function* people(name: string, rows: number): Generator<string> {
  yield 'First Name,Last Name,Email,Company\n'
  for (let row = 0; row < rows; row++)
    yield `${name}${row},Doe,${name}${row}@c${row % 40}.example,Company ${row % 40}\n`
}

async function upload(name: string, rows: number): Promise<string> {
  const key = `uploads/${name}.csv`
  await store.put(
    key,
    (async function* () {
      yield* people(name, rows)
    })(),
  )
  return key
}

async function create(jobType: JobType, data: Readonly<Record<string, unknown>>): Promise<string> {
  return (await createJob(database, { jobType, data, retryCount: 0, retryIntervalSeconds: 0 })).uuid
}

/** Runs the job until it has ended or `signal` stops the worker. */
async function work(uuid: string, handlers = HANDLERS, signal?: AbortSignal) {
  const options = { database, databaseUrl, engine, store, handlers, log: silent, uuid }
  return await runJob(signal ? { ...options, signal } : options)
}

async function until(uuid: string, what: string, reached: (job: Job) => boolean): Promise<Job> {
  await waitUntil(what, async () => reached(await getJob(database, uuid)), 60)
  return await getJob(database, uuid)
}

async function stored(name: string): Promise<unknown> {
  return (await files.rows(`SELECT count(*) AS count FROM contacts WHERE first_name LIKE '${name}%'`))[0]!.count
}

/** With small batches, so that a small file has many checkpoints. */
const HANDLERS: Record<string, JobHandler> = {
  ...JOB_HANDLERS,
  insert_csv_file: context => insertCsvFile(context, { rows: 500, characters: 4 << 20 }),
}

const EVERYONE = { service: 'contact', vql: { select_columns: ['uuid', 'email'] } }

test('a cancelled import keeps what it has stored, and stores nothing more', async () => {
  const uuid = await create('insert_csv_file', { s3_key: await upload('cancelled', 4000) })
  const ended = work(uuid)
  await until(uuid, 'a batch is stored', job => job.progress.rowsStored > 0)
  await cancelJob(database, uuid)
  const then = await stored('cancelled')
  const job = await ended
  assert.equal(job.status, 'failed')
  assert.match(job.response.runtimeErrors![0]!, /^ERR_CANCELLED: /)
  assert.ok(job.progress.rowsStored < 4000, 'it was cancelled in the middle')
  assert.equal(then, job.progress.rowsStored)
  assert.equal(await stored('cancelled'), then)
  await retryJob(database, uuid)
  assert.equal((await work(uuid)).status, 'completed')
  assert.equal(await stored('cancelled'), 4000)
})

for (const [size, rows] of [
  ['small', 100],
  ['large', rounds(6000, 20_000)],
] as const)
  test(`a cancelled import of a ${size} file ends even if reading the file hangs`, async () => {
    const key = await upload(`hanging${size}`, rows)
    const uuid = await create('insert_csv_file', { s3_key: key })
    const ended = Promise.withResolvers<void>()
    const job = await work(uuid, {
      insert_csv_file: async context => {
        const get: ObjectStore['get'] = async (from, range) => {
          const hanging = new Readable({ read() {} })
          for await (const chunk of (await store.get(from, range)).take(1)) hanging.push(chunk)
          await cancelJob(database, uuid)
          return hanging
        }
        return await insertCsvFile({ ...context, store: { ...context.store, get } }).finally(ended.resolve)
      },
    })
    assert.match(job.response.runtimeErrors![0]!, /^ERR_CANCELLED: /)
    await ended.promise
    assert.equal(job.progress.rowsRead, 0)
  })

for (const moment of ['while it is written', 'when it is complete'])
  test(`a cancelled export leaves no file: ${moment}`, async () => {
    let key = ''
    const uuid = await create('export_csv_file', EVERYONE)
    const job = await work(uuid, {
      export_csv_file: async context => {
        async function* cancelling(content: AsyncIterable<Uint8Array | string>) {
          for await (const part of content) {
            yield part
            if (moment === 'while it is written') await cancelJob(database, uuid).catch(() => {})
          }
        }
        const put: ObjectStore['put'] = async (to, content, options) => {
          key = to
          return await context.store.put(to, cancelling(content), options)
        }
        const response = await exportCsvFile({ ...context, store: { ...context.store, put } })
        if (moment === 'when it is complete') await cancelJob(database, uuid)
        return response
      },
    })
    assert.equal(job.status, 'failed')
    assert.match(job.response.runtimeErrors![0]!, /^ERR_CANCELLED: /)
    assert.match(key, /^exports\//)
    assert.equal(await store.size(key), null)
  })

test('an import whose file is missing says so, and what to do', async () => {
  const job = await work(await create('insert_csv_file', { s3_key: 'uploads/never.csv' }))
  assert.equal(job.status, 'failed')
  assert.match(job.response.runtimeErrors![0]!, /^ERR_NOT_FOUND: there is no file "uploads\/never.csv": upload it/)
})

test('an import whose file disappears in the middle fails with a clear message, and resumes once it is back', async () => {
  const key = await upload('vanishing', 4000)
  const uuid = await create('insert_csv_file', { s3_key: key })
  const deploy = new AbortController()
  const stopped = work(uuid, HANDLERS, deploy.signal)
  await until(uuid, 'a batch is stored', job => job.progress.rowsStored > 0)
  deploy.abort()
  await stopped
  await rename(join(files.directory, key), join(files.directory, 'elsewhere.csv'))
  const job = await work(uuid)
  assert.equal(job.status, 'failed')
  assert.match(job.response.runtimeErrors![0]!, /^ERR_NOT_FOUND: there is no file/)
  assert.ok(job.progress.rowsStored > 0 && job.progress.rowsStored < 4000)
  assert.equal(await stored('vanishing'), job.progress.rowsStored)
  await rename(join(files.directory, 'elsewhere.csv'), join(files.directory, key))
  await retryJob(database, uuid)
  const again = await work(uuid)
  assert.equal(again.status, 'completed')
  assert.equal(again.progress.rowsStored, 4000)
  assert.equal(await stored('vanishing'), 4000)
})

test('an import waits while the disk of the database is full, says so, and resumes when there is space', async () => {
  await files.rows(
    `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
     CREATE TRIGGER full_disk BEFORE INSERT ON contacts FOR EACH STATEMENT EXECUTE FUNCTION no_room()`,
  )
  const uuid = await create('insert_csv_file', { s3_key: await upload('full', 100) })
  const ended = work(uuid)
  const waiting = await until(uuid, 'it waits', job => job.response.messages.startsWith('Waiting: '))
  assert.equal(
    waiting.response.messages,
    'Waiting: the disk of the database is full: free some space, the job then continues by itself',
  )
  assert.deepEqual(waiting.response.runtimeErrors, [])
  await files.rows('DROP TRIGGER full_disk ON contacts')
  const job = await ended
  assert.equal(job.status, 'completed')
  assert.equal(job.attempts, 1)
  assert.match(job.response.messages, /imported/)
  assert.equal(await stored('full'), 100)
})

test('an export waits while the disk of the files is full, and retries less and less often', async () => {
  const tries: number[] = []
  const uuid = await create('export_csv_file', EVERYONE)
  const job = await work(uuid, {
    export_csv_file: async context => {
      tries.push(performance.now())
      const put: ObjectStore['put'] = async (_key, content) => {
        await pipeline(content, createWriteStream('/dev/full'))
        return 0
      }
      if (tries.length > 3) return await exportCsvFile(context)
      const message = (await getJob(database, uuid)).response.messages
      if (tries.length > 1)
        assert.match(
          message,
          /^Waiting: the disk of the files is full: free some space, the job then continues by itself$/,
        )
      return await exportCsvFile({ ...context, store: { ...context.store, put } })
    },
  })
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  assert.equal(job.attempts, 1)
  assert.ok(tries[2]! - tries[1]! > 1500, 'the second pause is two seconds')
  assert.match(await files.read(job.response.s3Key), /^uuid,email\n/)
})

test('an import waits while its storage does not respond, resumes in the middle of the file, and uses no retry', async () => {
  const rows = rounds(2000, 4000)
  const uuid = await create('insert_csv_file', { s3_key: await upload('unreachable', rows) })
  const unreachable = (code: string) => Object.assign(new Error(code), { code })
  const throttled = Object.assign(new Error('SlowDown'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } })
  const pauses: number[] = []
  let runs = 0
  const failing: ObjectStore = {
    ...store,
    async version(key) {
      runs++
      const { response, runAfter } = await getJob(database, uuid)
      if (runs > 1)
        assert.match(
          response.messages,
          /^Waiting: the file storage is unavailable \((ECONNREFUSED|SlowDown|ECONNRESET)\); the job/,
        )
      assert.equal(runAfter, null)
      pauses.push(performance.now())
      if (runs === 1) throw unreachable('ECONNREFUSED')
      if (runs === 2) throw throttled
      return await store.version(key)
    },
    async get(key, range, version) {
      const stream = await store.get(key, range, version)
      if (runs > 3) return stream
      async function* broken() {
        const content = Buffer.concat(await stream.toArray())
        yield content.subarray(0, content.length / 2)
        throw unreachable('ECONNRESET')
      }
      return Readable.from(broken())
    },
  }
  const options = { database, databaseUrl, engine, store: failing, handlers: HANDLERS, log: silent, uuid }
  const job = await runJob(options)
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  assert.deepEqual([job.attempts, job.progress.rowsStored, job.response.runtimeErrors, runs], [1, rows, [], 4])
  assert.ok(pauses[2]! - pauses[1]! > 1500, 'the second pause is two seconds')
  assert.equal(await stored('unreachable'), rows)
})

test('two concurrent imports of the same people have the same result as one after the other', async () => {
  const count = rounds(1000, 3000)
  const names = Array.from({ length: count }, (_, row) => row)
  const titles = `Email,First Name,Last Name,Company,Title\n${names.map(row => `p${row}@c${row % 300}.example,P${row},Doe,C ${row % 300},Boss ${row}\n`).join('')}`
  const cities = `Email,First Name,Last Name,Company,City,Company City\n${names
    .map(row => `p${row}@c${row % 300}.example,P${row},Doe,C ${row % 300},City ${row},Town\n`)
    .reverse()
    .join('')}`
  const other = await openFiles()
  await other.importText(titles)
  await other.importText(cities)
  const twice = [files.importText(titles), files.importText(cities)]
  for (const job of await Promise.all(twice)) {
    assert.equal(job.status, 'completed', JSON.stringify(job.response))
    assert.equal(job.progress.rowsStored, count)
  }
  for (const [table, whose] of [
    ['contacts', `email LIKE 'p%@c%.example'`],
    ['companies', `name LIKE 'C %'`],
  ] as const) {
    const select = `SELECT to_jsonb(record) - 'id' - 'created_at' - 'updated_at' AS record FROM ${table} AS record WHERE ${whose} ORDER BY uuid`
    const expected = await other.rows(select)
    assert.equal(expected.length, table === 'contacts' ? count : 300)
    assert.deepEqual(await files.rows(select), expected)
  }
})

test('an import continues on new connections when those in use go silent, and stores nothing twice', async () => {
  const rows = rounds(1500, 3000)
  const flaky = await openFlakyServer(databaseUrl)
  const uuid = await create('insert_csv_file', { s3_key: await upload('silent', rows) })
  let batches = 0
  const handlers: Record<string, JobHandler> = {
    insert_csv_file: context =>
      HANDLERS.insert_csv_file!({
        ...context,
        checkpointSql(checkpoint, progress) {
          // Just before the second batch is committed.
          if (++batches === 2) flaky.freeze()
          return context.checkpointSql(checkpoint, progress)
        },
      }),
  }
  const timeLimits = { connect: 1_000, answer: 500, lock: 300 }
  const about = { database, databaseUrl: flaky.url, engine, store, handlers, log: silent, uuid, timeLimits }
  const job = await runJob(about)
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  assert.deepEqual([job.attempts, job.progress.rowsRead, job.progress.rowsStored], [1, rows, rows])
  assert.equal(await stored('silent'), rows)
})
