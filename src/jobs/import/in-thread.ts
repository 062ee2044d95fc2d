/**
 * Reads a file in a separate thread, so that this one stays free for requests and the database never waits for rows.
 */
import { on } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { ConnectraError, type ErrorCode } from '../../errors.ts'
import { scriptBeside } from '../../runtime/script-beside.ts'
import type { BatchOfFile, ImportStart } from './import-batches.ts'
import type { BeginningPart, BeginningStart } from './read-beginning.ts'

export type FromReadingThread<T> =
  | { readonly part: T }
  | { readonly refused: { readonly code: ErrorCode; readonly message: string } }
  | 'ended'

/** How many parts the thread may post before the first of them is taken. */
export const PARTS_AHEAD = 2

/**
 * Limits of the heap. The thread needs at most 100 MB, half of it for remembered companies. Without a limit V8 lets the heap
 * grow to three times that before it collects garbage.
 */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 } as const

/** Like `importBatches`. When the iteration ends, so do the thread and the reading of `bytes`. `script` is the program of the thread. */
export function importBatchesInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: ImportStart,
  script: URL = scriptBeside(import.meta.url, 'batches-thread'),
): AsyncGenerator<BatchOfFile> {
  return readInThread(bytes, start, script)
}

/** Like `readBeginning`. When `signal` aborts, the thread is terminated, whatever it is doing, and the iteration ends. */
export function readBeginningInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: BeginningStart,
  signal: AbortSignal,
): AsyncGenerator<BeginningPart> {
  return readInThread(bytes, start, scriptBeside(import.meta.url, 'beginning-thread'), signal)
}

async function* readInThread<T>(
  bytes: AsyncIterable<Uint8Array>,
  start: object,
  script: URL,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const thread = new Worker(script, {
    workerData: start,
    stdin: true,
    name: 'connectra-import',
    resourceLimits: LIMITS,
  })
  // An error after the iteration has ended must not end the process.
  thread.on('error', () => {})
  const terminate = () => void thread.terminate()
  signal?.addEventListener('abort', terminate)
  let failure: unknown = null
  pipeline(bytes, thread.stdin!).catch(async error => {
    failure = error
    await thread.terminate()
  })
  try {
    for await (const [message] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<[FromReadingThread<T>]>) {
      if (message === 'ended') return
      if ('refused' in message) throw new ConnectraError(message.refused.code, message.refused.message)
      yield message.part
      thread.postMessage('taken')
    }
    if (signal?.aborted) return
    throw failure ?? new Error('the import thread ended before the end of the file')
  } finally {
    signal?.removeEventListener('abort', terminate)
    // A thread that has ended reads no more input, so writing to it would never finish.
    thread.stdin!.destroy()
    await thread.terminate()
  }
}
