/**
 * The process that writes while `bench changes` measures: changed contacts go straight into the tables with their rows of `changes`,
 * as every write does (records/write/upsert.ts), or, with `announce`, only the rows of `changes`.
 */
import { openPool, transaction } from '../../src/database/pool.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { announceAndCommit, upsert } from '../../src/records/write/upsert.ts'
import { createGenerator, type Sizes, uuidOf } from '../data/generate.ts'
import { createRandom } from '../data/random.ts'

export interface WriterTask {
  readonly url: string
  readonly sizes: Sizes
  /** How changes are written: whole, or announced without one. */
  readonly how: 'upsert' | 'announce'
  /** Records a batch, and a second at most. */
  readonly batch: number
  readonly rate: number
  /** It ends after so many records or seconds. */
  readonly records: number
  readonly seconds: number
  readonly seed: number
}

export interface WriterReport {
  readonly records: number
  readonly seconds: number
  /** Of each batch: its place in the feed, and when its commit was answered (milliseconds since 1970). */
  readonly commits: readonly (readonly [seq: number, at: number])[]
}

/** Share of the changes that touch fields of which nearly every record has its own value. */
const UNIQUE_SHARE = 0.25
/** Records whose values the changed ones take: drawing one for each would cost as much as writing it. */
const SOURCES = 5000

async function write(task: WriterTask): Promise<WriterReport> {
  const { url, sizes, how, batch, rate, records, seconds, seed } = task
  const generator = createGenerator(sizes)
  const random = createRandom(seed)
  const database = openPool(url, { max: 1 })
  const sources = Array.from({ length: SOURCES }, () => generator.record('contact', random.int(sizes.contacts)))
  const commits: [number, number][] = []
  let written = 0
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  while (written < records && elapsed() < seconds) {
    const indexes = new Set<number>()
    const wanted = Math.min(batch, records - written, sizes.contacts)
    while (indexes.size < wanted) indexes.add(random.int(sizes.contacts))
    const seq =
      how === 'upsert'
        ? (await upsert(database, { companies: [], contacts: Array.from(indexes, changed) })).seq
        : await transaction(database, connection =>
            announceAndCommit(
              connection,
              '{}',
              `{${Array.from(indexes, index => uuidOf('contact', index)).join(',')}}`,
            ),
          )
    commits.push([seq, performance.timeOrigin + performance.now()])
    written += indexes.size
    const early = written / rate - elapsed()
    if (early > 0) await new Promise(resolve => setTimeout(resolve, early * 1000))
  }
  const report = { records: written, seconds: elapsed(), commits }
  await database.end()
  return report

  /** Another record's values of a few fields. */
  function changed(index: number): RecordWrite {
    const { title = null, seniority = null, last_name = null } = random.pick(sources)
    const uuid = uuidOf('contact', index)
    if (!random.chance(UNIQUE_SHARE)) return { uuid, values: { title, seniority } }
    const name = `n${random.int(2 ** 32).toString(36)}`
    const email = `${name}@example.com`
    return { uuid, values: { title, seniority, last_name, email, linkedin_url: `https://www.linkedin.com/in/${name}` } }
  }
}

process.once('message', async (task: WriterTask) => {
  process.send!(await write(task), () => process.exit(0))
})
