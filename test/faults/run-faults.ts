/**
 * Imports and exports whose processes are killed at random moments, compared with undisturbed ones: the same records, value by
 * value, the same numbers, the same files byte by byte, and an index that answers the same.
 */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom } from '../../bench/data/random.ts'
import { isUnavailable } from '../../src/database/unavailable.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobType } from '../../src/jobs/job-types.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { type Installation, openInstallation } from './installation.ts'
import { answersOf, exportRequest, outcomeOf } from './outcome.ts'
import { assertRecords, clearRecords, keepRecords, peopleCsv } from './people.ts'

export interface FaultOptions {
  readonly seed: number
  readonly kills: number
  /** Workers that are frozen until another has taken over, which takes the length of a lease. */
  readonly freezes: number
  /** Of the file. */
  readonly rows: number
  /** An empty directory with a short path. */
  readonly directory: string
  readonly log: (line: string) => void
}

type Fault = 'worker' | 'database' | 'tree' | 'freeze'

export interface FaultFigures {
  readonly rounds: number
  readonly faults: Readonly<Record<Fault, number>>
  /** Until another worker had the job, in milliseconds. */
  readonly afterKill: readonly number[]
  readonly afterFreeze: readonly number[]
}

const KEY = 'uploads/people.csv'
/** The share of kills that hit all processes, and of those that hit PostgreSQL. */
const TREES = 0.1
const DATABASES = 0.1
const MOST_FAULTS_A_JOB = 8
const FINISHES_WITHIN = 120

interface Request {
  readonly jobType: JobType
  readonly data: Readonly<Record<string, unknown>>
}

const IMPORT: Request = { jobType: 'insert_csv_file', data: { s3_key: KEY } }
const EXPORTS = (['contact', 'company'] as const).map(
  (service): Request => ({ jobType: 'export_csv_file', data: exportRequest(service) }),
)

/** Rejects when an end state differs. */
export async function runFaults(options: FaultOptions): Promise<FaultFigures> {
  const { log } = options
  const random = createRandom(options.seed)
  const faults: Record<Fault, number> = { worker: 0, database: 0, tree: 0, freeze: 0 }
  const afterKill: number[] = []
  const afterFreeze: number[] = []
  let kills = options.kills
  let freezes = options.freezes
  const installation = await openInstallation(options.directory)
  const { database, store } = installation

  async function newJob(request: Request): Promise<string> {
    return (await createJob(database, { ...request, retryCount: 0, retryIntervalSeconds: 0 })).uuid
  }

  /** A job that is hurt a few times; `longest`: the longest time until the next fault, in milliseconds. */
  async function hurtJob(request: Request, longest: number): Promise<Job> {
    const uuid = await newJob(request)
    let starts = 0
    for (let left = 1 + random.int(MOST_FAULTS_A_JOB); left > 0 && kills + freezes > 0; left--) {
      const life = random.next() * longest
      if (await endsWithin(uuid, starts, life)) break
      starts = installation.starts(uuid).count
      await installation.spare(uuid)
      if (await endsWithin(uuid, starts - 1, 0)) break
      if (installation.starts(uuid).count === starts) await hurt(uuid, starts)
    }
    return await finish(installation, uuid)
  }

  async function hurt(job: string, starts: number): Promise<void> {
    const fault = drawFault()
    faults[fault]++
    const at = Date.now()
    const measure = async (takeovers: number[]) => {
      await endsWithin(job, starts, 0)
      const { count, at: startedAt } = installation.starts(job)
      if (count > starts) takeovers.push(startedAt - at)
    }
    if (fault === 'freeze') {
      const thaw = installation.freezeWorker(job)
      await measure(afterFreeze)
      thaw()
    } else if (fault === 'worker') {
      await installation.killWorker(job)
      await measure(afterKill)
    } else if (fault === 'database') await installation.killDatabase()
    else await installation.killTree()
  }

  function drawFault(): Fault {
    if (freezes > 0 && (kills === 0 || random.chance(freezes / kills))) {
      freezes--
      return 'freeze'
    }
    kills--
    const draw = random.next()
    return draw < TREES ? 'tree' : draw < TREES + DATABASES ? 'database' : 'worker'
  }

  /** Waits until the job was begun more than `starts` times, and `life` milliseconds more; true when the job has ended first. */
  async function endsWithin(job: string, starts: number, life: number): Promise<boolean> {
    let ended = false
    let dies = Number.POSITIVE_INFINITY
    await waitUntil('a worker has the job, or it has ended', async () => {
      if (dies === Number.POSITIVE_INFINITY && installation.starts(job).count > starts) dies = performance.now() + life
      ended = await hasEnded(installation, job)
      return ended || performance.now() >= dies
    })
    return ended
  }

  async function undisturbed(request: Request) {
    const began = performance.now()
    const job = await finish(installation, await newJob(request))
    return { outcome: await outcomeOf(store, job), ms: performance.now() - began }
  }

  async function answers(): Promise<readonly unknown[]> {
    const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
    return await answersOf(installation.server(), rows[0]!.seq)
  }

  try {
    await store.put(KEY, peopleCsv(options.rows) as unknown as AsyncIterable<string>)
    const imported = await undisturbed(IMPORT)
    const exported = [await undisturbed(EXPORTS[0]!), await undisturbed(EXPORTS[1]!)]
    const expected = await answers()
    await keepRecords(database)
    log(`undisturbed: imported in ${Math.round(imported.ms)} ms, exported in ${Math.round(exported[0]!.ms)} ms`)
    let rounds = 0
    for (; kills + freezes > 0; rounds++) {
      const seq = await clearRecords(database)
      const job = await hurtJob(IMPORT, imported.ms * 0.6)
      assert.deepEqual(await outcomeOf(store, job), imported.outcome)
      await assertRecords(database, seq)
      assert.deepEqual(await answers(), expected)
      for (const [place, request] of EXPORTS.entries()) {
        const { outcome, ms } = exported[place]!
        assert.deepEqual(await outcomeOf(store, await hurtJob(request, ms)), outcome)
      }
      log(`round ${rounds + 1}: as if nothing had happened; ${kills} kills left`)
    }
    await assertWhole(installation)
    return { rounds, faults, afterKill, afterFreeze }
  } catch (error) {
    log(installation.lastWords())
    throw error
  } finally {
    await installation.end()
  }
}

async function hasEnded({ database }: Installation, uuid: string): Promise<boolean> {
  const status = await getJob(database, uuid).then(
    job => job.status,
    error => {
      if (isUnavailable(error)) return 'unknown'
      throw error
    },
  )
  return status === 'completed' || status === 'failed'
}

async function finish(installation: Installation, uuid: string): Promise<Job> {
  await waitUntil('the job has ended', async () => await hasEnded(installation, uuid), FINISHES_WITHIN)
  return await getJob(installation.database, uuid)
}

/** Under the key of an export is all of it, also where its worker was killed at the very end. */
async function assertWhole({ files, store }: Installation): Promise<void> {
  const sizes = new Set<number | null>()
  for (const name of await readdir(join(files, 'exports'))) sizes.add(await store.size(`exports/${name}`))
  assert.ok(sizes.size <= EXPORTS.length, `files of ${[...sizes].join(', ')} bytes`)
}
