/** What every object store does. A test file for one kind of store runs it on a store of this kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectStore } from '../../src/files/object-store.ts'

export interface OpenedStore {
  readonly store: ObjectStore
  /** Leftovers of objects that were not stored completely. */
  unfinished(): Promise<readonly string[]>
}

export interface ContractOptions {
  /** Content of this many bytes is stored in several pieces. */
  readonly largeBytes: number
}

export async function textOf(
  store: ObjectStore,
  key: string,
  range?: { start: number; end?: number },
  version?: string,
): Promise<string> {
  return Buffer.concat(await (await store.get(key, range, version)).toArray()).toString()
}

export async function* chunks(...parts: readonly (string | Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield Buffer.from(part)
  }
}

/** Bytes that differ from place to place. */
export function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let place = 0; place + 4 <= length; place += 4) bytes.writeUInt32LE((place * 2_654_435_761) >>> 0, place)
  return bytes
}

/** Registers the tests. `name` is the kind of store. */
export function testStore(name: string, opened: OpenedStore, { largeBytes }: ContractOptions): void {
  const { store, unfinished } = opened
  const text = (...args: [key: string, range?: { start: number; end?: number }, version?: string]) =>
    textOf(store, ...args)

  test(`${name}: a replaced object has another version, and reading the old one is an error`, async () => {
    const key = 'uploads/versioned.csv'
    assert.equal(await store.version(key), null)
    await store.put(key, chunks('first'))
    const version = (await store.version(key))!
    assert.equal(await text(key, undefined, version), 'first')
    await store.put(key, chunks('other'))
    assert.notEqual(await store.version(key), version)
    for (const range of [undefined, { start: 2 }, { start: 3, end: 2 }])
      await assert.rejects(store.get(key, range, version), {
        code: 'ERR_CONFLICT',
        message: /was replaced while it was read/,
        final: true,
      })
    await assert.rejects(store.put(key, chunks('third'), { isNew: true }), { code: 'ERR_CONFLICT' })
    assert.equal(await text(key), 'other')
    assert.equal(await store.put('uploads/new.csv', chunks('new'), { isNew: true }), 3)
  })

  test(`${name}: every one of many objects that replace each other at once has its own version`, async () => {
    const versions = new Set<string | null>()
    for (let round = 10; round < 30; round++) {
      await store.put('uploads/versioned.csv', chunks(`round ${round}`))
      versions.add(await store.version('uploads/versioned.csv'))
    }
    assert.equal(versions.size, 20)
  })

  test(`${name}: a stored file can be read, completely or by range`, async () => {
    assert.equal(await store.put('uploads/a.csv', chunks('hello, ', 'wörld')), 13)
    assert.equal(await store.size('uploads/a.csv'), 13)
    assert.equal(await text('uploads/a.csv'), 'hello, wörld')
    assert.equal(await text('uploads/a.csv', { start: 7 }), 'wörld')
    assert.equal(await text('uploads/a.csv', { start: 0, end: 4 }), 'hello')
    assert.equal(await text('uploads/a.csv', { start: 7, end: 1000 }), 'wörld')
    assert.equal(await text('uploads/a.csv', { start: 13 }), '')
    assert.equal(await text('uploads/a.csv', { start: 5, end: 4 }), '')
  })

  test(`${name}: a large file is stored and read byte for byte, whatever the sizes of its chunks`, async () => {
    const content = bytesOf(largeBytes)
    async function* uneven(): AsyncGenerator<Uint8Array> {
      for (let [start, length] = [0, 1]; start < content.length; start += length, length = (length * 7) % 150_001)
        yield content.subarray(start, start + length)
    }
    assert.equal(await store.put('exports/large.csv', uneven()), largeBytes)
    assert.equal(await store.size('exports/large.csv'), largeBytes)
    const whole = Buffer.concat(await (await store.get('exports/large.csv')).toArray())
    assert.ok(whole.equals(content))
    const middle = { start: 1000, end: largeBytes - 1000 }
    const part = Buffer.concat(await (await store.get('exports/large.csv', middle)).toArray())
    assert.ok(part.equals(content.subarray(1000, largeBytes - 999)))
    assert.deepEqual(await unfinished(), [])
  })

  test(`${name}: files are listed by the prefix of their keys, with their times`, async () => {
    const before = Date.now()
    for (const key of ['exports/a-1_x.csv', 'exports/a-2_x.csv', 'exports/b-1_ä x+&%.csv'])
      await store.put(key, chunks('x'))
    assert.deepEqual([...(await store.list('exports/a-'))].sort(), ['exports/a-1_x.csv', 'exports/a-2_x.csv'])
    assert.deepEqual(await store.list('exports/b'), ['exports/b-1_ä x+&%.csv'])
    assert.equal(await text('exports/b-1_ä x+&%.csv'), 'x')
    assert.deepEqual(await store.list('rejects/'), [])
    const [found] = await Array.fromAsync(store.scan('exports/a-1'))
    assert.equal(found!.length, 1)
    assert.equal(found![0]!.key, 'exports/a-1_x.csv')
    assert.ok(Math.abs(found![0]!.modifiedAt.getTime() - before) < 60_000)
    for (const prefix of ['', 'tmp/', '../', 'exports'])
      await assert.rejects(store.list(prefix), { code: 'ERR_INVALID_VALUE' })
  })

  test(`${name}: an empty file can be stored`, async () => {
    assert.equal(await store.put('uploads/empty.csv', chunks()), 0)
    assert.equal(await store.size('uploads/empty.csv'), 0)
    assert.equal(await text('uploads/empty.csv'), '')
    assert.equal(await text('uploads/empty.csv', { start: 0, end: 9 }), '')
  })

  for (const size of ['small', 'large'] as const)
    test(`${name}: a ${size} file that is interrupted or too large never appears and leaves nothing behind`, async () => {
      const content = size === 'small' ? Buffer.from('12345') : bytesOf(largeBytes)
      await assert.rejects(store.put('uploads/broken.csv', chunks(content, new Error('gone'))), /gone/)
      const maxBytes = content.length + 4
      await assert.rejects(store.put('uploads/large.csv', chunks(content, '67890'), { maxBytes }), {
        code: 'ERR_PAYLOAD_TOO_LARGE',
      })
      const controller = new AbortController()
      async function* aborted(): AsyncGenerator<Uint8Array> {
        yield content
        controller.abort()
        yield Buffer.from('y')
      }
      await assert.rejects(store.put('uploads/aborted.csv', aborted(), { signal: controller.signal }), {
        name: 'AbortError',
      })
      for (const key of ['uploads/broken.csv', 'uploads/large.csv', 'uploads/aborted.csv'])
        assert.equal(await store.size(key), null)
      assert.deepEqual(await unfinished(), [])
    })

  test(`${name}: a reader of a file that is replaced still reads the file it opened`, async () => {
    const first = 'a'.repeat(600_000)
    await store.put('uploads/replaced.csv', chunks(first))
    const reader = await store.get('uploads/replaced.csv')
    await store.put('uploads/replaced.csv', chunks('second'))
    assert.equal(Buffer.concat(await reader.toArray()).toString(), first)
    assert.equal(await text('uploads/replaced.csv'), 'second')
  })

  test(`${name}: after a failed replacement the old file is still there`, async () => {
    await store.put('uploads/kept.csv', chunks('old'))
    await assert.rejects(store.put('uploads/kept.csv', chunks('new', new Error('gone'))))
    assert.equal(await text('uploads/kept.csv'), 'old')
  })

  test(`${name}: a missing file is not found, and deleting it is not an error`, async () => {
    for (const range of [undefined, { start: 4 }, { start: 4, end: 3 }])
      await assert.rejects(store.get('uploads/none.csv', range), { code: 'ERR_NOT_FOUND' })
    assert.equal(await store.size('uploads/none.csv'), null)
    assert.equal(await store.version('uploads/none.csv'), null)
    await store.put('uploads/short-lived.csv', chunks('x'))
    await store.delete('uploads/short-lived.csv')
    await store.delete('uploads/short-lived.csv')
    assert.equal(await store.size('uploads/short-lived.csv'), null)
  })

  test(`${name}: a stream can be destroyed before its end`, async () => {
    await store.put('uploads/left.csv', chunks(bytesOf(largeBytes)))
    const stream = await store.get('uploads/left.csv')
    for await (const chunk of stream.take(1)) assert.ok(chunk.length > 0)
    stream.destroy()
    const never = await store.get('uploads/left.csv')
    never.destroy()
    assert.equal(await text('uploads/left.csv', { start: largeBytes }), '')
  })

  test(`${name}: keys outside the folders of the store are refused by every call`, async () => {
    for (const key of ['../a', 'uploads/../../a', '/etc/passwd', 'tmp/a', 'uploads/a/b']) {
      await assert.rejects(store.put(key, chunks('x')), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.get(key), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.size(key), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.version(key), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.delete(key), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.uploadUrl(key), { code: 'ERR_INVALID_VALUE' })
      await assert.rejects(store.downloadUrl(key), { code: 'ERR_INVALID_VALUE' })
    }
  })
}
