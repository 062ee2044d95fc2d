/**
 * Reads a file in a separate thread, so that this one stays free for requests and the database never waits for rows.
 */
import { type KeptThreads, keepThreads } from '../../runtime/kept-threads.ts'
import { scriptBeside } from '../../runtime/script-beside.ts'
import { workInThread } from '../../runtime/thread-work.ts'
import type { BatchOfFile, ImportStart } from './import-batches.ts'
import type { BeginningPart, BeginningStart } from './read-beginning.ts'
import type { ReadingTask } from './reading-thread.ts'

/**
 * Limits of the heap, in MB. The thread needs at most 100, half of it for remembered companies. Without a limit V8 lets the heap
 * grow to three times that before it collects garbage. The young generation holds a batch: at 16 MB most rows of a batch outlived
 * it, and collecting them from the old generation took a sixth of the thread's time.
 */
const LIMITS = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 256 } as const

/** How many chunks of a file are sent before the thread has used the first of them. */
const CHUNKS_AHEAD = 2

/** Keeps the last thread that has finished a file. */
const threads = openThreads(scriptBeside(import.meta.url, 'reading-thread'))

function openThreads(script: URL): KeptThreads {
  return keepThreads({ script, name: 'connectra-import', limits: LIMITS }, 1)
}

/** Like `importBatches`. When the iteration ends, so does the reading of `bytes`. `script` replaces the program of the thread. */
export function importBatchesInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: ImportStart,
  script?: URL,
): AsyncGenerator<BatchOfFile> {
  return readInThread(bytes, { batches: start }, { pool: script === undefined ? threads : openThreads(script) })
}

/** Like `readBeginning`. When `signal` aborts, the thread is terminated, whatever it is doing, and the iteration ends. */
export function readBeginningInThread(
  bytes: AsyncIterable<Uint8Array>,
  start: BeginningStart,
  signal: AbortSignal,
): AsyncGenerator<BeginningPart> {
  return readInThread(bytes, { beginning: start }, { pool: threads, signal })
}

/** The buffer of a chunk that has one for itself. */
function ownBuffer({ buffer, byteLength }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

function readInThread<Part>(
  bytes: AsyncIterable<Uint8Array>,
  task: ReadingTask,
  { pool, signal }: { readonly pool: KeptThreads; readonly signal?: AbortSignal },
): AsyncGenerator<Part> {
  return workInThread(pool, task, bytes, {
    ahead: CHUNKS_AHEAD,
    transferOf: ownBuffer,
    signal,
    onLoss: 'the import thread ended before the end of the file',
  })
}
