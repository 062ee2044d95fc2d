import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GuardedProcess } from '../../src/database/guarded-process.ts'
import { keepRunning } from '../../src/database/keep-running.ts'

/** A process that ends when `stop` is called. */
function createProcess(name: string): GuardedProcess {
  const { promise, resolve } = Promise.withResolvers<string>()
  let running = true
  return {
    ended: promise,
    isRunning: () => running,
    async stop() {
      running = false
      resolve(`${name} was stopped`)
    },
  }
}

test('a process that was restarted just when it was to be stopped is stopped too', async () => {
  const [first, second] = [createProcess('first'), createProcess('second')]
  const { promise: restarting, resolve: began } = Promise.withResolvers<void>()
  const { promise: restarted, resolve: finish } = Promise.withResolvers<GuardedProcess>()
  const events: string[] = []
  const restart = () => {
    began()
    return restarted
  }
  const kept = keepRunning(first, restart, { onEnd: () => events.push('end'), onRestart: () => events.push('restart') })
  await first.stop()
  await restarting
  const stopped = kept.stop()
  finish(second)
  await stopped
  assert.equal(second.isRunning(), false)
  assert.deepEqual(events, ['end'])
})
