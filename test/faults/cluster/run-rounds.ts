/** Rounds of faults on a cluster under load. After each of them everything has to be as if nothing had happened. */
import { setTimeout as delay } from 'node:timers/promises'
import { createRandom, mixSeed, type Random } from '../../../bench/data/random.ts'
import { upsert } from '../../../src/records/write/upsert.ts'
import { openJobChecks } from './check-jobs.ts'
import { checkIndex, checkLedger } from './check-records.ts'
import { openCluster } from './cluster.ts'
import { FAULTS, type Fault } from './faults.ts'
import { runExport } from './jobs.ts'
import { openLedger } from './ledger.ts'
import { openLoad } from './load.ts'
import { firstRecords } from './records.ts'

export interface ClusterFaultOptions {
  readonly seed: number
  /** The first round. Each round has its own random numbers, so that it can be repeated without those before it. */
  readonly from: number
  readonly rounds: number
  /** Only faults whose name matches. */
  readonly only: RegExp
  /** Milliseconds after which no more round begins. */
  readonly longest?: number
  /** An empty directory with a short path. */
  readonly directory: string
  readonly log: (line: string) => void
}

export interface ClusterFaultFigures {
  readonly faults: ReadonlyMap<string, number>
  /** Faults that had to hit something under way. */
  readonly hits: { readonly hit: number; readonly missed: number }
  /** The times until another leader had fed the index, in milliseconds. */
  readonly takeovers: readonly number[]
  readonly requests: { readonly succeeded: number; readonly failed: number }
  readonly jobs: number
}

/** The load runs for this long before a fault and after it, in milliseconds. */
const CALM = 500

/** Rejects if something is lost, wrong or not up again. */
export async function runClusterFaults(options: ClusterFaultOptions): Promise<ClusterFaultFigures> {
  const { seed, from, rounds, only, longest = Number.POSITIVE_INFINITY, directory, log } = options
  const began = performance.now()
  const cluster = await openCluster(directory)
  const ledger = openLedger()
  const load = openLoad(cluster, ledger, mixSeed(seed, from))
  const jobs = openJobChecks(cluster, ledger)
  const faults = new Map<string, number>()
  const takeovers: number[] = []
  const selected = FAULTS.filter(({ name }) => only.test(name))
  const hits = { hit: 0, missed: 0 }
  let jobCount = 0

  async function runRound(fault: Fault, random: Random): Promise<string> {
    load.start()
    await delay(CALM)
    load.tolerance.mayFail = fault.isLossless !== true
    const startedAt = performance.now()
    const earlier = takeovers.length
    let hit: boolean | null = null
    const onHit = (next: boolean) => {
      hit = next
      hits[next ? 'hit' : 'missed']++
    }
    await fault.cause({ cluster, load, ledger, random, takeovers, onHit })
    await cluster.recovered()
    const recovered = Math.round(performance.now() - startedAt)
    load.tolerance.mayFail = false
    await delay(CALM)
    await load.stop()
    jobCount += await jobs.check(fault.stopsSearch === true)
    await cluster.recovered()
    await checkLedger(cluster, ledger)
    const records = await checkIndex(cluster)
    const times = takeovers.slice(earlier).map(ms => `takeover in ${Math.round(ms)} ms, `)
    const missed = hit === false ? 'too late to hit what was under way, ' : ''
    return `${missed}${times.join('')}${recovered} ms until all ran again, ${records} records`
  }

  let round = from
  try {
    await upsert(cluster.database, firstRecords())
    await cluster.recovered()
    await runExport(load.client, ledger, 'small')
    await runExport(load.client, ledger, 'large')
    jobCount += await jobs.check(false)
    log(`the cluster runs after ${seconds(began)} s`)
    const end = performance.now() + longest
    for (; round < from + rounds && performance.now() < end; round++) {
      const fault = faultOf(selected, seed, round)
      const roundBegan = performance.now()
      const done = runRound(fault, createRandom(mixSeed(seed, round)))
      const text = await Promise.race([done, load.failed]).catch(error => {
        done.catch(() => {})
        throw new Error(`round ${round} (${fault.name}): ${error.message}`, { cause: error })
      })
      faults.set(fault.name, (faults.get(fault.name) ?? 0) + 1)
      log(`round ${round}, ${seconds(roundBegan)} s: ${fault.name}: ${text}`)
    }
    return { faults, hits, takeovers, requests: load.tolerance.counts, jobs: jobCount }
  } catch (error) {
    log(cluster.lastWords())
    log(
      `to repeat it: npm run test:faults -- --cluster --seed ${seed} --from ${round} --rounds 1 --only '${only.source}'`,
    )
    throw error
  } finally {
    await cluster.end()
  }
}

/** Every fault comes once, in random order, before one comes again. */
function faultOf(faults: readonly Fault[], seed: number, round: number): Fault {
  const random = createRandom(mixSeed(seed, -1 - Math.floor(round / faults.length)))
  const order = faults.map(fault => ({ fault, place: random.next() })).sort((one, other) => one.place - other.place)
  return order[round % faults.length]!.fault
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000)
}

export function describeFigures({ faults, hits, takeovers, requests, jobs }: ClusterFaultFigures): string {
  const sorted = takeovers.toSorted((one, other) => one - other).map(Math.round)
  const times =
    sorted.length === 0
      ? 'no takeovers of the index feed'
      : `${sorted.length} takeovers of the index feed: ${sorted[(sorted.length - 1) >> 1]} ms in the median, ${sorted.at(-1)} ms at most`
  return [
    ...[...faults].map(([name, count]) => `${String(count).padStart(4)} × ${name}`),
    `${hits.hit} of ${hits.hit + hits.missed} faults hit what they had to interrupt`,
    `${requests.succeeded} requests succeeded and ${requests.failed} failed during faults; ${jobs} jobs; ${times}`,
  ].join('\n')
}
