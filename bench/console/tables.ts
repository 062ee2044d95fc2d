/** The tables of `bench console`, with the goals. */
import { quantile, significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'
import type { ClickFigures } from './clicks.ts'
import type { LoadFigures } from './loads.ts'
import type { ScrollFigures } from './scrolling.ts'

/** Kilobytes (1,000 bytes) and milliseconds. */
const GOALS = { scripts: '200', interactive: '1,000', filter: '100', task: '50' }
/** Milliseconds of a frame. */
const FRAME = 1000 / 60

export interface ConsoleReport {
  readonly loads: LoadFigures
  readonly clicks: ClickFigures
  readonly scrolling: readonly ScrollFigures[]
}

export function consoleTables({ loads, clicks, scrolling }: ConsoleReport): Table[] {
  const { scriptBytes } = loads
  return [
    {
      header: ['scripts of a first load', 'goal ≤', 'kB'],
      rows: [
        ['gzip', GOALS.scripts, significant(scriptBytes.gzip / 1000)],
        ['brotli', '', significant(scriptBytes.br / 1000)],
      ],
    },
    {
      header: ['milliseconds', 'goal ≤', 'p50', 'p95', 'times'],
      rows: [
        timeRow('first load until interactive', GOALS.interactive, loads.cold),
        timeRow('later load until interactive', GOALS.interactive, loads.warm),
        timeRow('tick a value, until rows and counts are shown', GOALS.filter, clicks.filter),
        timeRow('click a header, until the sorted rows are shown', '', clicks.sort),
        timeRow('click a name, until the record, its company and colleagues are shown', '', clicks.record),
      ],
    },
    {
      header: ['scrolling', 'frames', 'dropped', 'longest frame, ms', 'tasks > 50 ms', 'longest task, ms', 'goal ≤'],
      rows: scrolling.map(scrollRow),
    },
  ]
}

function timeRow(name: string, goal: string, times: readonly number[]): string[] {
  return [name, goal, significant(quantile(times, 0.5)), significant(quantile(times, 0.95)), String(times.length)]
}

function scrollRow({ speed, frames, longTasks }: ScrollFigures): string[] {
  const dropped = frames.reduce((sum, frame) => sum + Math.max(0, Math.round(frame / FRAME) - 1), 0)
  return [
    `${speed.toLocaleString('en')} pixels per second`,
    frames.length.toLocaleString('en'),
    dropped.toLocaleString('en'),
    significant(Math.max(...frames)),
    String(longTasks.length),
    longTasks.length === 0 ? '< 50' : significant(Math.max(...longTasks)),
    GOALS.task,
  ]
}
