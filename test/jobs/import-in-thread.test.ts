import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BatchOfFile, type ImportStart, importBatches } from '../../src/jobs/import/import-batches.ts'
import { importBatchesInThread } from '../../src/jobs/import/in-thread.ts'

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

async function all(batches: AsyncIterable<BatchOfFile>): Promise<BatchOfFile[]> {
  return await Array.fromAsync(batches)
}

test('a thread reads a file exactly as it is read without one', async () => {
  const batches = await all(importBatchesInThread(people(23), START))
  assert.deepEqual(batches, await all(importBatches(people(23), START)))
  assert.ok(batches.length > 2)
})

test('stopping early ends the thread and the reading of the file', async () => {
  const ended = Promise.withResolvers<void>()
  for await (const batch of importBatchesInThread(people(1000, ended.resolve), START)) {
    assert.ok(batch.tally.rowsRead < 1_000_000)
    break
  }
  await ended.promise
})

test('a file that cannot be read to its end fails the iteration, however much has been read', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* people(12)
    throw new Error('the disk is gone')
  }
  await assert.rejects(all(importBatchesInThread(broken(), START)), /the disk is gone/)
})

test('a file is refused with the same message', async () => {
  async function* unknown(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('Shoe Size,Mood\n38,fine\n')
  }
  await assert.rejects(all(importBatchesInThread(unknown(), START)), {
    code: 'ERR_INVALID_CSV',
    message: /no column is recognised/,
  })
})

for (const [how, code] of [
  ['ends by itself', `process.stdin.once('data', () => process.exit(0))`],
  ['breaks', `process.stdin.once('data', () => { throw new Error('it breaks') })`],
] as const)
  test(`a thread that ${how} before the end of the file is an error`, async () => {
    const script = new URL(`data:text/javascript,${encodeURIComponent(`import process from 'node:process';${code}`)}`)
    await assert.rejects(
      all(importBatchesInThread(people(1000), START, script)),
      how === 'breaks' ? /it breaks/ : /ended before the end of the file/,
    )
  })
