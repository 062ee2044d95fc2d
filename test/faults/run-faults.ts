/**
 * Kills processes at random moments of imports and exports, and compares the end state with undisturbed runs: the same
 * records, value by value, the same counts, the same files, byte by byte, and the same answers of the index.
 */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '../../bench/data/random.ts'
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
  /** How many workers are frozen until another has taken over, which takes as long as a lease. */
  readonly freezes: number
  /** Rows of the imported file. */
  readonly rows: number
  /** An empty directory with a short path. */
  readonly directory: string
  readonly log: (line: string) => void
}

type Fault = 'worker' | 'database' | 'tree' | 'freeze'

export interface FaultFigures {
  readonly rounds: number
  readonly faults: Readonly<Record<Fault, number>>
  /** The times until another worker had the job, in milliseconds. */
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

/** The faults still to be caused, and those caused so far. */
interface Faults {
  readonly random: Random
  readonly counts: Record<Fault, number>
  readonly afterKill: number[]
  readonly afterFreeze: number[]
  kills: number
  freezes: number
}

/** Rejects if an end state differs. */
export async function runFaults(options: FaultOptions): Promise<FaultFigures> {
  const faults: Faults = {
    random: createRandom(options.seed),
    counts: { worker: 0, database: 0, tree: 0, freeze: 0 },
    afterKill: [],
    afterFreeze: [],
    kills: options.kills,
    freezes: options.freezes,
  }
  const installation = await openInstallation(options.directory)
  try {
    const rounds = await runRounds(installation, faults, options)
    await assertWhole(installation)
    return { rounds, faults: faults.counts, afterKill: faults.afterKill, afterFreeze: faults.afterFreeze }
  } catch (error) {
    options.log(installation.lastWords())
    throw error
  } finally {
    await installation.end()
  }
}

/** Imports and exports until no fault is left. Returns the number of rounds. */
async function runRounds(
  installation: Installation,
  faults: Faults,
  { rows, log }: Pick<FaultOptions, 'rows' | 'log'>,
): Promise<number> {
  const { database, store } = installation
  await store.put(KEY, peopleCsv(rows) as unknown as AsyncIterable<string>)
  const imported = await runUndisturbed(installation, IMPORT)
  const exported = [await runUndisturbed(installation, EXPORTS[0]!), await runUndisturbed(installation, EXPORTS[1]!)]
  const expected = await currentAnswers(installation)
  await keepRecords(database)
  log(`undisturbed: imported in ${Math.round(imported.ms)} ms, exported in ${Math.round(exported[0]!.ms)} ms`)
  let rounds = 0
  for (; faults.kills + faults.freezes > 0; rounds++) {
    const seq = await clearRecords(database)
    const job = await runDisturbed(installation, faults, IMPORT, imported.ms * 0.6)
    assert.deepEqual(await outcomeOf(store, job), imported.outcome)
    await assertRecords(database, seq)
    assert.deepEqual(await currentAnswers(installation), expected)
    for (const [place, request] of EXPORTS.entries()) {
      const { outcome, ms } = exported[place]!
      assert.deepEqual(await outcomeOf(store, await runDisturbed(installation, faults, request, ms)), outcome)
    }
    log(`round ${rounds + 1}: as if nothing had happened; ${faults.kills} kills left`)
  }
  return rounds
}

async function startJob({ database }: Installation, request: Request): Promise<string> {
  return (await createJob(database, { ...request, retryCount: 0, retryIntervalSeconds: 0 })).uuid
}

async function runUndisturbed(installation: Installation, request: Request) {
  const startedAt = performance.now()
  const job = await finish(installation, await startJob(installation, request))
  return { outcome: await outcomeOf(installation.store, job), ms: performance.now() - startedAt }
}

/** Runs a job with several faults. `longest`: the longest time until the next fault, in milliseconds. */
async function runDisturbed(
  installation: Installation,
  faults: Faults,
  request: Request,
  longest: number,
): Promise<Job> {
  const { random } = faults
  const uuid = await startJob(installation, request)
  let starts = 0
  for (let left = 1 + random.int(MOST_FAULTS_A_JOB); left > 0 && faults.kills + faults.freezes > 0; left--) {
    const life = random.next() * longest
    if (await endsWithin(installation, uuid, starts, life)) break
    starts = installation.starts(uuid).count
    await installation.spare(uuid)
    if (await endsWithin(installation, uuid, starts - 1, 0)) break
    if (installation.starts(uuid).count === starts) await causeFault(installation, faults, uuid, starts)
  }
  return await finish(installation, uuid)
}

async function causeFault(installation: Installation, faults: Faults, job: string, starts: number): Promise<void> {
  const fault = drawFault(faults)
  faults.counts[fault]++
  const at = Date.now()
  const measure = async (takeovers: number[]) => {
    await endsWithin(installation, job, starts, 0)
    const { count, at: startedAt } = installation.starts(job)
    if (count > starts) takeovers.push(startedAt - at)
  }
  if (fault === 'freeze') {
    const thaw = installation.freezeWorker(job)
    await measure(faults.afterFreeze)
    thaw()
  } else if (fault === 'worker') {
    await installation.killWorker(job)
    await measure(faults.afterKill)
  } else if (fault === 'database') await installation.killDatabase()
  else await installation.killTree()
}

function drawFault(faults: Faults): Fault {
  const { random } = faults
  if (faults.freezes > 0 && (faults.kills === 0 || random.chance(faults.freezes / faults.kills))) {
    faults.freezes--
    return 'freeze'
  }
  faults.kills--
  const draw = random.next()
  return draw < TREES ? 'tree' : draw < TREES + DATABASES ? 'database' : 'worker'
}

/**
 * Waits until the job has been started more than `starts` times, and then for `life` milliseconds. Returns true if it
 * ends before.
 */
async function endsWithin(installation: Installation, job: string, starts: number, life: number): Promise<boolean> {
  let ended = false
  let dies = Number.POSITIVE_INFINITY
  await waitUntil('a worker has the job, or it has ended', async () => {
    if (dies === Number.POSITIVE_INFINITY && installation.starts(job).count > starts) dies = performance.now() + life
    ended = await hasEnded(installation, job)
    return ended || performance.now() >= dies
  })
  return ended
}

/** The answers of the index once it includes everything stored so far. */
async function currentAnswers({ database, server }: Installation): Promise<readonly unknown[]> {
  const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  return await answersOf(server(), rows[0]!.seq)
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

/** Every published export is complete, even if its worker was killed at the very end. */
async function assertWhole({ files, store }: Installation): Promise<void> {
  const sizes = new Set<number | null>()
  for (const name of await readdir(join(files, 'exports'))) sizes.add(await store.size(`exports/${name}`))
  assert.ok(sizes.size <= EXPORTS.length, `files of ${[...sizes].join(', ')} bytes`)
}
