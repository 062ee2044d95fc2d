/**
 * Reads batches: small ones in this thread, large ones in another. A large batch takes up to a second, and its garbage would make V8
 * collect the whole heap of the thread that handles requests.
 */
import { ConnectraError, type Problem } from '../../errors.ts'
import { createGate } from '../../runtime/gate.ts'
import { keepThreads } from '../../runtime/kept-threads.ts'
import { errorOf } from '../../runtime/port-stream.ts'
import { scriptBeside } from '../../runtime/script-beside.ts'
import { workInThread } from '../../runtime/thread-work.ts'
import { type Client, onDisconnect } from '../connections/on-disconnect.ts'
import {
  type BatchFlaw,
  type BatchKind,
  type BatchPart,
  type BatchTask,
  readBatch,
  type WriteOf,
} from './read-batch.ts'

/** A whole batch, parsed. `ignored` is in order of first appearance. */
export interface Batch<Kind extends BatchKind = BatchKind> extends BatchPart<Kind> {
  /** If not null, the batch is refused for this reason. */
  readonly flaw: ConnectraError | null
}

export interface BatchReader {
  /**
   * Throws ERR_INVALID_JSON and ERR_PAYLOAD_TOO_LARGE if the JSON cannot be read, and ERR_UNAVAILABLE if that takes too long. A large
   * batch is not read to its end if the client disconnects. Its `body` can no longer be used.
   */
  read<Kind extends BatchKind>(body: Buffer, task: BatchTask<Kind>, client: Client): Promise<Batch<Kind>>
  /** Ends the threads. */
  close(): void
}

export interface BatchReaderOptions {
  /** Bodies of at least this many bytes are read in a thread. */
  readonly largeFrom?: number
  /** How long a batch may wait for a thread and be read, in milliseconds. */
  readonly deadline?: number
  /** The most bytes of large bodies that are being read or wait. Clients whose bodies are above it are told to try again. */
  readonly mostHeld?: number
  /** The program of the threads. */
  readonly script?: URL
}

/** About 1,000 contacts with ten fields each, which take 25 ms of processor time. Starting a thread takes 400 ms. */
const LARGE_FROM = 256 << 10
/** The worst known batches take less than a second of processor time, but threads of low priority wait for it on a busy machine. */
const DEADLINE = 60_000
/** How many threads read batches at the same time. */
const THREADS = 2
const MOST_HELD = 256 << 20
/** Limits of the heap, in MB. The body is not in it, and the parts are short-lived. */
const LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 } as const

export function openBatchReader(options: BatchReaderOptions = {}): BatchReader {
  const { largeFrom = LARGE_FROM, deadline = DEADLINE, mostHeld = MOST_HELD } = options
  const script = options.script ?? scriptBeside(import.meta.url, 'batch-thread')
  const threads = keepThreads({ script, name: 'connectra-batch', limits: LIMITS }, THREADS)
  const pass = createGate(THREADS)
  /** One for each batch that waits for a thread or is in one. */
  const running = new Set<AbortController>()
  /** The bytes of their bodies. */
  let held = 0

  async function readInThread(body: Buffer, task: BatchTask, signal: AbortSignal): Promise<Batch> {
    const parts = workInThread<BatchPart | BatchFlaw, BatchTask, Uint8Array>(threads, task, once(ownBytes(body)), {
      ahead: 2,
      transferOf: bytes => [bytes.buffer as ArrayBuffer],
      signal,
      onLoss: 'the thread that reads batches ended before the end of the batch',
    })
    const batch = await collect(parts)
    // Then it is not the whole batch.
    signal.throwIfAborted()
    return batch
  }

  async function read(body: Buffer, task: BatchTask, client: Client): Promise<Batch> {
    if (body.length < largeFrom) return await collect(readBatch(body, task))
    const { length } = body
    if (held + length > mostHeld) throw tooMany()
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(tooSlow(deadline)), deadline)
    running.add(stop)
    held += length
    const unwatch = onDisconnect(client, () => stop.abort(disconnected()))
    try {
      return await pass(() => readInThread(body, task, stop.signal), stop.signal)
    } finally {
      clearTimeout(timer)
      held -= length
      unwatch()
      running.delete(stop)
    }
  }

  return {
    read: read as BatchReader['read'],
    close() {
      for (const stop of running) stop.abort(new ConnectraError('ERR_UNAVAILABLE', 'the server is stopping'))
      threads.drop()
    },
  }
}

/**
 * Returns the batch that `BatchReader` made of the body of a request. Without a body, this is an empty one. Throws if its records
 * cannot be read.
 */
export async function takeBatch<Kind extends BatchKind>(body: unknown, task: BatchTask<Kind>): Promise<Batch<Kind>> {
  const batch = (body as Batch | null | undefined) ?? (await collect(readBatch(Buffer.alloc(0), task)))
  if (batch.flaw !== null) throw batch.flaw
  return batch as Batch<Kind>
}

async function collect(parts: AsyncIterable<BatchPart | BatchFlaw>): Promise<Batch> {
  const writes: WriteOf<BatchKind>[] = []
  const ignored: string[] = []
  let [bad, problems, warnings] = [0, '', '']
  let first: Problem | null = null
  let flaw: ConnectraError | null = null
  // To the end: a thread that is left earlier is terminated.
  for await (const part of parts) {
    if ('flaw' in part) {
      flaw = errorOf(part.flaw)
      continue
    }
    for (const write of part.writes) writes.push(write)
    for (const key of part.ignored) ignored.push(key)
    first ??= part.first
    bad += part.bad
    problems += part.problems
    warnings += part.warnings
  }
  return { writes, ignored, first, bad, problems, warnings, flaw }
}

async function* once<T>(item: T): AsyncGenerator<T> {
  yield item
}

/** The bytes in an ArrayBuffer of their own, which can be transferred to a thread. */
function ownBytes(body: Buffer): Uint8Array {
  return body.length === body.buffer.byteLength ? body : new Uint8Array(body)
}

function tooMany(): ConnectraError {
  return new ConnectraError('ERR_UNAVAILABLE', 'too many large batches are being read: try again shortly', {
    retryAfter: 1,
  })
}

function tooSlow(deadline: number): ConnectraError {
  return new ConnectraError(
    'ERR_UNAVAILABLE',
    `reading the batch took longer than ${deadline / 1000} s: send fewer records, or try again later`,
  )
}

function disconnected(): ConnectraError {
  return new ConnectraError('ERR_CANCELLED', 'the client disconnected before its batch was read')
}
