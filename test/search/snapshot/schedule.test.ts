import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSnapshotSchedule } from '../../../src/search/embedded/snapshot/schedule.ts'
import { waitUntil } from '../../helpers/wait-until.ts'

const LONG = 600_000
const silent = { info() {}, warn() {}, error() {} }

test('a snapshot is written when changes have paused, once for all of them', async () => {
  let writes = 0
  const schedule = createSnapshotSchedule(async () => void writes++, silent, {
    quiet: 20,
    latest: LONG,
    firstPause: LONG,
    longestPause: LONG,
  })
  for (let change = 0; change < 100; change++) schedule.changed()
  await waitUntil('it is written', () => writes > 0)
  await schedule.finish()
  assert.equal(writes, 1)
})

test('a snapshot is also written during a steady stream of changes', async () => {
  let writes = 0
  const schedule = createSnapshotSchedule(async () => void writes++, silent, {
    quiet: LONG,
    latest: 20,
    firstPause: LONG,
    longestPause: LONG,
  })
  await waitUntil('it is written twice', () => {
    schedule.changed()
    return writes >= 2
  })
  await schedule.finish()
})

test('after a failure, writing is retried with growing pauses, and the failure is logged once', async () => {
  const times: number[] = []
  const logged: string[] = []
  const note = (_: object, message: string) => void logged.push(message)
  const schedule = createSnapshotSchedule(
    async () => {
      times.push(performance.now())
      if (times.length < 5) throw new Error('no space left')
    },
    { info: note, warn: note, error: note },
    { quiet: 1, latest: 1, firstPause: 10, longestPause: 40 },
  )
  schedule.changed()
  await waitUntil('it is written', () => logged.length > 1)
  const pauses = times.slice(1).map((time, index) => time - times[index]!)
  assert.equal(times.length, 5)
  // Timers may fire late, but never early by more than a millisecond.
  for (const [index, least] of [10, 20, 40, 40].entries()) assert.ok(pauses[index]! > least - 1, pauses.join())
  assert.match(logged[0]!, /^the search index snapshot cannot be written; searches and changes continue$/)
  assert.match(logged[1]!, /^the search index snapshot can be written again$/)
  assert.equal(logged.length, 2)
  await schedule.finish()
})

test('finish waits for the current write, then writes what is left', async () => {
  const writes: PromiseWithResolvers<void>[] = []
  const schedule = createSnapshotSchedule(
    async () => {
      const write = Promise.withResolvers<void>()
      writes.push(write)
      await write.promise
    },
    silent,
    { quiet: 1, latest: 1, firstPause: LONG, longestPause: LONG },
  )
  schedule.changed()
  await waitUntil('it is being written', () => writes.length === 1)
  schedule.changed()
  const finished = schedule.finish()
  schedule.changed()
  writes[0]!.resolve()
  await waitUntil('the rest is being written', () => writes.length === 2)
  writes[1]!.resolve()
  await finished
  assert.equal(writes.length, 2)
})
