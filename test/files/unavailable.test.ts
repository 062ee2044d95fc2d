import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { ConnectraError } from '../../src/errors.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { outageOf, reportOutages, StoreUnavailable } from '../../src/files/unavailable.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function replyError(name: string, status: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })
}

const unavailable = (reason: string) => ({
  constructor: StoreUnavailable,
  code: 'ERR_UNAVAILABLE',
  status: 503,
  reason,
})

test('only errors of the network, throttling and errors of the server mean that the storage is unavailable', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'ESTALE'])
    assert.equal(outageOf(systemError(code)), code)
  assert.equal(outageOf(replyError('SlowDown', 503)), 'SlowDown')
  assert.equal(outageOf(replyError('TimeoutError', 0)), 'TimeoutError')
  assert.equal(outageOf(replyError('BadGateway', 502)), 'status 502')
  assert.equal(outageOf(replyError('Busy', 429)), 'status 429')
  for (const other of [
    systemError('ENOSPC'),
    systemError('ENOENT'),
    replyError('NoSuchKey', 404),
    replyError('AccessDenied', 403),
    replyError('NotImplemented', 501),
    new Error('SlowDown'),
    null,
  ])
    assert.equal(outageOf(other), null)
})

test('every call of a store whose storage does not respond fails with the error of the store', async () => {
  const refuse = async () => {
    throw systemError('ECONNREFUSED')
  }
  const failing = { put: refuse, get: refuse, size: refuse, version: refuse, list: refuse, delete: refuse }
  const store = reportOutages(failing as unknown as ObjectStore)
  const calls = [
    store.put('uploads/a', Readable.from(['x'])),
    store.get('uploads/a'),
    store.size('uploads/a'),
    store.version('uploads/a'),
    store.list('uploads/'),
    store.delete('uploads/a'),
  ]
  for (const call of calls) await assert.rejects(call, unavailable('ECONNREFUSED'))
})

test('other errors of a store, and errors of the content that it stores, stay what they are', async () => {
  const full = systemError('ENOSPC')
  const missing = new ConnectraError('ERR_NOT_FOUND', 'there is no file')
  const store = reportOutages({
    async put(_key: string, content: AsyncIterable<unknown>) {
      for await (const _ of content);
      throw full
    },
    get: async () => {
      throw missing
    },
  } as unknown as ObjectStore)
  await assert.rejects(store.put('uploads/a', Readable.from(['x'])), error => error === full)
  await assert.rejects(store.get('uploads/a'), error => error === missing)
  const lost = systemError('ECONNRESET')
  async function* fromDatabase(): AsyncGenerator<string> {
    yield 'x'
    throw lost
  }
  await assert.rejects(store.put('uploads/a', fromDatabase()), error => error === lost)
})

test('a stream that breaks in the middle fails with the error of the store; a whole one has all bytes', async () => {
  const content = Buffer.alloc(3_000_000, 'abc')
  const parts = Array.from({ length: 30 }, (_, part) => content.subarray(part * 100_000, (part + 1) * 100_000))
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* parts
    throw systemError('ECONNRESET')
  }
  const streams = [Readable.from(parts), Readable.from(broken()), new Readable({ read() {} })]
  const store = reportOutages({ get: async () => streams.shift()! } as unknown as ObjectStore)
  assert.ok((await buffer(await store.get('uploads/a'))).equals(content))
  await assert.rejects(buffer(await store.get('uploads/a')), unavailable('ECONNRESET'))
  const hanging = await store.get('uploads/a')
  hanging.destroy()
  await assert.rejects(buffer(hanging), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
})
