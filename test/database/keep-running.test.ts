import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GuardedProcess } from '../../src/database/guarded-process.ts'
import { keepRunning } from '../../src/database/keep-running.ts'

function fakeProcess(): GuardedProcess & { end(reason: string): void; readonly isRunning: () => boolean } {
  const ended = Promise.withResolvers<string>()
  let running = true
  const end = (reason: string) => {
    running = false
    ended.resolve(reason)
  }
  return { ended: ended.promise, isRunning: () => running, stop: async () => end('stopped'), end }
}

test('a stop during a restart also ends the new process', async () => {
  const [first, second] = [fakeProcess(), fakeProcess()]
  const started = Promise.withResolvers<GuardedProcess>()
  const events: string[] = []
  const kept = keepRunning(first, () => started.promise, {
    onEnd: reason => events.push(reason),
    onRestart: () => events.push('restarted'),
  })
  first.end('killed')
  await first.ended
  const stopped = kept.stop()
  started.resolve(second)
  await stopped
  assert.equal(second.isRunning(), false)
  assert.deepEqual(events, ['killed'])
})
