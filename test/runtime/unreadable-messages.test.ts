import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel, MessagePort, Worker } from 'node:worker_threads'
import { keepThreads } from '../../src/runtime/kept-threads.ts'
import { receiveThrough, sendThrough } from '../../src/runtime/port-stream.ts'
import { workInThread } from '../../src/runtime/thread-work.ts'
import { endOnUnreadable, failOnUnreadable } from '../../src/runtime/unreadable-messages.ts'

const unreadable = new Error('array buffer allocation failed')

/** The program of a thread that waits for messages and ignores them. */
const IDLE = new URL(
  `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {})`)}`,
)

async function* endless(): AsyncGenerator<number> {
  for (let number = 0; ; number++) yield number
}

test('a stream of items ends with an error at both ends when a message cannot be read', async () => {
  const { port1, port2 } = new MessageChannel()
  const sending = sendThrough(port1, endless(), { ahead: 2 })
  const received = receiveThrough<number>(port2)
  assert.equal((await received.next()).value, 0)
  port2.emit('messageerror', unreadable)
  await assert.rejects(
    async () => {
      for await (const _ of received);
    },
    { name: 'UnreadableMessage', cause: unreadable },
  )
  await sending

  const other = new MessageChannel()
  const alsoSending = sendThrough(other.port1, endless(), { ahead: 1 })
  other.port1.emit('messageerror', unreadable)
  await alsoSending
  other.port2.close()
})

test('work fails, and its thread is ended, when one of its results cannot be read', async t => {
  const threads = keepThreads({ script: IDLE, name: 'test', limits: {} }, 1)
  const thread = threads.take()
  const exit = once(thread, 'exit')
  const ports: MessagePort[] = []
  const { once: listen } = MessagePort.prototype
  t.mock.method(MessagePort.prototype, 'once', function (this: MessagePort, name: 'close', listener: () => void) {
    ports.push(this)
    return listen.call(this, name, listener)
  })
  const work = workInThread({ ...threads, take: () => thread }, null, endless(), { ahead: 1, onLoss: 'lost' })
  const first = work.next()
  // The last one is that of the results.
  ports.at(-1)!.emit('messageerror', unreadable)
  await assert.rejects(first, { name: 'UnreadableMessage' })
  await exit
})

test('a thread fails when a message from it or to it cannot be read', async () => {
  const thread = new Worker(IDLE)
  endOnUnreadable(thread)
  const errors: unknown[] = []
  thread.on('error', error => errors.push(error))
  thread.emit('messageerror', unreadable)
  await once(thread, 'exit')
  assert.deepEqual(errors, [unreadable])

  const port = new EventEmitter()
  failOnUnreadable(port as unknown as MessagePort)
  assert.throws(() => port.emit('messageerror', unreadable), unreadable)
})
