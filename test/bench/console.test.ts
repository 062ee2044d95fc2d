import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConsoleReport, consoleTables } from '../../bench/console/tables.ts'

const FRAME = 1000 / 60

const report: ConsoleReport = {
  loads: { scriptBytes: { gzip: 197_133, br: 172_000 }, cold: [300, 500], warm: [200, 210] },
  clicks: { filter: [50, 60, 70, 200], sort: [40], record: [30] },
  scrolling: [
    { speed: 1000, frames: [FRAME, FRAME * 1.2, FRAME], longTasks: [] },
    { speed: 20_000, frames: [FRAME, FRAME * 3, FRAME * 2.1], longTasks: [51, 80] },
  ],
}

test('the tables of the console have quantiles beside their goals', () => {
  const [scripts, times] = consoleTables(report)
  assert.deepEqual(scripts!.rows[0], ['gzip', '200', '197'])
  assert.deepEqual(
    times!.rows.map(row => row.slice(1)),
    [
      ['1,000', '300', '500', '2'],
      ['1,000', '200', '210', '2'],
      ['100', '60.0', '200', '4'],
      ['', '40.0', '40.0', '1'],
      ['', '30.0', '30.0', '1'],
    ],
  )
})

test('a frame that is late by several others drops these, and jitter drops none', () => {
  const scrolling = consoleTables(report).at(-1)!
  assert.deepEqual(scrolling.rows, [
    ['1,000 pixels per second', '3', '0', '20.0', '0', '< 50', '50'],
    ['20,000 pixels per second', '3', '3', '50.0', '2', '80.0', '50'],
  ])
})
