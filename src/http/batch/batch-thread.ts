/** The thread that reads large batches, one after another. */
import { serveWork } from '../../runtime/thread-work.ts'
import { yieldToSearches } from '../../runtime/yield-to-searches.ts'
import { type BatchFlaw, type BatchPart, type BatchTask, readBatch } from './read-batch.ts'

/** How many parts are read before the first of them is used. */
const PARTS_AHEAD = 4

yieldToSearches()
serveWork<BatchPart | BatchFlaw, BatchTask, Uint8Array>(
  async function* (task, input) {
    const chunks = await Array.fromAsync(input)
    yield* readBatch(joinChunks(chunks), task)
  },
  { ahead: PARTS_AHEAD },
)

function joinChunks(chunks: readonly Uint8Array[]): Buffer {
  const [first] = chunks
  if (first === undefined || chunks.length > 1) return Buffer.concat(chunks)
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
}
