/**
 * The embedded engine: evaluates queries in the calling thread, on the last state that the writer thread published. A
 * query works on one state from start to finish, and a state never changes. For the reading order of this folder, see
 * index-state.ts.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ConnectraError } from '../../errors.ts'
import type { Log } from '../../runtime/log.ts'
import type { Position, SearchEngine } from '../engine.ts'
import { count } from './answer/count.ts'
import { extent } from './answer/extent.ts'
import { facet } from './answer/facet.ts'
import { scan, search } from './answer/search.ts'
import { adoptState, emptyState, type IndexState, type Published } from './index-state.ts'
import { DEFAULT_PATIENCE, type SnapshotPatience } from './snapshot/schedule.ts'
import { createCollector, droppedBytes } from './update/collect-garbage.ts'
import {
  type FromWriter,
  THREAD_LIMITS,
  type ToWriter,
  unpackDetails,
  type WriterData,
} from './update/writer-messages.ts'

export interface EmbeddedEngine extends SearchEngine {
  /** Resolves once searches can be answered. Rejects if the engine is closed before that. */
  ready(): Promise<void>
}

/** The extension is that of this file, so that it works compiled or not. */
const WRITER = new URL(`./update/writer-thread${extname(import.meta.url)}`, import.meta.url)

/** Milliseconds. */
const RESTART_AFTER = 100
const LONGEST_PAUSE = 10_000
const END_WITHIN = 500
/** Used instead of END_WITHIN when there is a snapshot: usually only a small part of it still has to be written. */
const WRITE_WITHIN = 900
const MAX_FAILURES = 3

export interface EmbeddedEngineOptions {
  readonly databaseUrl: string
  readonly log: Log
  /** The directory of the snapshot. Several processes may share it. If null, no snapshot is read or written. */
  readonly directory: string | null
  readonly patience?: SnapshotPatience
}

/**
 * Opens the engine and returns immediately. The index is then read from its snapshot or built from the database; until it
 * is ready, searches fail with ERR_UNAVAILABLE.
 */
export function openEmbeddedEngine(options: EmbeddedEngineOptions): EmbeddedEngine {
  const { databaseUrl, log, directory, patience = DEFAULT_PATIENCE } = options
  const collect = createCollector()
  const waiters = createWaiters()
  let published: Published | null = null
  let closed = false
  let failures = 0
  let restart: NodeJS.Timeout | undefined
  let writer = startWriter()

  function startWriter(): { readonly thread: Worker; readonly exited: Promise<void> } {
    // After MAX_FAILURES the published state is suspected of crashing the writer, so the next writer rebuilds the index.
    // A snapshot is no longer trusted after the first failure.
    const data: WriterData = {
      databaseUrl,
      published: failures < MAX_FAILURES ? published : null,
      snapshot: directory === null ? null : { directory, patience, load: failures === 0 },
    }
    const thread = new Worker(WRITER, { workerData: data, name: 'connectra-index', resourceLimits: THREAD_LIMITS })
    thread.on('message', (message: FromWriter) => {
      if (message.type === 'log') log[message.level](unpackDetails(message), message.message)
      else if (!closed) receive(message.published)
    })
    thread.on('error', error => {
      failures++
      log.error({ err: error, failures }, 'the index writer failed; searches continue on the last published state')
    })
    const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()))
    void exited.then(() => {
      if (closed) return
      restart = setTimeout(
        () => {
          writer = startWriter()
        },
        Math.min(RESTART_AFTER * 2 ** failures, LONGEST_PAUSE),
      )
    })
    return { thread, exited }
  }

  function receive(next: Published): void {
    const known: IndexState = published?.state ?? emptyState()
    const state = adoptState(next.state, known)
    published = { state, position: next.position }
    failures = 0
    collect(droppedBytes(known, state))
    waiters.reached(next.position.seq)
  }

  function current(): IndexState {
    if (closed) throw new ConnectraError('ERR_UNAVAILABLE', 'the search index is closed', { retryAfter: 1 })
    if (published === null)
      throw new ConnectraError('ERR_UNAVAILABLE', 'the search index is being built; try again shortly', {
        retryAfter: 1,
      })
    return published.state
  }

  const position = (): Position | null => published?.position ?? null
  const waitFor = (seq: number, timeoutMs: number) =>
    (position()?.seq ?? -1) >= seq
      ? Promise.resolve(true)
      : closed
        ? Promise.resolve(false)
        : waiters.add(seq, timeoutMs)

  return {
    search: async query => search(current(), query),
    count: async (service, where) => count(current(), service, where),
    async *scan(query) {
      yield* scan(current(), query)
    },
    facet: async request => facet(current(), request),
    extent: async (service, field, where) => extent(current(), service, field, where),
    position,
    waitFor,
    async ready() {
      if (!(await waitFor(0, Infinity))) current()
    },
    async close() {
      if (closed) return
      closed = true
      clearTimeout(restart)
      waiters.giveUp()
      writer.thread.postMessage('close' satisfies ToWriter)
      // The writer does not see the message while it applies a large batch, and writing the last snapshot may take too
      // long. The thread is then terminated, and the previous snapshot stays.
      const timer = setTimeout(() => writer.thread.terminate(), directory === null ? END_WITHIN : WRITE_WITHIN)
      await writer.exited
      clearTimeout(timer)
    },
  }
}

/** The callers of `waitFor` and the position in the feed that each waits for. */
function createWaiters() {
  const waiting = new Set<{ seq: number; settle(reached: boolean): void }>()
  return {
    add: (seq: number, timeoutMs: number) =>
      new Promise<boolean>(resolve => {
        const timer = Number.isFinite(timeoutMs) ? setTimeout(() => waiter.settle(false), timeoutMs) : undefined
        const waiter = {
          seq,
          settle(reached: boolean) {
            clearTimeout(timer)
            waiting.delete(waiter)
            resolve(reached)
          },
        }
        waiting.add(waiter)
      }),
    reached(seq: number) {
      for (const waiter of waiting) if (waiter.seq <= seq) waiter.settle(true)
    },
    giveUp() {
      for (const waiter of waiting) waiter.settle(false)
    },
  }
}
