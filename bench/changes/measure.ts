/** Measures a running `connectra serve` for `bench changes`. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import type { HttpRequest } from '../queries/http-requests.ts'
import { quantile } from '../shared/figures.ts'
import { drawSearches, runSearches, send } from '../shared/http-searches.ts'
import { SETTLE_MS } from '../shared/memory.ts'
import { startProgress } from '../shared/progress.ts'
import { receiveFrom } from '../shared/receive.ts'
import type { ProbeReport } from '../shared/serve-probe.ts'
import type { ServeProcess } from '../shared/serve-process.ts'
import type { WriterReport, WriterTask } from './writer.ts'

const RATE = 20_000
const UNDER_LOAD_SECONDS = 20
const SEARCHES_A_SECOND = 100
const QUIET_SEARCHES = 500
const VISIBLE = [
  { size: 1, rounds: 300 },
  { size: 100, rounds: 100 },
]
/** Records per batch. */
const BATCH = 2000
const CATCH_UP_WITHIN = 600_000

export interface UnderLoad {
  readonly how: WriterTask['how']
  /** Rate at which the other process wrote. */
  readonly changesPerSecond: number
  /** Rate at which searches saw the changes, until the last one. */
  readonly appliedPerSecond: number
  readonly searchP50: number
  readonly searchP99: number
  readonly searches: number
  /** Delay of the API's event loop in milliseconds. */
  readonly loopDelayMax: number
  readonly loopDelayP99: number
  /** Milliseconds from a commit until searches saw it. */
  readonly lagP50: number
  readonly lagMax: number
}

export type ChangesFigures = Awaited<ReturnType<typeof measureChanges>>

interface Measurement {
  readonly serve: ServeProcess
  readonly say: (line: string) => void
  /** Parameters of the writer that all measurements share. */
  readonly task: Omit<WriterTask, 'how' | 'seed'>
  /** Draws searches. */
  readonly draw: (count: number, seed: number) => readonly HttpRequest[]
}

export async function measureChanges({ sizes, updates }: BenchOptions, serve: ServeProcess, url: string) {
  const generator = createGenerator(sizes)
  const measurement: Measurement = {
    serve,
    say: startProgress(),
    task: { url, sizes, batch: BATCH, rate: Infinity, records: Infinity, seconds: Infinity },
    draw: (count, seed) => drawSearches(generator, count, seed),
  }
  return {
    ...(await measureUpdates(measurement, updates)),
    underLoad: await measureLoads(measurement),
    visible: await measureVisibility(measurement),
  }
}

/** Searches while nothing changes; memory and segments before and after many updates. */
async function measureUpdates({ serve, say, task, draw }: Measurement, count: number) {
  say('searching while nothing changes …')
  const quiet = await runSearches(serve.url, draw(QUIET_SEARCHES, 1), SEARCHES_A_SECOND)
  const before = await settle(serve)
  say(`${count} updates …`)
  const updated = await runWriter({ ...task, how: 'upsert', records: count, seed: 2 })
  await catchUp(serve, updated)
  await runSearches(serve.url, draw(QUIET_SEARCHES, 1), SEARCHES_A_SECOND)
  const after = await settle(serve)
  return {
    quiet: { searchP50: quantile(quiet, 0.5), searchP99: quantile(quiet, 0.99) },
    updates: { records: updated.records, perSecond: updated.records / updated.seconds, before, after },
  }
}

/** Memory and segments after the server has had time to release memory. */
async function settle(serve: ServeProcess) {
  await delay(SETTLE_MS)
  return { memory: serve.memory(), ...(await serve.report()) }
}

/** Searches while changes are stored and indexed. If these do not reach the full rate, also while changes are only announced. */
async function measureLoads({ serve, say, task, draw }: Measurement): Promise<UnderLoad[]> {
  const measured: UnderLoad[] = []
  for (const how of ['upsert', 'announce'] as const) {
    if (measured.some(({ changesPerSecond }) => changesPerSecond > 0.95 * RATE)) break
    say(`searching while changes are written (${how}) …`)
    const load = { ...task, how, rate: RATE, seconds: UNDER_LOAD_SECONDS, seed: how.length }
    measured.push(await measureUnderLoad(serve, load, draw(UNDER_LOAD_SECONDS * SEARCHES_A_SECOND, 3)))
    await delay(SETTLE_MS)
  }
  return measured
}

/** How long it takes until writes of each size are found. */
async function measureVisibility({ serve, say, task }: Measurement) {
  say('waiting for writes to be found …')
  const visible = []
  for (const { size, rounds } of VISIBLE) {
    const load = { batch: size, rate: size * 20, records: size * rounds, seed: size }
    const writer = await runWriter({ ...task, how: 'upsert', ...load })
    const lags = lagsOf(writer, await catchUp(serve, writer))
    visible.push({ size, p50: quantile(lags, 0.5), p99: quantile(lags, 0.99) })
  }
  return visible
}

async function measureUnderLoad(
  serve: ServeProcess,
  task: WriterTask,
  searches: readonly HttpRequest[],
): Promise<UnderLoad> {
  const ended = new AbortController()
  await serve.report()
  const searching = runSearches(serve.url, searches, SEARCHES_A_SECOND, { signal: ended.signal })
  const writer = await runWriter(task)
  ended.abort()
  const times = await searching
  const seen = await catchUp(serve, writer)
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
  const report = await receiveFrom<WriterReport>(writer)
  process.off('exit', kill)
  return report
}

/** Waits until searches see everything that was written. Returns the report of the probe. */
async function catchUp(serve: ServeProcess, writer: WriterReport): Promise<ProbeReport> {
  const seq = writer.commits.at(-1)![0]
  const deadline = performance.now() + CATCH_UP_WITHIN
  for (;;) {
    try {
      await send(serve.url, { path: '/contacts/count', body: '{}' }, undefined, seq)
      return await serve.report()
    } catch (error) {
      // The server answers 503 if it has not caught up within five seconds.
      if (performance.now() > deadline) throw error
    }
  }
}

/** Milliseconds from each commit until searches saw it. 0 if they saw it before the writer knew of the commit. */
function lagsOf(writer: WriterReport, { published }: ProbeReport): number[] {
  let place = 0
  return writer.commits.map(([seq, at]) => {
    while (published[place]![0] < seq) place++
    return Math.max(0, published[place]![1] - at)
  })
}
