/** The tables of `bench changes`. */
import { significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'
import type { ChangesFigures, UnderLoad } from './measure.ts'

const HOW: Record<UnderLoad['how'], string> = { upsert: 'stored and indexed', announce: 'indexed only' }

export function changesTables(figures: ChangesFigures): Table[] {
  return [loadTable(figures.underLoad), updatesTable(figures)]
}

function loadTable(underLoad: readonly UnderLoad[]): Table {
  const row = (label: string, goal: string, cell: (one: UnderLoad) => number) => [
    label,
    goal,
    ...underLoad.map(one => significant(cell(one))),
  ]
  return {
    header: ['while changes are applied', 'goal', ...underLoad.map(({ how }) => HOW[how])],
    rows: [
      row('changes written per second', '', one => one.changesPerSecond),
      row('changes indexed per second', '20,000', one => one.appliedPerSecond),
      row('searches over HTTP, p50, ms', '', one => one.searchP50),
      row('searches over HTTP, p99, ms', '≤ 25', one => one.searchP99),
      row('event loop delay, maximum, ms', '≤ 20', one => one.loopDelayMax),
      row('event loop delay, p99, ms', '', one => one.loopDelayP99),
      row('commit to searchable, p50, ms', '', one => one.lagP50),
      row('commit to searchable, maximum, ms', '', one => one.lagMax),
    ],
  }
}

function updatesTable({ quiet, updates, visible }: ChangesFigures): Table {
  const { before, after, records, perSecond } = updates
  const pair = (a: number, b: number) => `${significant(a)} / ${significant(b)}`
  return {
    header: ['', 'goal', 'measured'],
    rows: [
      ['searches while nothing changes, p50 / p99, ms', '', pair(quiet.searchP50, quiet.searchP99)],
      [`${records.toLocaleString('en')} updates of existing records, per second`, '', significant(perSecond)],
      ['resident before / after the updates, MB', '', pair(before.memory.resident, after.memory.resident)],
      ['ratio of after to before', '≤ 1.2', significant(after.memory.resident / before.memory.resident)],
      ['segments before / after', '', `${before.segments} / ${after.segments}`],
      ['size of the segments before / after, MB', '', pair(before.segmentMegabytes, after.segmentMegabytes)],
      ...visible.map(({ size, p50, p99 }) => [
        `${size === 1 ? 'one write' : `a batch of ${size}`} to searchable, p50 / p99, ms`,
        '',
        pair(p50, p99),
      ]),
    ],
  }
}
