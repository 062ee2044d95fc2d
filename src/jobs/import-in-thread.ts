/** Reads a file in a thread of its own, so that this one is free for requests and the database never waits for rows. */
import { on } from 'node:events'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { ConnectraError, type ErrorCode } from '../errors.ts'
import type { BatchOfFile, ImportStart } from './import-batches.ts'

export type FromImportThread =
  | { readonly batch: BatchOfFile }
  | { readonly refused: { readonly code: ErrorCode; readonly message: string } }

/** Batches that may wait to be taken. */
export const BATCHES_AHEAD = 2

/** Beside this file, compiled or not. */
const THREAD = new URL(`./import-thread${extname(import.meta.url)}`, import.meta.url)

/** The same as `importBatches`. The thread ends with the iteration. */
export async function* importBatchesInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: ImportStart,
): AsyncGenerator<BatchOfFile> {
  const thread = new Worker(THREAD, { workerData: start, stdin: true, name: 'connectra-import' })
  let failure: unknown = null
  const feeding = pipeline(bytes, thread.stdin!).catch(async error => {
    failure = error
    await thread.terminate()
  })
  try {
    for await (const [message] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<[FromImportThread]>) {
      if ('refused' in message) throw new ConnectraError(message.refused.code, message.refused.message)
      yield message.batch
      thread.postMessage('taken')
    }
    if (failure !== null) throw failure
  } finally {
    await thread.terminate()
    await feeding
  }
}
