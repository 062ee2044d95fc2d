/**
 * The OpenSearch engine. All processes of the database search the same indexes, and each is a candidate for feeding them.
 * `query/` compiles conditions, `write/` feeds the indexes, `cluster/` has requests and indexes, `watch/` follows position and state,
 * mapping.ts and document.ts say what is indexed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createBell } from '../../database/bell.ts'
import { openPool } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import type { Log } from '../../runtime/log.ts'
import type { EngineState, SearchEngine } from '../engine.ts'
import { createWaiters } from '../waiters.ts'
import { type Asker, openAsker } from './ask.ts'
import { describeOutage } from './cluster/client.ts'
import type { ClusterOptions } from './cluster/indexes.ts'
import { openClusterClient } from './cluster/open-client.ts'
import type { LeaderStatus } from './cluster/status.ts'
import { openStart, type Reached } from './serving.ts'
import { watchCluster } from './watch/cluster.ts'
import { listen, readStanding, type Standing } from './watch/database.ts'
import { startFeeder } from './write/start-feeder.ts'

export interface OpenSearchEngineOptions {
  readonly databaseUrl: string
  readonly log: Log
  readonly queryTimeoutMs: number
  readonly cluster: ClusterOptions
  /** Whether this process may feed the index. */
  readonly feeds?: boolean
}

/** How often the position is compared with the feed, and how often until searches are answered. Milliseconds. */
const COMPARE_EVERY = 1_000
const COMPARE_AT_START = 200
/** If the index is further behind than this, a write that has to wait for it waits in vain. Seconds. */
const FAR_BEHIND = 3
/** Seconds. */
const RETRY_WHILE_DOWN = 5

/** Does not wait for the cluster. Until it can be reached and the index is complete, searches fail with ERR_UNAVAILABLE. */
export async function openOpenSearchEngine(options: OpenSearchEngineOptions): Promise<SearchEngine> {
  const { databaseUrl, log, queryTimeoutMs, cluster, feeds = true } = options
  const client = await openClusterClient(cluster)
  // Many long searches take all connections of their client. The state of the cluster is read over others.
  const watchClient = await openClusterClient(cluster)
  const asker = openAsker(client, cluster.prefix, queryTimeoutMs)
  const database = openPool(databaseUrl, { max: 2 })
  const feeder = feeds ? startFeeder({ databaseUrl, cluster }, log) : null
  const ending = new AbortController()
  const { signal } = ending
  const bell = createBell()
  const waiters = createWaiters()
  const start = openStart()
  let reached: Reached | null = null
  /** Whether the database does not have the position, so that the indexes are built again. */
  let isOutdated = false
  /** Whether its numbers may stand for other changes than in the database: after a restore they are used again. */
  let isForeign = false
  let lagSeconds = 0
  let looks = 0
  /** Stays true once searches are answered (serving.ts). */
  let serving = false
  const started = Promise.withResolvers<void>()
  let isDown = false
  /** One of several nodes that hangs makes a look fail; the next one asks another node. */
  const failuresAllowed = cluster.urls.length > 1 ? 1 : 0
  let failures = 0
  let outage = ''
  let status: LeaderStatus | null = null

  function take(next: Reached): void {
    // Positions that were read and those that were announced may cross.
    if (reached !== null && next.epoch === reached.epoch && next.position.seq <= reached.position.seq) return
    // Whoever has moved on, or has built new indexes, has found the position in the database.
    isOutdated = isForeign = false
    reached = next
    // The leader has written, so the cluster answers again.
    if (isDown) bell.ring()
    settle()
  }

  function settle(): void {
    const current = position()
    if (current !== null) waiters.reached(current.seq)
  }

  function takeStanding(of: Reached, standing: Standing): void {
    // Other indexes are used by now.
    if (reached === null || reached.epoch !== of.epoch) return
    const known = standing.known || reached !== of
    isOutdated = !known
    isForeign = !known && !standing.reindexed
    if (serving || !start.mayServe(reached, { ...standing, known }, looks)) return
    serving = true
    started.resolve()
    if (isOutdated) log.info({}, 'searches are answered from the old search indexes until they are built again')
    settle()
  }

  async function compare(): Promise<void> {
    while (!signal.aborted) {
      const of = reached
      try {
        const standing = await readStanding(database, of?.position ?? null)
        lagSeconds = standing.lagSeconds
        if (of !== null) takeStanding(of, standing)
      } catch {
        // The database is down; try again.
      }
      await delay(serving ? COMPARE_EVERY : COMPARE_AT_START, undefined, { signal }).catch(() => {})
    }
  }

  function takePayload(payload: string): void {
    try {
      const { epoch, seq, token, format } = JSON.parse(payload)
      // Which indexes are searched is read from the cluster alone.
      if (epoch === reached?.epoch) take({ epoch, position: { seq, token }, format })
      else bell.ring()
    } catch {
      bell.ring()
    }
  }

  const watching = watchCluster(watchClient, cluster.prefix, signal, bell, {
    onStored(stored) {
      looks++
      if (stored !== null) take(stored)
    },
    onState(down, leader, error) {
      if (down !== isDown)
        log[down ? 'warn' : 'info'](
          error === undefined ? {} : { err: error },
          down ? 'the search cluster cannot answer' : 'the search cluster answers again',
        )
      isDown = down
      failures = error === undefined ? 0 : failures + 1
      outage = describeOutage(error)
      status = leader
    },
  })
  const listening = listen(database, signal, takePayload)
  const comparing = compare()

  function answering(): Asker {
    const refuse = (doing: string, retryAfter = 1) =>
      new ConnectraError('ERR_UNAVAILABLE', `the search ${doing}`, { retryAfter })
    if (signal.aborted) throw refuse('index is closed')
    // Otherwise each search would wait for its whole time.
    if (failures > failuresAllowed) throw refuse(`cluster ${outage}; try again shortly`, RETRY_WHILE_DOWN)
    if (serving) return asker
    const isBuilt = reached === null || isOutdated
    throw refuse(`index ${isBuilt ? 'is being built' : 'is catching up with the database'}; try again shortly`)
  }

  const applied = () => reached?.position ?? null
  const position = () => (serving && !isForeign ? applied() : null)

  function state(): EngineState {
    const building = status?.building ?? null
    const details = {
      engine: 'opensearch',
      ...(status !== null && { leader: status.leader }),
      ...(building !== null && { building: Math.round(building * 1000) / 1000 }),
    }
    return {
      status: isDown ? 'down' : !serving ? 'starting' : isOutdated ? 'outdated' : 'ok',
      keepsUp: !isDown && !isOutdated && building === null && lagSeconds <= FAR_BEHIND,
      details,
    }
  }

  return {
    shared: true,
    search: async (...question) => await answering().search(...question),
    count: async (...question) => await answering().count(...question),
    async *scan(...question) {
      yield* answering().scan(...question)
    },
    facet: async (...question) => await answering().facet(...question),
    extent: async (...question) => await answering().extent(...question),
    position,
    applied,
    async waitFor(seq, timeoutMs) {
      if ((position()?.seq ?? -1) >= seq) return true
      return signal.aborted ? false : await waiters.add(seq, timeoutMs)
    },
    state,
    async ready() {
      await started.promise
      if (signal.aborted) answering()
    },
    async close() {
      if (signal.aborted) return
      ending.abort()
      started.resolve()
      bell.ring()
      waiters.giveUp()
      await feeder?.close()
      client.close()
      watchClient.close()
      await Promise.allSettled([watching, listening, comparing])
      await database.end()
    },
  }
}
