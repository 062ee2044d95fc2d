/**
 * The OpenSearch engine. All processes of the database search the same indexes, and each is a candidate for feeding them.
 * `query/` compiles conditions, `write/` feeds the indexes, `cluster/` has requests and indexes, mapping.ts and document.ts say
 * what is indexed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Bell, createBell } from '../../database/bell.ts'
import { type Database, openPool } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import type { Log } from '../../runtime/log.ts'
import type { EngineState, Position, SearchEngine } from '../engine.ts'
import { createWaiters } from '../waiters.ts'
import { type Asker, openAsker } from './ask.ts'
import type { Client } from './cluster/client.ts'
import { aliasOf, type ClusterOptions, readStored } from './cluster/indexes.ts'
import { openClusterClient } from './cluster/open-client.ts'
import { type LeaderStatus, readStatus } from './cluster/status.ts'
import { CHANNEL } from './write/database-source.ts'
import { startFeeder } from './write/start-feeder.ts'

export interface OpenSearchEngineOptions {
  readonly databaseUrl: string
  readonly log: Log
  readonly queryTimeoutMs: number
  readonly cluster: ClusterOptions
  /** Whether this process may feed the index. */
  readonly feeds?: boolean
}

/** Milliseconds. */
const LOOK_EVERY = 1_000
const ANSWER_WITHIN = 3_000
/** The state of the cluster is read at every fifth look, and at every look while something is missing. */
const STATE_EVERY = 5

/** The position that searches reflect, and the epoch of the indexes that it belongs to. */
interface Reached {
  readonly epoch: string
  readonly position: Position
}

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
  const bell = createBell()
  const waiters = createWaiters()
  let reached: Reached | null = null
  /** Whether the index has everything that was committed when this process started. Stays true from then on. */
  let serving = false
  let isDown = false
  let status: LeaderStatus | null = null

  function take(next: Reached): void {
    // Positions that were read and those that were announced may cross.
    if (reached !== null && next.epoch === reached.epoch && next.position.seq <= reached.position.seq) return
    reached = next
    if (serving) waiters.reached(next.position.seq)
  }

  const looking = look(watchClient, cluster.prefix, ending.signal, bell, {
    take,
    onState(down, leader, error) {
      if (down !== isDown)
        log[down ? 'warn' : 'info'](
          error === undefined ? {} : { err: error },
          down ? 'the search cluster cannot answer' : 'the search cluster answers again',
        )
      isDown = down
      status = leader
    },
  })
  const listening = listen(database, ending.signal, bell, take)
  const starting = untilCaughtUp(database, ending.signal, () => reached).then(() => {
    serving = !ending.signal.aborted
    if (serving && reached !== null) waiters.reached(reached.position.seq)
  })

  function answering(): Asker {
    if (ending.signal.aborted)
      throw new ConnectraError('ERR_UNAVAILABLE', 'the search index is closed', { retryAfter: 1 })
    if (serving) return asker
    const doing = isDown
      ? 'cannot be reached'
      : reached === null
        ? 'is being built'
        : 'is catching up with the database'
    throw new ConnectraError('ERR_UNAVAILABLE', `the search index ${doing}; try again shortly`, { retryAfter: 1 })
  }

  const applied = () => reached?.position ?? null
  const position = () => (serving ? applied() : null)
  const waitFor = async (seq: number, timeoutMs: number) => {
    if ((position()?.seq ?? -1) >= seq) return true
    return ending.signal.aborted ? false : await waiters.add(seq, timeoutMs)
  }

  function state(): EngineState {
    const details = {
      engine: 'opensearch',
      ...(status !== null && { leader: status.leader }),
      ...(status !== null && status.building !== null && { building: Math.round(status.building * 1000) / 1000 }),
    }
    return { status: isDown ? 'down' : serving ? 'ok' : 'starting', details }
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
    waitFor,
    state,
    async ready() {
      if (!(await waitFor(0, Infinity))) answering()
    },
    async close() {
      if (ending.signal.aborted) return
      ending.abort()
      bell.ring()
      waiters.giveUp()
      await feeder?.close()
      client.close()
      watchClient.close()
      await Promise.allSettled([looking, listening, starting])
      await database.end()
    },
  }
}

interface Looked {
  take(next: Reached): void
  onState(down: boolean, leader: LeaderStatus | null, error?: unknown): void
}

/** Reads the stored position once a second, and whenever the bell rings. */
async function look(
  client: Client,
  prefix: string,
  signal: AbortSignal,
  bell: Bell,
  { take, onState }: Looked,
): Promise<void> {
  let isRed = false
  /** After an outage, until everything is there again. */
  let isUncertain = false
  let status: LeaderStatus | null = null
  for (let round = 0; !signal.aborted; round++) {
    try {
      const stored = await readStored(client, prefix, ANSWER_WITHIN)
      if (stored !== null) take(stored)
      if (isUncertain || round % STATE_EVERY === 0) isRed = await isClusterRed(client, prefix)
      isUncertain = isRed
      if (stored === null || round % STATE_EVERY === 0) status = await readStatus(client, prefix, ANSWER_WITHIN)
      onState(isRed, status)
    } catch (error) {
      isUncertain = true
      if (!signal.aborted) onState(true, status, error)
    }
    await bell.wait(LOOK_EVERY)
  }
}

/** Whether a part of the searched indexes is missing. */
async function isClusterRed(client: Client, prefix: string): Promise<boolean> {
  const names = `${aliasOf(prefix, 'company')},${aliasOf(prefix, 'contact')}`
  const path = `/_cluster/health/${names}?timeout=0s`
  const { status, body } = await client.request<{ status: string }>('GET', path, {
    accept: [404, 408],
    timeoutMs: ANSWER_WITHIN,
  })
  return status === 200 && body.status === 'red'
}

/** Takes the positions that the leader announces. */
async function listen(
  database: Database,
  signal: AbortSignal,
  bell: Bell,
  take: (next: Reached) => void,
): Promise<void> {
  while (!signal.aborted) {
    const lost = Promise.withResolvers<void>()
    try {
      const connection = await database.connect()
      const end = () => lost.resolve()
      connection.on('error', end)
      connection.on('end', end)
      signal.addEventListener('abort', end)
      connection.on('notification', ({ payload = '' }) => {
        try {
          const { epoch, seq, token } = JSON.parse(payload)
          take({ epoch, position: { seq, token } })
        } catch {
          bell.ring()
        }
      })
      try {
        await connection.query(`LISTEN ${CHANNEL}`)
        await lost.promise
      } finally {
        signal.removeEventListener('abort', end)
        connection.release(true)
      }
    } catch {
      // The database is down. The position is read once a second anyway.
    }
    await delay(LOOK_EVERY, undefined, { signal }).catch(() => {})
  }
}

/** Resolves when the index has everything that was committed at the start and the database knows its position, or at the end. */
async function untilCaughtUp(database: Database, signal: AbortSignal, current: () => Reached | null): Promise<void> {
  let atStart = Infinity
  while (!signal.aborted) {
    try {
      const reached = current()
      const { seq, token } = reached?.position ?? { seq: -1, token: null }
      const { rows } = await database.query<{ newest: number; known: boolean }>(
        `SELECT (SELECT max(seq) FROM changes) AS newest,
           EXISTS (SELECT FROM changes WHERE seq = $1 AND token = $2::uuid) AS known`,
        [seq, token],
      )
      const { newest, known } = rows[0]!
      // Lower than at the start if a backup was restored meanwhile.
      atStart = Math.min(atStart, newest)
      if (known && seq >= atStart) return
    } catch {
      // The database is down; try again.
    }
    await delay(LOOK_EVERY / 5, undefined, { signal }).catch(() => {})
  }
}
