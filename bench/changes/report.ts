/** What `bench changes` found, beside what is wanted. */

import { significant, type Table } from '../shared/report.ts'
import type { ChangesFigures, UnderLoad } from './measure.ts'

const HOW: Record<UnderLoad['how'], string> = { upsert: 'stored and indexed', announce: 'indexed alone' }

export function changesTables({ quiet, updates, underLoad, visible }: ChangesFigures): Table[] {
  const { before, after } = updates
  const load = (label: string, goal: string, cell: (one: UnderLoad) => number) => [
    label,
    goal,
    ...underLoad.map(one => significant(cell(one))),
  ]
  return [
    {
      header: ['while changes are applied', 'goal', ...underLoad.map(({ how }) => HOW[how])],
      rows: [
        load('changes a second', '', one => one.changesPerSecond),
        load('of them applied to the index, a second', '20,000', one => one.appliedPerSecond),
        load('searches over HTTP, p50, ms', '', one => one.searchP50),
        load('searches over HTTP, p99, ms', '≤ 25', one => one.searchP99),
        load('event loop late by at most, ms', '≤ 20', one => one.loopDelayMax),
        load('event loop late, p99, ms', '', one => one.loopDelayP99),
        load('index behind a commit, p50, ms', '', one => one.lagP50),
        load('index behind a commit, at most, ms', '', one => one.lagMax),
      ],
    },
    {
      header: ['what', 'goal', 'measured'],
      rows: [
        [
          'searches while nothing changes, p50 / p99, ms',
          '',
          `${significant(quiet.searchP50)} / ${significant(quiet.searchP99)}`,
        ],
        [
          `updates of existing records: ${updates.records.toLocaleString('en')}, a second`,
          '',
          significant(updates.perSecond),
        ],
        [
          'resident before and after them, MB',
          '',
          `${significant(before.memory.resident)}, ${significant(after.memory.resident)}`,
        ],
        ['times what it was before', '≤ 1.2', significant(after.memory.resident / before.memory.resident)],
        ['segments before and after them', '', `${before.segments}, ${after.segments}`],
        [
          'their arrays before and after, MB',
          '',
          `${significant(before.segmentMegabytes)}, ${significant(after.segmentMegabytes)}`,
        ],
        ...visible.map(({ size, p50, p99 }) => [
          `${size === 1 ? 'one write' : `a batch of ${size}`} is found after, p50 / p99, ms`,
          '',
          `${significant(p50)} / ${significant(p99)}`,
        ]),
      ],
    },
  ]
}
