/** The figures of every class of queries: one request at a time, with parameters drawn anew for each. */
import { deepStrictEqual } from 'node:assert'
import type { Connection } from '../../src/database/pool.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom } from '../data/random.ts'
import type { BenchOptions } from '../options.ts'
import { type Asked, askEngine, drawRequest, type Request } from '../queries/ask.ts'
import { createCursorFinder } from '../queries/cursors.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { quantile, significant } from '../shared/report.ts'
import { comparable, plainAnswer } from './plain-postgres.ts'
import type { ClassFigures } from './search-report.ts'

interface Bounds {
  readonly requests: number
  readonly ms: number
}

/** Requests at most, and milliseconds at most, per class. */
const COMPARED: Bounds = { requests: 15, ms: 4_000 }
const ENGINE_RUN: Bounds = { requests: 1000, ms: 3_000 }
const POSTGRES_RUN: Bounds = { requests: 100, ms: 3_000 }
const WARM_UP: Bounds = { requests: 100, ms: 500 }

/** `connection`: to PostgreSQL with the tables to compare with; null: no comparison. `say` is told of each class. */
export async function measureClasses(
  { only }: BenchOptions,
  generator: RecordGenerator,
  engine: Asked,
  connection: Connection | null,
  say: (line: string) => void,
): Promise<ClassFigures[]> {
  const findCursor = createCursorFinder(engine, generator)
  const onEngine = (request: Request) => askEngine(engine, request)
  const results: ClassFigures[] = []
  for (const [place, queryClass] of queryClasses(generator).entries()) {
    const { name, group } = queryClass
    if (!only.test(name)) continue
    const random = createRandom(1000 + place)
    // Drawn before, so that neither the time nor the garbage of drawing is measured.
    const draw = async (count: number) => {
      const requests: Request[] = []
      while (requests.length < count) requests.push(await drawRequest(queryClass, random, findCursor))
      return requests
    }
    await measure(WARM_UP, await draw(WARM_UP.requests), onEngine)
    const requests = await draw(ENGINE_RUN.requests)
    const times = await measure(ENGINE_RUN, requests, onEngine)
    let figures: ClassFigures = { name, group, ...timesToFigures(times), postgres: null }
    if (connection !== null) {
      const onPostgres = (request: Request) => plainAnswer(connection, request)
      await measure(COMPARED, requests, async request => {
        deepStrictEqual(
          comparable(await onEngine(request)),
          await onPostgres(request),
          `${name}: ${JSON.stringify(request)}`,
        )
      })
      figures = { ...figures, postgres: timesToFigures(await measure(POSTGRES_RUN, requests, onPostgres)) }
    }
    results.push(figures)
    say(`${name}: ${significant(figures.p50)} ms, p99 ${significant(figures.p99)} ms`)
  }
  return results
}

function timesToFigures(times: readonly number[]) {
  const total = times.reduce((sum, time) => sum + time, 0)
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), perSecond: (1000 * times.length) / total }
}

/** Milliseconds of each request. */
async function measure(
  bounds: Bounds,
  requests: readonly Request[],
  ask: (request: Request) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  let total = 0
  for (const request of requests.slice(0, bounds.requests)) {
    const started = performance.now()
    await ask(request)
    const taken = performance.now() - started
    times.push(taken)
    total += taken
    if (total > bounds.ms) break
  }
  return times
}
