/**
 * The query threads. They share the segments with the thread that handles requests, which therefore never works on one query
 * for long: a query that turns out to be costly is given to them. The *quick* thread tries it first. What costs it too much is started
 * again in one of the *long* threads, so that a query of some milliseconds never waits for one of seconds. What a query will cost is
 * not known before: this is scheduling by feedback (Corbató et al. 1962), which needs no estimate.
 */
import { Worker } from 'node:worker_threads'
import { ConnectraError } from '../../../errors.ts'
import type { Log } from '../../../runtime/log.ts'
import { scriptBeside } from '../../../runtime/script-beside.ts'
import { endOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import type { Query } from '../../../vql/query.ts'
import type { IndexState } from '../index-state.ts'
import { THREAD_LIMITS } from '../update/writer-messages.ts'
import type { Answer, FromThread, Lane, Request, StopFlag, ThreadData, ToThread } from './requests.ts'

const SCRIPT = scriptBeside(import.meta.url, 'query-thread')
/** How many queries may wait for each thread. */
const MAX_WAITING = 100
/** The same with those whose client has left, which the thread has not noticed yet. */
const MAX_MESSAGES = 1000
/** After a new state, idle threads receive it within this time, so that they do not keep old segments. Milliseconds. */
const REFRESH_AFTER = 1000
/** The answer to a query that the quick thread has given up. */
const TOO_COSTLY = Symbol()

/** What a query may cost in the quick thread by default: about 10 ms. */
export const QUICK_COST = 10e6

export interface QueryThreadsOptions {
  readonly log: Log
  /** The number of long threads, at least 1. They are started when they are needed. */
  readonly threads: number
  /** How long a query may wait and run, in milliseconds. */
  readonly timeoutMs: number
  /** What a query may cost in the quick thread, in the unit of `Meter`. */
  readonly quickCost: number
}

export interface QueryThreads {
  /**
   * Answers a request on `state`. Rejects with ERR_QUERY_TIMEOUT after the time for a query, with ERR_UNAVAILABLE if too many
   * queries are waiting, and with the reason of `signal` once that aborts.
   */
  ask<R extends Request>(state: IndexState, request: R, signal?: AbortSignal): Promise<Answer<R>>
  /** The uuids of the query in order, in portions, without the first `skip`. */
  scan(state: IndexState, query: Query, skip: number, signal?: AbortSignal): AsyncGenerator<readonly string[]>
  /** To be called with each new state. */
  refresh(state: IndexState): void
  close(): Promise<void>
}

interface Thread {
  readonly lane: Lane
  readonly worker: Worker
  /** The state that it was last sent. */
  state: IndexState | null
  /** How many queries somebody waits for. */
  callers: number
  /** Those that it has not answered, also if nobody waits for them any more. */
  readonly waiting: Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>
}

export function openQueryThreads({ log, threads: size, timeoutMs, quickCost }: QueryThreadsOptions): QueryThreads {
  /** Those that run. */
  const threads = new Set<Thread>()
  let lastId = 0
  let closed = false
  let latest: IndexState | null = null
  let refreshing: NodeJS.Timeout | undefined

  function start(lane: Lane): Thread {
    const worker = new Worker(SCRIPT, {
      name: 'connectra-query',
      workerData: { lane } satisfies ThreadData,
      resourceLimits: THREAD_LIMITS,
    })
    const thread: Thread = { lane, worker, state: null, callers: 0, waiting: new Map() }
    threads.add(thread)
    worker.on('message', (message: FromThread) => settle(thread, message))
    worker.on('error', error => log.error({ err: error }, 'a query thread failed'))
    endOnUnreadable(worker)
    worker.on('exit', () => {
      threads.delete(thread)
      for (const { reject } of thread.waiting.values()) reject(interrupted())
    })
    // It must not keep a process alive that has nothing else to do.
    worker.unref()
    return thread
  }

  function settle({ waiting }: Thread, message: FromThread): void {
    const caller = waiting.get(message.id)
    waiting.delete(message.id)
    if (caller === undefined) return
    if ('value' in message) caller.resolve(message.value)
    else if ('error' in message) caller.reject(message.error)
    else if ('tooCostly' in message) caller.resolve(TOO_COSTLY)
    else if ('stopped' in message) caller.reject(interrupted())
    else
      caller.reject(
        new ConnectraError(
          'ERR_QUERY_TIMEOUT',
          `the query took longer than ${timeoutMs / 1000} s; use fewer or more specific conditions, or try again later`,
          { retryAfter: 1 },
        ),
      )
  }

  /** The thread of the lane with the fewest waiting queries. A new one is started if all are busy and there may be more. */
  function pick(lane: Lane): Thread {
    const own = [...threads].filter(thread => thread.lane === lane).sort((a, b) => a.waiting.size - b.waiting.size)
    const [best] = own
    if (best === undefined || (best.waiting.size > 0 && own.length < (lane === 'quick' ? 1 : size))) return start(lane)
    if (best.callers >= MAX_WAITING || best.waiting.size >= MAX_MESSAGES)
      throw new ConnectraError('ERR_UNAVAILABLE', 'too many costly searches are waiting; try again shortly', {
        retryAfter: 1,
      })
    return best
  }

  function send(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message)
  }

  function sendState(thread: Thread, state: IndexState): void {
    if (thread.state === state) return
    thread.state = state
    send(thread, { type: 'state', state })
  }

  /** A query may have brought the thread an older state than the last one. Old segments would be kept until the next change. */
  function sendLatest(thread: Thread): void {
    // If a refresh is due, it does the same.
    if (latest !== null && refreshing === undefined && threads.has(thread)) sendState(thread, latest)
  }

  /** Rejects at once when `signal` aborts. The thread counts as busy until it has seen the flag. */
  async function request(thread: Thread, id: number, message: ToThread, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted()
    let abort = () => {}
    thread.callers++
    try {
      return await new Promise((resolve, reject) => {
        // Between two portions of a scan, its thread may have ended. Nothing would ever answer.
        if (!threads.has(thread)) return reject(interrupted())
        thread.waiting.set(id, { resolve, reject })
        send(thread, message)
        abort = () => reject(signal?.reason)
        signal?.addEventListener('abort', abort)
      })
    } finally {
      thread.callers--
      signal?.removeEventListener('abort', abort)
    }
  }

  /** A flag that is set when `signal` aborts, and a function that sets it and no longer listens. */
  function flagFor(signal: AbortSignal | undefined): { readonly stop: StopFlag; readonly end: () => void } {
    signal?.throwIfAborted()
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const end = () => {
      Atomics.store(stop, 0, 1)
      signal?.removeEventListener('abort', end)
    }
    signal?.addEventListener('abort', end)
    return { stop, end }
  }

  function requireOpen(): void {
    if (closed) throw new ConnectraError('ERR_UNAVAILABLE', 'the search index is closed', { retryAfter: 1 })
  }

  return {
    async ask<R extends Request>(state: IndexState, asked: R, signal?: AbortSignal) {
      requireOpen()
      const { stop, end } = flagFor(signal)
      const deadline = Date.now() + timeoutMs
      const askIn = async (lane: Lane, limit: number) => {
        const thread = pick(lane)
        sendState(thread, state)
        const id = ++lastId
        try {
          return await request(thread, id, { type: 'ask', id, request: asked, limit, deadline, stop }, signal)
        } finally {
          sendLatest(thread)
        }
      }
      try {
        const answer = await askIn('quick', quickCost)
        return (answer === TOO_COSTLY ? await askIn('long', Number.POSITIVE_INFINITY) : answer) as Answer<R>
      } finally {
        end()
      }
    },
    async *scan(state, query, skip, signal) {
      requireOpen()
      const thread = pick('long')
      const { stop, end } = flagFor(signal)
      sendState(thread, state)
      const id = ++lastId
      send(thread, { type: 'scan', id, query, skip, stop })
      try {
        for (;;) {
          const portion = (await request(thread, id, { type: 'next', id }, signal)) as readonly string[] | null
          if (portion === null) return
          yield portion
        }
      } finally {
        end()
        send(thread, { type: 'close', id })
        sendLatest(thread)
      }
    },
    refresh(state) {
      // Otherwise the first costly query would wait until the thread has loaded its code.
      if (latest === null) start('quick')
      latest = state
      if (refreshing !== undefined) return
      refreshing = setTimeout(() => {
        refreshing = undefined
        for (const thread of threads) sendState(thread, latest!)
      }, REFRESH_AFTER).unref()
    },
    async close() {
      closed = true
      clearTimeout(refreshing)
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

function interrupted(): ConnectraError {
  return new ConnectraError('ERR_UNAVAILABLE', 'the search was interrupted; try again', { retryAfter: 1 })
}
