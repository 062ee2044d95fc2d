import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGate } from '../../src/runtime/gate.ts'

test('tasks run two at a time, in order, also after one has failed', async () => {
  const pass = createGate(2)
  const started: number[] = []
  const ends: PromiseWithResolvers<number>[] = []
  const results = [0, 1, 2, 3].map(task => {
    ends.push(Promise.withResolvers<number>())
    return pass(() => {
      started.push(task)
      return ends[task]!.promise
    })
  })
  assert.deepEqual(started, [0, 1])
  ends[1]!.reject(new Error('failed'))
  await assert.rejects(results[1]!, /failed/)
  assert.deepEqual(started, [0, 1, 2])
  for (const task of [0, 2, 3]) ends[task]!.resolve(task)
  assert.deepEqual(await Promise.all([results[0], results[2], results[3]]), [0, 2, 3])
  assert.equal(await pass(async () => 4), 4)
})

test('a task that is aborted while it waits is never started and frees its place', async () => {
  const pass = createGate(1)
  const first = Promise.withResolvers<void>()
  const running = pass(() => first.promise)
  const aborting = new AbortController()
  const started: string[] = []
  const start = async (name: string) => started.push(name)
  const aborted = pass(() => start('aborted'), aborting.signal)
  const last = pass(() => start('last'), new AbortController().signal)
  aborting.abort(new Error('gone'))
  await assert.rejects(aborted, /gone/)
  await assert.rejects(
    pass(() => start('too late'), aborting.signal),
    /gone/,
  )
  first.resolve()
  await Promise.all([running, last])
  assert.deepEqual(started, ['last'])
})
