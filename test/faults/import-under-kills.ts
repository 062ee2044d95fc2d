/**
 * An import whose workers are killed at random moments, compared with one that nobody disturbed: the same records,
 * value by value, the same counters and the same rejected rows.
 */
import assert from 'node:assert/strict'
import { CSV_HEADER, createGenerator, csvLine } from '../../bench/generate.ts'
import type { Database } from '../../src/database/pool.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import type { Job } from '../../src/jobs/job.ts'
import { createJob, getJob } from '../../src/jobs/queue.ts'
import { openTestStore } from '../helpers/store.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { startKillableWorkers } from './killable-workers.ts'

export interface KillOptions {
  readonly database: Database
  readonly databaseUrl: string
  /** Where the files are to be. */
  readonly directory: string
  readonly rows: number
  readonly kills: number
  /** A worker lives up to so long after it took the job up. */
  readonly longestLifeMs: number
  /** So many of the kills only freeze the worker until another one has taken over, which takes the length of a lease. */
  readonly freezes: number
  /** Kills and restarts PostgreSQL; called once, in the middle. */
  readonly killServer?: () => Promise<void>
  readonly log: (line: string) => void
}

const KEY = 'uploads/kills.csv'
const TITLE = CSV_HEADER.indexOf('Title')

/** A file of people: some rows repeat earlier ones under another title, some are rejected. */
export function* csv(rows: number): Generator<string> {
  const generator = createGenerator({ companies: Math.ceil(rows / 5), contacts: rows })
  yield csvLine(CSV_HEADER)
  for (let index = 0; index < rows; index++) {
    const repeats = index % 50 === 49
    const cells = generator.row(repeats ? index - 25 : index)
    if (repeats) cells[TITLE] = `Promoted ${index}`
    if (index % 97 === 0) cells[TITLE] = 'x'.repeat(2001)
    yield csvLine(cells)
  }
}

async function* bytes(parts: Iterable<string>): AsyncGenerator<string> {
  yield* parts
}

interface Outcome {
  readonly progress: Job['progress']
  readonly messages: string
  readonly rejects: string
}

export async function importUnderKills(options: KillOptions): Promise<void> {
  const { database, databaseUrl, directory, log } = options
  const store = await openTestStore(directory)
  await store.put(KEY, bytes(csv(options.rows)))
  const workers = await startKillableWorkers(databaseUrl, directory)
  try {
    const began = performance.now()
    const expected = await outcome(store, await finish(options, await newJob(database)))
    log(`undisturbed: ${options.rows} rows in ${Math.round(performance.now() - began)} ms`)
    assert.ok(expected.progress.rowsRejected > 0 && expected.rejects !== '', 'some rows are to be rejected')
    await keepAsExpected(database)
    let left = options.kills
    let freezes = options.freezes
    let serverKills = options.killServer ? 1 : 0
    for (let round = 1; left > 0; round++) {
      workers.finished()
      const seq = await clearRecords(database)
      const uuid = await newJob(database)
      const leftBefore = left
      while (left > 0) {
        const ended = await livesUntil(options, uuid, workers.started(), Math.random() * options.longestLifeMs)
        if (ended) break
        if (serverKills > 0 && left <= options.kills / 2) {
          serverKills--
          await options.killServer!()
          log('PostgreSQL killed')
        }
        if (freezes > 0) {
          freezes--
          const thaw = await workers.freezeHolder()
          await livesUntil(options, uuid, workers.started(), 0)
          thaw()
          log('a worker frozen until another took over')
        } else await workers.killHolder()
        left--
      }
      const job = await finish(options, uuid)
      assert.equal(job.attempts, 1, 'a death uses no retry')
      assert.deepEqual(await outcome(store, job), expected)
      await assertAsExpected(database)
      await assertAnnounced(database, seq)
      log(`round ${round}: ${leftBefore - left} kills, as if nothing had happened; ${left} left`)
    }
    const [median, longest] = [0.5, 1].map(share => quantile(workers.takeovers, share))
    log(`taken over after ${median} ms in the median, ${longest} ms at most`)
    assert.ok(longest! < 30_000)
    assert.equal(serverKills, 0, 'PostgreSQL was to be killed')
  } catch (error) {
    log(workers.complaints.slice(-30).join('\n'))
    throw error
  } finally {
    await workers.end()
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
}

async function newJob(database: Database): Promise<string> {
  const request = { jobType: 'insert_csv_file', data: { s3_key: KEY }, retryCount: 0, retryIntervalSeconds: 0 }
  return (await createJob(database, request)).uuid
}

/** True when the job ended first. */
async function livesUntil(
  { database }: KillOptions,
  uuid: string,
  started: Promise<void>,
  lifeMs: number,
): Promise<boolean> {
  let dies = Number.POSITIVE_INFINITY
  void started.then(() => {
    dies = performance.now() + lifeMs
  })
  let ended = false
  await waitUntil('a worker has lived its life, or the job has ended', async () => {
    ended = await hasEnded(database, uuid)
    return ended || performance.now() >= dies
  })
  return ended
}

async function hasEnded(database: Database, uuid: string): Promise<boolean> {
  const { status } = await getJob(database, uuid)
  return status === 'completed' || status === 'failed'
}

async function finish({ database }: KillOptions, uuid: string): Promise<Job> {
  await waitUntil('the job has ended', async () => await hasEnded(database, uuid), 120)
  const job = await getJob(database, uuid)
  assert.equal(job.status, 'completed', JSON.stringify(job.response))
  return job
}

async function outcome(store: ObjectStore, { progress, response }: Job): Promise<Outcome> {
  const { messages, rejectsS3Key } = response
  assert.ok(rejectsS3Key, 'rejected rows are in a file')
  const rejects = Buffer.concat(await (await store.get(rejectsS3Key)).toArray()).toString()
  return { progress, messages, rejects }
}

const VALUES = `to_jsonb(record) - 'id' - 'created_at' - 'updated_at'`

async function keepAsExpected(database: Database): Promise<void> {
  for (const table of ['companies', 'contacts'])
    await database.query(`CREATE TABLE expected_${table} AS SELECT ${VALUES} AS record FROM ${table} AS record`)
}

/** Returns the newest seq of the feed. */
async function clearRecords(database: Database): Promise<number> {
  await database.query('TRUNCATE companies, contacts')
  const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  return rows[0]!.seq
}

async function assertAsExpected(database: Database): Promise<void> {
  for (const table of ['companies', 'contacts']) {
    const expected = `SELECT record FROM expected_${table}`
    const found = `SELECT ${VALUES} AS record FROM ${table} AS record`
    const { rows } = await database.query<{ lost: number; extra: number }>(
      `SELECT (SELECT count(*) FROM (${expected} EXCEPT ALL ${found}) AS lost) AS lost,
         (SELECT count(*) FROM (${found} EXCEPT ALL ${expected}) AS extra) AS extra`,
    )
    assert.deepEqual(rows[0], { lost: 0, extra: 0 }, table)
  }
}

/** Every record that was stored was told to the search engines. */
async function assertAnnounced(database: Database, seq: number): Promise<void> {
  for (const table of ['companies', 'contacts']) {
    const { rows } = await database.query(
      `SELECT uuid FROM ${table} EXCEPT SELECT unnest(uuids) FROM changes WHERE seq > $1 LIMIT 1`,
      [seq],
    )
    assert.deepEqual(rows, [], `${table} that no engine was told of`)
  }
}
