import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGarbageCollector } from '../../src/search/embedded/update/collect-garbage.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const SEGMENT = 70e6

/** Returns a function that makes a segment, which is then garbage. */
function makeGarbage(): void {
  new SharedArrayBuffer(SEGMENT)
}

const megabytes = () => process.memoryUsage().arrayBuffers / 1e6

test('the memory of dropped segments is freed, which V8 alone would not do', async () => {
  for (const thoroughness of ['gentle', 'last-resort'] as const) {
    const collect = createGarbageCollector()
    const before = megabytes()
    makeGarbage()
    assert.ok(megabytes() > before + 60)
    collect(SEGMENT, thoroughness)
    await waitUntil('the segment is freed', () => megabytes() < before + 10)
  }
})

test('garbage that is not worth a pause is kept until there is more', async () => {
  const collect = createGarbageCollector()
  makeGarbage()
  const before = megabytes()
  collect(1e6)
  collect(2e6)
  assert.equal(megabytes(), before)
  collect(SEGMENT)
  await waitUntil('the segment is freed', () => megabytes() < before - 60)
})
