/**
 * The embedded engine: evaluates queries on the last state that the writer thread published. A query works on one state from
 * start to finish, and a state never changes. It runs in the calling thread, which takes less than a millisecond for most
 * queries. One that turns out to be costly is started again in another thread. For the reading order of this folder, see
 * index-state.ts.
 */
import { ConnectraError } from '../../errors.ts'
import type { Log } from '../../runtime/log.ts'
import type { EngineState, Position, SearchEngine } from '../engine.ts'
import { createWaiters } from '../waiters.ts'
import { scan } from './answer/search.ts'
import { adoptState, emptyState, type IndexState, type Published } from './index-state.ts'
import { adoptPairs } from './joins/state-pairs.ts'
import { limitedMeter, TooCostly } from './query/meter.ts'
import { DEFAULT_PATIENCE, type SnapshotPatience } from './snapshot/schedule.ts'
import { openQueryThreads, QUICK_COST } from './threads/query-threads.ts'
import { type Answer, answer, type Request } from './threads/requests.ts'
import { createGarbageCollector, droppedBytes } from './update/collect-garbage.ts'
import { startWriter } from './update/writer.ts'

export interface EmbeddedEngineOptions {
  readonly databaseUrl: string
  /** Whether this process runs PostgreSQL. Sessions that follow the feed then yield to those of requests. */
  readonly ownDatabase?: boolean
  readonly log: Log
  /** The directory of the snapshot. Several processes may share it. If null, no snapshot is read or written. */
  readonly directory: string | null
  readonly patience?: SnapshotPatience
  /** The number of threads for long queries. */
  readonly queryThreads?: number
  /** How long a query may take, in milliseconds. */
  readonly queryTimeoutMs?: number
  /** What a query may cost in the calling thread, in the unit of `Meter`: about a nanosecond. */
  readonly inlineCost?: number
  /** What it may cost in the thread for queries of some milliseconds. */
  readonly quickCost?: number
}

/** About 2 ms. Moving a query to another thread takes 0.1 ms, and its first milliseconds are then computed twice. */
const INLINE_COST = 2e6

/**
 * Opens the engine and returns immediately. The index is then read from its snapshot or built from the database; until it
 * is ready, searches fail with ERR_UNAVAILABLE.
 */
export function openEmbeddedEngine(options: EmbeddedEngineOptions): SearchEngine {
  const { databaseUrl, ownDatabase = false, log, directory, patience = DEFAULT_PATIENCE } = options
  const { queryThreads = 1, queryTimeoutMs = 10_000, inlineCost = INLINE_COST, quickCost = QUICK_COST } = options
  const collect = createGarbageCollector()
  const waiters = createWaiters()
  const threads = openQueryThreads({ log, threads: queryThreads, timeoutMs: queryTimeoutMs, quickCost })
  let published: Published | null = null
  let status: EngineState['status'] = 'starting'
  let closed = false
  const writer = startWriter({
    databaseUrl,
    ownDatabase,
    log,
    directory,
    patience,
    current: () => published,
    onPublished: receive,
    onOutdated: () => {
      if (status === 'ok') status = 'outdated'
    },
    onRebuilding: () => {
      status = 'rebuilding'
    },
  })

  function receive(next: Published, complete: boolean): void {
    const known: IndexState = published?.state ?? emptyState()
    const state = adoptState(next.state, known)
    adoptPairs(state)
    published = { state, position: next.position }
    collect(droppedBytes(known, state))
    threads.refresh(state)
    // Stays `ok` when the writer is restarted after an error, because it continues from the state that searches see.
    if (complete) status = 'ok'
    if (status === 'ok') waiters.reached(next.position.seq)
  }

  function current(): IndexState {
    if (closed) throw new ConnectraError('ERR_UNAVAILABLE', 'the search index is closed', { retryAfter: 1 })
    if (published === null || status === 'starting' || status === 'rebuilding') {
      const isBuilding = published === null || status === 'rebuilding'
      const doing = isBuilding ? 'is being built' : 'is catching up with the database'
      throw new ConnectraError('ERR_UNAVAILABLE', `the search index ${doing}; try again shortly`, { retryAfter: 1 })
    }
    return published.state
  }

  const applied = (): Position | null => published?.position ?? null
  const position = () => (status === 'ok' ? applied() : null)
  const waitFor = (seq: number, timeoutMs: number) =>
    (position()?.seq ?? -1) >= seq
      ? Promise.resolve(true)
      : closed
        ? Promise.resolve(false)
        : waiters.add(seq, timeoutMs)

  async function evaluate<R extends Request>(request: R, signal?: AbortSignal): Promise<Answer<R>> {
    const state = current()
    try {
      return answer(state, request, limitedMeter(inlineCost))
    } catch (error) {
      if (error instanceof TooCostly) return await threads.ask(state, request, signal)
      throw error
    }
  }

  return {
    shared: false,
    state: (): EngineState => ({ status, keepsUp: true, details: {} }),
    search: (query, signal) => evaluate({ type: 'search', query }, signal),
    count: (service, where, signal) => evaluate({ type: 'count', service, where }, signal),
    facet: (request, signal) => evaluate({ type: 'facet', request }, signal),
    extent: (service, field, where, signal) => evaluate({ type: 'extent', service, field, where }, signal),
    async *scan(query, signal) {
      const state = current()
      const meter = limitedMeter(inlineCost)
      let rows = 0
      try {
        for (const portion of scan(state, query, undefined, meter)) {
          rows += portion.length
          yield portion
          signal?.throwIfAborted()
          meter.restart()
        }
      } catch (error) {
        if (!(error instanceof TooCostly)) throw error
        yield* threads.scan(state, query, rows, signal)
      }
    },
    position,
    applied,
    waitFor,
    async ready() {
      if (!(await waitFor(0, Infinity))) current()
    },
    async close() {
      if (closed) return
      closed = true
      waiters.giveUp()
      await Promise.all([threads.close(), writer.close()])
    },
  }
}
