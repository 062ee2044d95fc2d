/**
 * API keys. The database stores the SHA-256 of a key and enough of it for people to recognise it, never the key
 * itself. Keys are 256 random bits, so a plain hash cannot be brute-forced.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import pg from 'pg'
import type { Database } from '../database/pool.ts'
import { WORK_LIMITS, watchAnswers } from '../database/time-limits.ts'

/** The notification channel for changes of the table of keys. */
const CHANNEL = 'api_keys'
const RECONNECT_MS = 1000
/** A connection may go silent without closing. This limits how long a revoked key stays valid then. */
const READ_AGAIN_MS = 30_000

/** A pool or a single connection. */
type Queryable = Pick<Database, 'query'>

/** What people see of a key. */
export interface StoredKey {
  readonly id: number
  readonly name: string
  /** The first characters of the key; empty if the key is too short to show any. */
  readonly prefix: string
  readonly lastFour: string
  /** Whether it may manage keys. */
  readonly admin: boolean
  readonly createdAt: Date
  /** Null if it does not expire. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** Who sent a request. `id` is stable across restarts: the ID in the table, or `environment-1` and so on. */
export interface KeyHolder {
  readonly id: string
  readonly name: string
  /** Whether the key may manage keys. */
  readonly admin: boolean
  /** Whether the key belongs to a session of the console (sessions.ts). */
  readonly session: boolean
  /** Null if the key does not expire. */
  readonly expiresAt: Date | null
}

/** The keys that are valid now. */
export interface KeyRing {
  /** Takes the same time however much of the token is right. An expired key is not valid. */
  verify(token: string): KeyHolder | null
  /** Reads the keys again. Every change to them also triggers this. */
  refresh(): Promise<void>
  close(): Promise<void>
}

interface KeyRow {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly last_four: string
  readonly admin: boolean
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
}

const VALID = '(revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))'
const COLUMNS = 'id, name, prefix, last_four, admin, created_at, expires_at, revoked_at'

function storedKey(row: KeyRow): StoredKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.last_four,
    admin: row.admin,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}

/** The SHA-256 of a key or code. */
export function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

/** `ck_` and 32 random bytes in base64url. */
export function generateKey(): string {
  return `ck_${randomBytes(32).toString('base64url')}`
}

/** A key that was just created. */
export type CreatedKey = StoredKey & { readonly key: string }

/** Creates a key. It cannot be read again later. */
export async function createKey(
  database: Database,
  name: string,
  { admin = false }: { readonly admin?: boolean } = {},
): Promise<CreatedKey> {
  const key = generateKey()
  const row = await insertKey(database, name, key, admin)
  return { ...storedKey(row!), key }
}

/** Stores `key`, an admin key, under `name` unless it is already stored. A revoked key stays revoked. */
export async function ensureKey(database: Queryable, name: string, key: string): Promise<void> {
  await insertKey(database, name, key, true)
}

async function insertKey(database: Queryable, name: string, key: string, admin: boolean): Promise<KeyRow | undefined> {
  const { rows } = await database.query<KeyRow>(
    `WITH made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (hash) DO NOTHING RETURNING ${COLUMNS}
     ) SELECT made.*, pg_notify('${CHANNEL}', '') FROM made`,
    [name, digest(key), ...shownParts(key), admin],
  )
  return rows[0]
}

/** The beginning and the end of a key, as they are stored for people. */
function shownParts(key: string): readonly [prefix: string, lastFour: string] {
  return key.length >= 24 ? [key.slice(0, 7), key.slice(-4)] : ['', '']
}

/**
 * Creates the key of a session if `codeHash` is the hash of a sign-in code that is valid, and deletes the code. It is one
 * statement, so a code opens one session, however many nodes get it at the same time. Returns null if the code is not valid.
 */
export async function createSessionKey(
  database: Database,
  codeHash: Buffer,
  { name, seconds }: { readonly name: string; readonly seconds: number },
): Promise<CreatedKey | null> {
  const key = generateKey()
  const { rows } = await database.query<KeyRow>(
    `WITH used AS (
       DELETE FROM sign_in_codes WHERE hash = $1 AND expires_at > now() RETURNING hash
     ), made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin, session, expires_at)
       SELECT $2::text, $3::bytea, $4::text, $5::text, true, true, now() + make_interval(secs => $6) FROM used RETURNING ${COLUMNS}
     ) SELECT made.*, pg_notify('${CHANNEL}', '') FROM made`,
    [codeHash, name, digest(key), ...shownParts(key), seconds],
  )
  return rows[0] ? { ...storedKey(rows[0]), key } : null
}

/** Whether any key has been created, even if it is revoked by now. */
export async function hasKeys(database: Queryable): Promise<boolean> {
  const { rowCount } = await database.query('SELECT FROM api_keys LIMIT 1')
  return rowCount! > 0
}

/** Whether the database has the key, and it is neither revoked nor expired. */
export async function isValidKey(database: Queryable, key: string): Promise<boolean> {
  const sql = `SELECT FROM api_keys WHERE hash = $1 AND ${VALID}`
  return (await database.query(sql, [digest(key)])).rowCount! > 0
}

/** All keys, including revoked ones, oldest first. */
export async function listKeys(database: Database): Promise<StoredKey[]> {
  const { rows } = await database.query<KeyRow>(`SELECT ${COLUMNS} FROM api_keys ORDER BY id`)
  return rows.map(storedKey)
}

/** Revokes a key on every running server. Returns null if there is no such key or it is already revoked. */
export async function revokeKey(database: Database, id: number): Promise<StoredKey | null> {
  const { rows } = await database.query<KeyRow>(
    `WITH revoked AS (
       UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}
     ) SELECT revoked.*, pg_notify('${CHANNEL}', '') FROM revoked`,
    [id],
  )
  return rows[0] ? storedKey(rows[0]) : null
}

interface HolderRow {
  readonly id: number
  readonly name: string
  readonly hash: Buffer
  readonly admin: boolean
  readonly session: boolean
  readonly expires_at: Date | null
}

interface Entry {
  readonly hash: Buffer
  readonly holder: KeyHolder
}

/**
 * Opens the ring of the keys in the database and of `environmentKeys`, which are valid while the process runs. It
 * listens for changes on its own connection, and reconnects when that is lost.
 */
export async function openKeyRing(database: Database, environmentKeys: readonly string[] = []): Promise<KeyRing> {
  const fixed = environmentKeys.map((key, index): Entry => {
    const id = `environment-${index + 1}`
    return { hash: digest(key), holder: { id, name: 'environment', admin: true, session: false, expiresAt: null } }
  })
  let ring: ReadonlyMap<string, Entry> = new Map()
  let listener: pg.Client | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false
  /** Reads run one after another, so that an older result never replaces a newer one. */
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const { rows } = await database.query<HolderRow>(
      `SELECT id, name, hash, admin, session, expires_at FROM api_keys WHERE ${VALID}`,
    )
    const stored = rows.map(({ id, name, hash, admin, session, expires_at }): Entry => {
      return { hash, holder: { id: String(id), name, admin, session, expiresAt: expires_at } }
    })
    ring = new Map([...stored, ...fixed].map(entry => [entry.hash.toString('base64'), entry]))
  }

  function refresh(): Promise<void> {
    reading = reading.then(read, read)
    return reading
  }

  async function listen(): Promise<void> {
    const client = new pg.Client(database.options)
    listener = client
    client.on('notification', () => refresh().catch(reconnect))
    client.on('error', reconnect)
    client.on('end', reconnect)
    await client.connect()
    watchAnswers(client, WORK_LIMITS.connect)
    await client.query(`LISTEN ${CHANNEL}`)
    await refresh()
  }

  function reconnect(): void {
    if (closed || timer) return
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
    await reading.catch(() => {})
  }

  const again = setInterval(() => refresh().catch(() => {}), READ_AGAIN_MS)
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
    close,
  }
}
