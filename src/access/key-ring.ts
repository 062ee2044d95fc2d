/** The keys that are valid now, in memory. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Database } from '../database/pool.ts'
import { getSecret } from '../database/secrets.ts'
import { WORK_LIMITS, watchAnswers } from '../database/time-limits.ts'
import type { Outage } from '../database/unavailable.ts'
import { CHANNEL, digest, isGenerated, VALID } from './key-rows.ts'

const RECONNECT_MS = 1000
/** A connection may go silent without closing. This limits how long a revoked key stays valid then, and notices a database that hangs. */
const READ_AGAIN_MS = 30_000
/** The least time between two reads for keys that are not known. */
const UNKNOWN_EVERY_MS = 1000

/** Who sent a request. */
export interface KeyHolder {
  /** Stable across restarts: the id in the table, or `environment-` and 12 hexadecimal digits that follow from the key. */
  readonly id: string
  readonly name: string
  /** Whether the key may manage keys. */
  readonly admin: boolean
  /** Whether the key belongs to a session of the console (sessions.ts). */
  readonly session: boolean
  /** To whom its views and keys belong: the id; of a session, the id of the key that opened it, or SIGNED_IN_BY_CODE. */
  readonly owner: string
  /** Null if the key does not expire. */
  readonly expiresAt: Date | null
}

/** The owner of all sessions that were opened by a code: whoever runs the server opened them. */
export const SIGNED_IN_BY_CODE = 'console'

/** The id in the table; null for a key of the environment. */
export function storedId({ id }: KeyHolder): number | null {
  return /^\d+$/.test(id) ? Number(id) : null
}

export interface KeyRing {
  /** Takes the same time however much of the token is right. An expired key is not valid. */
  verify(token: string): KeyHolder | null
  /** Reads the keys again. Every change to them also triggers this. Rejects if the database cannot be read. */
  refresh(): Promise<void>
  /**
   * For tokens that are not valid here: another node may have created one of them a moment ago. Then the keys are read again, once
   * a second at most, however many requests wait for it. Returns whether they were.
   */
  refreshFor(tokens: readonly string[]): Promise<boolean>
  /** The SHA-256 of each key of the environment. */
  readonly environment: readonly Buffer[]
  close(): Promise<void>
}

interface HolderRow {
  readonly id: number
  readonly name: string
  readonly hash: Buffer
  readonly admin: boolean
  readonly session: boolean
  readonly created_by: string | null
  readonly expires_at: Date | null
}

interface Entry {
  readonly hash: Buffer
  readonly holder: KeyHolder
}

/**
 * Opens the ring of the keys in the database and of `environmentKeys`, which are valid while the process runs. It
 * listens for changes on its own connection, and reconnects when that is lost. `sessionName` is the application_name of that connection.
 * `outage` is told when it is lost and open again.
 */
export async function openKeyRing(
  database: Database,
  environmentKeys: readonly string[] = [],
  sessionName = 'connectra',
  outage: Outage | null = null,
): Promise<KeyRing> {
  const fixed = await environmentEntries(database, environmentKeys)
  let ring: ReadonlyMap<string, Entry> = new Map()
  let listener: pg.Client | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function read(): Promise<void> {
    const { rows } = await database.query<HolderRow>(
      `SELECT id, name, hash, admin, session, created_by, expires_at FROM api_keys WHERE ${VALID}`,
    )
    const stored = rows.map(({ hash, ...row }): Entry => ({ hash, holder: storedHolder(row) }))
    const valid = stored.filter(({ holder }) => isOwnerKnown(holder, fixed))
    ring = new Map([...valid, ...fixed].map(entry => [entry.hash.toString('base64'), entry]))
  }

  const { refresh, idle } = createReader(read)
  const refreshUnknown = atMostEvery(UNKNOWN_EVERY_MS, refresh)

  async function listen(): Promise<void> {
    const client = new pg.Client(database.options)
    listener = client
    client.on('notification', () => refresh().catch(reconnect))
    client.on('error', reconnect)
    client.on('end', reconnect)
    await client.connect()
    watchAnswers(client, WORK_LIMITS.connect)
    await client.query(`SET application_name = ${pg.escapeLiteral(sessionName)}; LISTEN ${CHANNEL}`)
    await refresh()
    outage?.ended()
  }

  function reconnect(): void {
    if (closed || timer) return
    outage?.began()
    const lost = listener
    lost?.removeAllListeners('end')
    lost?.end().catch(() => {})
    timer = setTimeout(() => {
      timer = undefined
      listen().catch(reconnect)
    }, RECONNECT_MS)
  }

  async function close(): Promise<void> {
    closed = true
    clearTimeout(timer)
    clearInterval(again)
    await listener?.end().catch(() => {})
    await idle()
  }

  const again = setInterval(() => refresh().catch(reconnect), READ_AGAIN_MS)
  try {
    await listen()
  } catch (error) {
    await close()
    throw error
  }
  return {
    verify(token) {
      const presented = digest(token)
      const entry = ring.get(presented.toString('base64'))
      if (!entry || !timingSafeEqual(entry.hash, presented)) return null
      // Nothing announces that a key expires.
      const { expiresAt } = entry.holder
      return expiresAt === null || expiresAt.getTime() > Date.now() ? entry.holder : null
    },
    refresh,
    async refreshFor(tokens) {
      if (!tokens.some(isGenerated)) return false
      await refreshUnknown()
      return true
    },
    environment: fixed.map(entry => entry.hash),
    close,
  }
}

/** Their ids are in logs. Such a key may be short, so its plain hash would help to guess it. */
async function environmentEntries(database: Database, keys: readonly string[]): Promise<readonly Entry[]> {
  if (keys.length === 0) return []
  const secret = await getSecret(database, 'environment-keys')
  return keys.map(key => {
    const id = `environment-${createHmac('sha256', secret).update(key).digest('hex').slice(0, 12)}`
    const holder = { id, name: 'environment', admin: true, session: false, owner: id, expiresAt: null }
    return { hash: digest(key), holder }
  })
}

function storedHolder({ id, name, admin, session, created_by, expires_at }: Omit<HolderRow, 'hash'>): KeyHolder {
  const own = String(id)
  return { id: own, name, admin, session, owner: (session ? created_by : null) ?? own, expiresAt: expires_at }
}

/** A session that a key of the environment has opened ends when that key is removed from the settings. */
function isOwnerKnown({ session, owner }: KeyHolder, fixed: readonly Entry[]): boolean {
  return !session || !owner.startsWith('environment-') || fixed.some(({ holder }) => holder.id === owner)
}

/**
 * `refresh` resolves after a run of `read` that has started after the call. Runs follow one another, so that an older result never
 * replaces a newer one; all that wait share the next one.
 */
function createReader(read: () => Promise<void>) {
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  function start(): Promise<void> {
    next = null
    return read()
  }
  function refresh(): Promise<void> {
    if (next === null) {
      next = last.then(start, start)
      last = next
    }
    return next
  }
  return { refresh, idle: () => last.catch(() => {}) }
}

/** Returns a function that resolves after a run of `work` that has started after the call. All that wait share it. */
function atMostEvery(ms: number, work: () => Promise<void>): () => Promise<void> {
  let started = Number.NEGATIVE_INFINITY
  let next: Promise<void> | null = null
  async function run(): Promise<void> {
    await delay(Math.max(0, started + ms - performance.now()), undefined, { ref: false })
    next = null
    started = performance.now()
    await work()
  }
  return () => {
    next ??= run()
    return next
  }
}
