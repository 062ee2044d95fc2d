/**
 * The process that writes while `bench changes` measures. It writes changed contacts and their rows in `changes`, as every write does
 * (records/write/upsert.ts). With `announce` it writes only the rows in `changes`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, openPool, transaction } from '../../src/database/pool.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { announceAndCommit, upsert } from '../../src/records/write/upsert.ts'
import { createGenerator, type Sizes, uuidOf } from '../data/generate.ts'
import { createRandom, type Random } from '../data/random.ts'

export interface WriterTask {
  readonly url: string
  readonly sizes: Sizes
  /** Whether changes are stored, or only announced to the index. */
  readonly how: 'upsert' | 'announce'
  /** Records per batch, and records per second at most. */
  readonly batch: number
  readonly rate: number
  /** Ends after this many records or seconds, whichever comes first. */
  readonly records: number
  readonly seconds: number
  readonly seed: number
}

export interface WriterReport {
  readonly records: number
  readonly seconds: number
  /** For each batch: its position in the feed, and when its commit returned (milliseconds since 1970). */
  readonly commits: readonly (readonly [seq: number, at: number])[]
}

/** Share of the changes that touch fields whose values are unique to nearly every record. */
const UNIQUE_SHARE = 0.25
/** Number of records whose values are copied to changed ones. Generating one for each would cost as much as writing it. */
const SOURCES = 5000

async function write(task: WriterTask): Promise<WriterReport> {
  const { url, sizes, batch, rate, records, seconds } = task
  const random = createRandom(task.seed)
  const database = openPool(url, { max: 1 })
  const change = createChange(task, random)
  const commits: [number, number][] = []
  let written = 0
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  while (written < records && elapsed() < seconds) {
    const indexes = drawIndexes(random, Math.min(batch, records - written, sizes.contacts), sizes.contacts)
    const seq =
      task.how === 'upsert'
        ? (await upsert(database, { companies: [], contacts: indexes.map(change) })).seq
        : await announce(database, indexes)
    commits.push([seq, performance.timeOrigin + performance.now()])
    written += indexes.length
    const early = written / rate - elapsed()
    if (early > 0) await delay(early * 1000)
  }
  const report = { records: written, seconds: elapsed(), commits }
  await database.end()
  return report
}

/** Draws `count` different numbers below `below`. */
function drawIndexes(random: Random, count: number, below: number): number[] {
  const indexes = new Set<number>()
  while (indexes.size < count) indexes.add(random.int(below))
  return [...indexes]
}

/** Returns a function that changes contact `index`: it takes the values of another contact for a few fields. */
function createChange({ sizes }: WriterTask, random: Random): (index: number) => RecordWrite {
  const generator = createGenerator(sizes)
  const sources = Array.from({ length: SOURCES }, () => generator.record('contact', random.int(sizes.contacts)))
  return index => {
    const { title = null, seniority = null, last_name = null } = random.pick(sources)
    const uuid = uuidOf('contact', index)
    if (!random.chance(UNIQUE_SHARE)) return { uuid, values: { title, seniority } }
    const name = `n${random.int(2 ** 32).toString(36)}`
    const email = `${name}@example.com`
    return { uuid, values: { title, seniority, last_name, email, linkedin_url: `https://www.linkedin.com/in/${name}` } }
  }
}

/** Announces contacts as changed without changing them. Returns the position in the feed. */
async function announce(database: Database, indexes: readonly number[]): Promise<number> {
  const uuids = `{${indexes.map(index => uuidOf('contact', index)).join(',')}}`
  return await transaction(database, connection => announceAndCommit(connection, '{}', uuids))
}

process.once('message', async (task: WriterTask) => {
  process.send!(await write(task), () => process.exit(0))
})
