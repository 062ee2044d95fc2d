/** Measures every class of queries, one request at a time. Parameters are drawn for each request. */
import { deepStrictEqual } from 'node:assert'
import type { Connection } from '../../src/database/pool.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom, type Random } from '../data/random.ts'
import type { BenchOptions } from '../options.ts'
import {
  askEngine,
  type Bounds,
  drawRequests,
  type MeasuredEngine,
  type Request,
  timeRequests,
} from '../queries/ask.ts'
import { type CursorFinder, createCursorFinder } from '../queries/cursors.ts'
import type { QueryClass } from '../queries/query-class.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { quantile, significant } from '../shared/figures.ts'
import { comparable, plainAnswer } from './plain-postgres.ts'
import type { ClassFigures } from './search-report.ts'

const COMPARED: Bounds = { requests: 15, ms: 4_000 }
const ENGINE_RUN: Bounds = { requests: 1000, ms: 3_000 }
const POSTGRES_RUN: Bounds = { requests: 100, ms: 3_000 }
const WARM_UP: Bounds = { requests: 100, ms: 500 }

interface Subject {
  readonly engine: MeasuredEngine
  readonly findCursor: CursorFinder
  /** To PostgreSQL with the tables of the comparison. Null: no comparison. */
  readonly connection: Connection | null
}

/** `connection` is to PostgreSQL with the tables of the comparison, or null for none. `say` reports each class. */
export async function measureClasses(
  { only }: BenchOptions,
  generator: RecordGenerator,
  engine: MeasuredEngine,
  connection: Connection | null,
  say: (line: string) => void,
): Promise<ClassFigures[]> {
  const subject = { engine, connection, findCursor: createCursorFinder(engine, generator) }
  const results: ClassFigures[] = []
  for (const [place, queryClass] of queryClasses(generator).entries()) {
    if (!only.test(queryClass.name)) continue
    const figures = await measureClass(queryClass, createRandom(1000 + place), subject)
    results.push(figures)
    say(`${figures.name}: ${significant(figures.p50)} ms, p99 ${significant(figures.p99)} ms`)
  }
  return results
}

async function measureClass(
  queryClass: QueryClass,
  random: Random,
  { engine, connection, findCursor }: Subject,
): Promise<ClassFigures> {
  const { name, group } = queryClass
  const draw = (count: number) => drawRequests(queryClass, random, findCursor, count)
  const onEngine = (request: Request) => askEngine(engine, request)
  await timeRequests(WARM_UP, await draw(WARM_UP.requests), onEngine)
  const requests = await draw(ENGINE_RUN.requests)
  const figures = { name, group, ...summariseTimes(await timeRequests(ENGINE_RUN, requests, onEngine)) }
  if (connection === null) return { ...figures, postgres: null }

  const onPostgres = (request: Request) => plainAnswer(connection, request)
  await timeRequests(COMPARED, requests, async request => {
    const found = comparable(await onEngine(request))
    deepStrictEqual(found, await onPostgres(request), `${name}: ${JSON.stringify(request)}`)
  })
  return { ...figures, postgres: summariseTimes(await timeRequests(POSTGRES_RUN, requests, onPostgres)) }
}

function summariseTimes(times: readonly number[]) {
  const total = times.reduce((sum, time) => sum + time, 0)
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), perSecond: (1000 * times.length) / total }
}
