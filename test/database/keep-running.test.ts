import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GuardedProcess, lastWords } from '../../src/database/guarded-process.ts'
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

test('the reason of an end is not hidden by connections that were refused or lost', () => {
  const log = [
    '2026-11-28 10:00:00 UTC [7] LOG:  received immediate shutdown request',
    '2026-11-28 10:00:00 UTC [9] FATAL:  the database system is shutting down',
    '2026-11-28 10:00:00 UTC [8] LOG:  could not send data to client: Broken pipe',
    '2026-11-28 10:00:00 UTC [8] FATAL:  connection to client lost',
    '2026-11-28 10:00:00 UTC [7] LOG:  database system is shut down',
  ]
  assert.equal(lastWords(log.join('\n')), 'received immediate shutdown request')
})
