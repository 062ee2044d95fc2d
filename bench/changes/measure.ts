/** Measures a running `serve` for `bench changes`. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { drawSearches, runSearches, type Search, send } from '../shared/http-searches.ts'
import { quantile, tellProgress } from '../shared/report.ts'
import type { ProbeReport } from '../shared/serve-probe.ts'
import { REST, type ServeProcess } from '../shared/serve-process.ts'
import type { WriterReport, WriterTask } from './writer.ts'

const RATE = 20_000
const UNDER_LOAD_SECONDS = 20
const SEARCHES_A_SECOND = 100
const QUIET_SEARCHES = 500
const VISIBLE = [
  { size: 1, rounds: 300 },
  { size: 100, rounds: 100 },
]
/** An import's batches. */
const BATCH = 2000
const CATCH_UP_WITHIN = 600_000

export interface UnderLoad {
  readonly how: WriterTask['how']
  /** Written by the other process. */
  readonly changesPerSecond: number
  /** Seen by searches, until all were. */
  readonly appliedPerSecond: number
  readonly searchP50: number
  readonly searchP99: number
  readonly searches: number
  /** Milliseconds by which the event loop of the API was late at most. */
  readonly loopDelayMax: number
  readonly loopDelayP99: number
  /** Milliseconds from a commit until searches saw it. */
  readonly lagP50: number
  readonly lagMax: number
}

export type ChangesFigures = Awaited<ReturnType<typeof measureChanges>>

export async function measureChanges({ sizes, updates }: BenchOptions, serve: ServeProcess, url: string) {
  const generator = createGenerator(sizes)
  const say = tellProgress()
  const searches = (count: number, seed: number) => drawSearches(generator, count, seed)
  const task = { url, sizes, batch: BATCH, rate: Infinity, records: Infinity, seconds: Infinity }

  say('searching while nothing changes …')
  const quiet = await runSearches(serve.url, searches(QUIET_SEARCHES, 1), SEARCHES_A_SECOND)
  await delay(REST)
  const before = { memory: serve.memory(), ...(await probe(serve)) }

  say(`${updates} updates …`)
  const updated = await runWriter({ ...task, how: 'upsert', records: updates, seed: 2 })
  await caughtUp(serve, updated)
  await runSearches(serve.url, searches(QUIET_SEARCHES, 1), SEARCHES_A_SECOND)
  await delay(REST)
  const after = { memory: serve.memory(), ...(await probe(serve)) }

  const underLoad: UnderLoad[] = []
  for (const how of ['upsert', 'announce'] as const) {
    if (underLoad.some(({ changesPerSecond }) => changesPerSecond > 0.95 * RATE)) break
    say(`searching while changes come (${how}) …`)
    const load = { ...task, how, rate: RATE, seconds: UNDER_LOAD_SECONDS, seed: how.length }
    underLoad.push(await measureUnderLoad(serve, load, searches(UNDER_LOAD_SECONDS * SEARCHES_A_SECOND, 3)))
    await delay(REST)
  }

  say('looking for writes …')
  const visible = []
  for (const { size, rounds } of VISIBLE) {
    const writer = await runWriter({
      ...task,
      how: 'upsert',
      batch: size,
      rate: size * 20,
      records: size * rounds,
      seed: size,
    })
    const lags = lagsOf(writer, await caughtUp(serve, writer))
    visible.push({ size, p50: quantile(lags, 0.5), p99: quantile(lags, 0.99) })
  }
  return {
    quiet: { searchP50: quantile(quiet, 0.5), searchP99: quantile(quiet, 0.99) },
    updates: { records: updated.records, perSecond: updated.records / updated.seconds, before, after },
    underLoad,
    visible,
  }
}

async function measureUnderLoad(
  serve: ServeProcess,
  task: WriterTask,
  searches: readonly Search[],
): Promise<UnderLoad> {
  const ended = new AbortController()
  await probe(serve)
  const searching = runSearches(serve.url, searches, SEARCHES_A_SECOND, ended.signal)
  const writer = await runWriter(task)
  ended.abort()
  const times = await searching
  const seen = await caughtUp(serve, writer)
  const lags = lagsOf(writer, seen)
  return {
    how: task.how,
    changesPerSecond: writer.records / writer.seconds,
    appliedPerSecond: writer.records / (writer.seconds + lags.at(-1)! / 1000),
    searchP50: quantile(times, 0.5),
    searchP99: quantile(times, 0.99),
    searches: times.length,
    loopDelayMax: seen.loopDelayMax,
    loopDelayP99: seen.loopDelayP99,
    lagP50: quantile(lags, 0.5),
    lagMax: Math.max(...lags),
  }
}

async function runWriter(task: WriterTask): Promise<WriterReport> {
  const writer = fork(join(import.meta.dirname, 'writer.ts'), { serialization: 'advanced' })
  const kill = () => writer.kill('SIGKILL')
  process.once('exit', kill)
  writer.send(task)
  const report = await answerOf<WriterReport>(writer)
  process.off('exit', kill)
  return report
}

async function probe({ child }: ServeProcess): Promise<ProbeReport> {
  child.send('report')
  return await answerOf<ProbeReport>(child)
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const failed = new AbortController()
  const exit = once(child, 'exit', { signal: failed.signal }).then(([code]) => {
    throw new Error(`a measured process ended with ${code}`)
  })
  try {
    return (await Promise.race([once(child, 'message'), exit]))[0] as T
  } finally {
    exit.catch(() => {})
    failed.abort()
  }
}

/** Waits until searches see all that was written; what the probe saw up to then. */
async function caughtUp(serve: ServeProcess, writer: WriterReport): Promise<ProbeReport> {
  const seq = writer.commits.at(-1)![0]
  const deadline = performance.now() + CATCH_UP_WITHIN
  for (;;) {
    try {
      await send(serve.url, { path: '/contacts/count', body: '{}' }, undefined, seq)
      return await probe(serve)
    } catch (error) {
      // 503: five seconds were not enough.
      if (performance.now() > deadline) throw error
    }
  }
}

/** Milliseconds from the answer to each commit until searches saw it; 0 when they did before. */
function lagsOf(writer: WriterReport, { published }: ProbeReport): number[] {
  let place = 0
  return writer.commits.map(([seq, at]) => {
    while (published[place]![0] < seq) place++
    return Math.max(0, published[place]![1] - at)
  })
}
