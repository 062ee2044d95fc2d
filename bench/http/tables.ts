/** The tables of `bench http`, with the goals. */
import { GOAL_P99, type HttpClass, TIMES_FASTER } from '../queries/http-classes.ts'
import { quantile, significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'
import type { BatchFigures } from './batches.ts'
import { FIRST, type FirstUseFigures } from './first-use.ts'
import type { HttpFigures } from './measure-class.ts'
import { CLIENTS, type NeighbourFigures, type NeighbourRequest } from './neighbours.ts'
import type { Parts } from './parts.ts'

/** Milliseconds. */
const FIRST_USE_P99 = 20
const NEIGHBOUR_P99 = { count: 20, list: 30, facet: null }
const BATCH_P50 = 150

export interface MeasuredClass {
  readonly httpClass: HttpClass
  readonly figures: HttpFigures
}

export interface HttpReport {
  readonly classes: readonly MeasuredClass[]
  readonly firstUse: readonly FirstUseFigures[]
  readonly neighbours: readonly NeighbourFigures[]
  readonly batches: readonly BatchFigures[]
  /** `http` is a request that needs almost no work. */
  readonly parts: Parts & { readonly http: number }
  /** Seconds. */
  readonly ready: { readonly fromDatabase: number; readonly fromSnapshot: number }
  /** Megabytes. */
  readonly resident: number
}

/** Tables without rows are left out: an option selects what is measured. */
export function httpTables({ classes, firstUse, neighbours, batches, parts, ready, resident }: HttpReport): Table[] {
  return [
    classTable(classes),
    firstUseTable(firstUse),
    neighbourTable(neighbours),
    neighbourClassTable(neighbours),
    batchTable(batches),
    {
      header: ['part of a list with 3 keywords', 'median, ms'],
      rows: Object.entries(parts).map(([name, value]) => [name, significant(value)]),
    },
    {
      header: ['', 'measured'],
      rows: [
        ['ready from PostgreSQL, s', significant(ready.fromDatabase)],
        ['ready from a snapshot, s', significant(ready.fromSnapshot)],
        ['resident memory of the server after these requests, MB', significant(resident)],
      ],
    },
  ].filter(({ rows }) => rows.length > 0)
}

/** `–` without a goal. */
const goal = (value: number | null) => (value === null ? '–' : significant(value))

/** The goals of a class: milliseconds at one connection, requests per second at eight. */
export function goalsOf({ cluster }: HttpClass) {
  return { p50: cluster && cluster.p50 / TIMES_FASTER, rate: cluster && cluster.rate * TIMES_FASTER }
}

function classTable(classes: readonly MeasuredClass[]): Table {
  return {
    header: ['request', 'p50, ms', 'goal ≤', 'p99, ms', 'requests/s at 8', 'goal ≥', 'p99 at 8, ms', 'goal ≤', 'bytes'],
    rows: classes.map(({ httpClass, figures }) => {
      const { p50, rate } = goalsOf(httpClass)
      return [
        httpClass.name,
        significant(figures.p50),
        goal(p50),
        significant(figures.p99),
        significant(figures.rate),
        goal(rate),
        significant(figures.p99Together),
        goal(GOAL_P99),
        significant(figures.bytes),
      ]
    }),
  }
}

function firstUseTable(figures: readonly FirstUseFigures[]): Table {
  return {
    header: [`first ${FIRST} requests after a start from a snapshot`, 'first, ms', 'p50, ms', 'p99, ms', 'goal ≤'],
    rows: figures.map(({ name, first, p50, p99 }) => [
      name,
      significant(first),
      significant(p50),
      significant(p99),
      goal(FIRST_USE_P99),
    ]),
  }
}

const timesOf = (requests: readonly NeighbourRequest[], is: (request: NeighbourRequest) => boolean) =>
  requests.filter(is).map(({ milliseconds }) => milliseconds)

function neighbourTable(neighbours: readonly NeighbourFigures[]): Table {
  const cells = (requests: readonly NeighbourRequest[], wanted: 'count' | 'list') => {
    const times = timesOf(requests, ({ kind }) => kind === wanted)
    return [significant(quantile(times, 0.5)), significant(quantile(times, 0.99)), goal(NEIGHBOUR_P99[wanted])]
  }
  return {
    header: [
      `${CLIENTS} clients send without pause`,
      'requests/s',
      'refused',
      "another's counts: p50, ms",
      'p99, ms',
      'goal ≤',
      "another's lists: p50, ms",
      'p99, ms',
      'goal ≤',
    ],
    rows: neighbours.map(({ name, perSecond, refused, requests }) => [
      name,
      significant(perSecond),
      refused.toLocaleString('en'),
      ...cells(requests, 'count'),
      ...cells(requests, 'list'),
    ]),
  }
}

/** The same requests of the other client, by class. */
function neighbourClassTable(neighbours: readonly NeighbourFigures[]): Table {
  const requests = neighbours.flatMap(figures => figures.requests)
  const names = new Map(requests.map(({ name, kind }) => [name, kind]))
  return {
    header: ['another client, beside all of these', 'p50, ms', 'p99, ms', 'goal ≤'],
    rows: [...names].sort().map(([name, kind]) => {
      const times = timesOf(requests, request => request.name === name)
      return [name, significant(quantile(times, 0.5)), significant(quantile(times, 0.99)), goal(NEIGHBOUR_P99[kind])]
    }),
  }
}

function batchTable(batches: readonly BatchFigures[]): Table {
  return {
    header: ['batch', 'p50, ms', 'goal ≤', 'p99, ms'],
    rows: batches.map(({ name, p50, p99 }) => [name, significant(p50), goal(BATCH_P50), significant(p99)]),
  }
}
