/** The tables of `bench import`. */
import { CSV_HEADER } from '../data/generate.ts'
import { significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'
import type { Stage } from './stages.ts'

export interface ImportFigures {
  readonly rows: number
  readonly megabytes: number
  readonly searchable: number
  /** Rows per second. */
  readonly fresh: number
  readonly again: number
  readonly changed: number
  readonly copy: number
  readonly searches: SearchFigures
  readonly stages: readonly Stage[]
  /** Megabytes. */
  readonly workGrowth: number
}

/** Searches during an import. Times are in milliseconds. */
export interface SearchFigures {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Delay of the event loop that answers them. */
  readonly loopDelayMax: number
  readonly loopDelayP99: number
}

export function importTables(figures: ImportFigures): Table[] {
  return [rateTable(figures), sideTable(figures), stageTable(figures.stages)]
}

function rateTable({ rows, megabytes, fresh, again, changed, copy }: ImportFigures): Table {
  const size = `${rows.toLocaleString('en')} rows of ${CSV_HEADER.length} columns, ${significant(megabytes)} MB`
  const row = (name: string, goal: string, rate: number) => [
    name,
    goal,
    significant(rate),
    `${significant(copy / rate)}×`,
  ]
  return {
    header: [size, 'goal', 'rows per second', 'COPY is faster by'],
    rows: [
      row('new rows, from file to searchable', '≥ 30,000', fresh),
      row('the same file again', '≥ 60,000', again),
      row('one changed field in every row', '≥ 30,000', changed),
      row('COPY of the same file into a table of text columns without an index', '', copy),
    ],
  }
}

function sideTable({ searches, workGrowth }: ImportFigures): Table {
  return {
    header: ['during an import', 'goal', 'measured'],
    rows: [
      ['peak memory of `connectra work` above idle, MB', '≤ 200', significant(workGrowth)],
      [
        `${searches.count.toLocaleString('en')} searches over HTTP, ${searches.perSecond} a second, p50, ms`,
        '≤ 3',
        significant(searches.p50),
      ],
      ['searches over HTTP, p99, ms', '≤ 25', significant(searches.p99)],
      ['searches over HTTP, maximum, ms', '', significant(searches.max)],
      ['event loop delay, maximum, ms', '≤ 20', significant(searches.loopDelayMax)],
      ['event loop delay, p99, ms', '', significant(searches.loopDelayP99)],
    ],
  }
}

function stageTable(stages: readonly Stage[]): Table {
  const whole = stages.reduce((sum, { microseconds }) => sum + microseconds, 0)
  return {
    header: ['stage, measured alone', 'µs per row', 'share'],
    rows: stages.map(({ name, microseconds }) => [name, significant(microseconds), formatShare(microseconds / whole)]),
  }
}

function formatShare(share: number): string {
  return Math.abs(share) < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`
}
