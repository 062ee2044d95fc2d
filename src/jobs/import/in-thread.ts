/**
 * Reads a file in a separate thread, so that this one stays free for requests and the database never waits for rows.
 */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { ConnectraError } from '../../errors.ts'
import { scriptBeside } from '../../runtime/script-beside.ts'
import type { BatchOfFile, ImportStart } from './import-batches.ts'
import { receiveThrough, sendThrough } from './port-stream.ts'
import type { BeginningPart, BeginningStart } from './read-beginning.ts'
import type { ReadingTask } from './reading-thread.ts'

const SCRIPT = scriptBeside(import.meta.url, 'reading-thread')

/**
 * Limits of the heap, in MB. The thread needs at most 100, half of it for remembered companies. Without a limit V8 lets the heap
 * grow to three times that before it collects garbage. The young generation holds a batch: at 16 MB most rows of a batch outlived
 * it, and collecting them from the old generation took a sixth of the thread's time.
 */
const LIMITS = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 256 } as const

/** How many chunks of a file are sent before the thread has used the first of them. */
const CHUNKS_AHEAD = 2

/** Milliseconds. A new thread takes 0.4 s to load its modules, and another second of processor time to compile them well. */
const KEPT_FOR = 30_000

/** Like `importBatches`. When the iteration ends, so does the reading of `bytes`. `script` is the program of the thread. */
export function importBatchesInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: ImportStart,
  script: URL = SCRIPT,
): AsyncGenerator<BatchOfFile> {
  return readInThread(bytes, { batches: start }, script)
}

/** Like `readBeginning`. When `signal` aborts, the thread is terminated, whatever it is doing, and the iteration ends. */
export function readBeginningInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: BeginningStart,
  signal: AbortSignal,
): AsyncGenerator<BeginningPart> {
  return readInThread(bytes, { beginning: start }, SCRIPT, signal)
}

async function* readInThread<T>(
  bytes: AsyncIterable<Uint8Array>,
  what: ReadingTask['what'],
  script: URL,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const thread = takeThread(script)
  const exit = once(thread, 'exit')
  exit.catch(() => {})
  const terminate = () => void thread.terminate()
  signal?.addEventListener('abort', terminate)
  const input = new MessageChannel()
  const output = new MessageChannel()
  const task: ReadingTask = { what, bytes: input.port2, parts: output.port2 }
  thread.postMessage(task, [task.bytes, task.parts])
  let failure: unknown = null
  sendThrough(input.port1, bytes, { ahead: CHUNKS_AHEAD }).catch(error => {
    failure = error
    terminate()
  })
  let isIdle = false
  try {
    yield* receiveThrough<T>(output.port1)
    isIdle = true
  } catch (error) {
    isIdle = error instanceof ConnectraError
    if (isIdle) throw error
    if (signal?.aborted) return
    if (failure !== null) throw failure
    await exit
    throw new Error('the import thread ended before the end of the file')
  } finally {
    signal?.removeEventListener('abort', terminate)
    input.port1.close()
    if (isIdle) keepThread(thread, script)
    else await thread.terminate()
  }
}

interface KeptThread {
  readonly thread: Worker
  readonly expiry: NodeJS.Timeout
}

/** The last thread that has finished a file. It keeps its compiled code for the next one. */
let kept: KeptThread | null = null

function takeThread(script: URL): Worker {
  if (kept === null || script !== SCRIPT) return startThread(script)
  const { thread, expiry } = kept
  kept = null
  clearTimeout(expiry)
  thread.ref()
  return thread
}

function startThread(script: URL): Worker {
  const thread = new Worker(script, { name: 'connectra-import', resourceLimits: LIMITS })
  // An error after the iteration has ended must not end the process.
  thread.on('error', () => {})
  thread.once('exit', () => {
    if (kept?.thread === thread) dropKept()
  })
  return thread
}

/** Keeps the thread for the next file, without keeping the process alive. */
function keepThread(thread: Worker, script: URL): void {
  if (script !== SCRIPT || kept !== null) return void thread.terminate()
  thread.unref()
  kept = { thread, expiry: setTimeout(dropKept, KEPT_FOR).unref() }
}

function dropKept(): void {
  if (kept === null) return
  clearTimeout(kept.expiry)
  void kept.thread.terminate()
  kept = null
}
