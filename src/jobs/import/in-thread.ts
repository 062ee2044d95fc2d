/**
 * Reads a file in a separate thread, so that this one stays free for requests and the database never waits for rows.
 */
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

/** How many batches may be ready before they are taken. */
export const BATCHES_AHEAD = 2

/**
 * Limits of the heap. The thread needs at most 100 MB, half of it for remembered companies. Without a limit V8 lets the heap
 * grow to three times that before it collects garbage.
 */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 } as const

/** The script next to this file, compiled or not. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

/**
 * Like `importBatches`. When the iteration ends, so do the thread and the reading of `bytes`. `script` is that of the
 * thread.
 */
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
  // An error after the iteration has ended must not end the process.
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
    throw failure ?? new Error('the import thread ended before the end of the file')
  } finally {
    // A thread that has ended reads no more input, so writing to it would never finish.
    thread.stdin!.destroy()
    await thread.terminate()
  }
}
