import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../src/files/unavailable.ts'
import { validateImportData } from '../../src/jobs/import/data.ts'
import { type BatchOfFile, type ImportStart, importBatches } from '../../src/jobs/import/import-batches.ts'
import { importBatchesInThread, readBeginningInThread } from '../../src/jobs/import/in-thread.ts'
import { freeBatch } from '../../src/records/write/stage-batch.ts'

const START: ImportStart = { options: {}, from: null }

/** More than the thread reads ahead. `ended` is called when nobody reads it any more. */
async function* people(portions: number, ended = () => {}): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from('First Name,Email,Company\n')
    for (let portion = 0; portion < portions; portion++)
      yield Buffer.from(
        Array.from({ length: 1000 }, (_, row) => `Ada${portion},a${portion}.${row}@x.example,Co ${row}\n`).join(''),
      )
  } finally {
    ended()
  }
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function* shoes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('Shoe Size,Mood\n38,fine\n')
}

async function all(batches: AsyncIterable<BatchOfFile>): Promise<BatchOfFile[]> {
  return await Array.fromAsync(batches)
}

test('a thread reads a file exactly as it is read without one', async () => {
  const batches = await all(importBatchesInThread(people(23), START))
  assert.deepEqual(batches, await all(importBatches(people(23), START)))
  assert.ok(batches.length > 2)
})

test('a chunk with a buffer of its own moves to the thread; another one is copied', async () => {
  const portions = await Array.fromAsync(people(2))
  const own = portions.map(portion => Uint8Array.from(portion))
  assert.ok((await all(importBatchesInThread(streamOf(own), START))).length > 0)
  assert.deepEqual(
    own.map(({ buffer }) => buffer.detached),
    [true, true, true],
  )
  const whole = Uint8Array.from(Buffer.concat(portions))
  const views = [whole.subarray(0, 100), whole.subarray(100)]
  await all(importBatchesInThread(streamOf(views), START))
  assert.equal(whole.buffer.detached, false)
  assert.deepEqual(Buffer.from(whole), Buffer.concat(portions))
})

test('a batch that is freed holds no memory', async () => {
  for (const { records } of await all(importBatchesInThread(people(3), START))) {
    freeBatch(records)
    for (const { lines, steps } of [records.companies, records.contacts])
      for (const { bytes } of [lines, steps]) assert.ok(bytes.buffer.detached)
  }
})

test('a thread that has read a file reads the next one, also after it has refused one', async () => {
  await all(importBatchesInThread(people(1), START))
  let started = 0
  const count = () => started++
  process.on('worker', count)
  const expected = await all(importBatches(people(2), START))
  assert.deepEqual(await all(importBatchesInThread(people(2), START)), expected)
  await assert.rejects(all(importBatchesInThread(shoes(), START)), { code: 'ERR_INVALID_CSV' })
  assert.deepEqual(await all(importBatchesInThread(people(2), START)), expected)
  assert.equal(started, 0)
  await Promise.all([1, 2].map(() => all(importBatchesInThread(people(1), START))))
  assert.equal(started, 1, 'files that are read at the same time have a thread each')
  process.off('worker', count)
})

test('a file that fails after enough of it has been read does not end the thread', async () => {
  const failed = Promise.withResolvers<never>()
  async function* unfinished(): AsyncGenerator<Uint8Array> {
    yield Buffer.concat(await Array.fromAsync(people(60)))
    yield await failed.promise
  }
  const start = {
    data: validateImportData({ s3_key: 'uploads/people.csv' }),
    compression: null,
    rows: 3,
    maxBytes: 8 << 20,
  }
  const parts = await Array.fromAsync(readBeginningInThread(unfinished(), start, AbortSignal.timeout(60_000)))
  assert.ok(parts.length > 1)
  let started = 0
  const count = () => started++
  process.on('worker', count)
  const reading = all(importBatchesInThread(people(3), START))
  failed.reject(new Error('the connection is closed'))
  assert.deepEqual(await reading, await all(importBatches(people(3), START)))
  assert.equal(started, 0)
  process.off('worker', count)
})

test('stopping early ends the thread and the reading of the file', async () => {
  const ended = Promise.withResolvers<void>()
  for await (const batch of importBatchesInThread(people(1000, ended.resolve), START)) {
    assert.ok(batch.tally.rowsRead < 1_000_000)
    break
  }
  await ended.promise
})

test('a file that cannot be read to its end fails the iteration with the same error, however much has been read', async () => {
  for (const error of [new Error('the disk is gone'), new StoreUnavailable('the disk is away')]) {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* people(12)
      throw error
    }
    await assert.rejects(all(importBatchesInThread(broken(), START)), thrown => thrown === error)
  }
})

test('a file is refused with the same message', async () => {
  await assert.rejects(all(importBatchesInThread(shoes(), START)), {
    code: 'ERR_INVALID_CSV',
    message: /no column is recognised/,
  })
})

for (const [how, code] of [
  ['ends by itself', `parentPort.once('message', () => process.exit(0))`],
  ['breaks', `parentPort.once('message', () => { throw new Error('it breaks') })`],
] as const)
  test(`a thread that ${how} before the end of the file is an error`, async () => {
    const script = new URL(
      `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${code}`)}`,
    )
    await assert.rejects(
      all(importBatchesInThread(people(1000), START, script)),
      how === 'breaks' ? /it breaks/ : /ended before the end of the file/,
    )
  })
