/** Reads a file in a thread of its own, so that this one is free for requests and the database never waits for rows. */
import { on } from 'node:events'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { ConnectraError, type ErrorCode } from '../../errors.ts'
import type { BatchOfFile, ImportStart } from './import-batches.ts'

export type FromImportThread =
  | { readonly batch: BatchOfFile }
  | { readonly refused: { readonly code: ErrorCode; readonly message: string } }
  | 'ended'

/** Batches that may wait to be taken. */
export const BATCHES_AHEAD = 2

/**
 * Of the heap. It needs 100 MB at most, and half of that is what it remembers of companies; without a limit V8 lets garbage grow to three times that
 * before it collects it.
 */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 } as const

/** Beside this file, compiled or not. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

/** The same as `importBatches`. The thread ends with the iteration, and so does the reading of `bytes`. `script`: of the thread. */
export async function* importBatchesInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: ImportStart,
  script: URL = THREAD,
): AsyncGenerator<BatchOfFile> {
  const thread = new Worker(script, {
    workerData: start,
    stdin: true,
    name: 'connectra-import',
    resourceLimits: LIMITS,
  })
  // What it dies of once nobody iterates any more must not end the process.
  thread.on('error', () => {})
  let failure: unknown = null
  pipeline(bytes, thread.stdin!).catch(async error => {
    failure = error
    await thread.terminate()
  })
  try {
    for await (const [message] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<[FromImportThread]>) {
      if (message === 'ended') return
      if ('refused' in message) throw new ConnectraError(message.refused.code, message.refused.message)
      yield message.batch
      thread.postMessage('taken')
    }
    throw failure ?? new Error('the thread that reads the file ended before the file')
  } finally {
    // A thread that has ended takes nothing more: without this, feeding it would never end.
    thread.stdin!.destroy()
    await thread.terminate()
  }
}
