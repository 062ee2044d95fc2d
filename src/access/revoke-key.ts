/** Revokes API keys. */
import { type Connection, type Database, transaction } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { type KeyHolder, storedId } from './key-ring.ts'
import { CHANNEL, COLUMNS, invalidKey, type KeyRow, type StoredKey, storedKey, VALID } from './key-rows.ts'

/** Held while a key is revoked, so that two admins cannot revoke the last two admin keys at the same time. */
const LOCK = 4852718

/**
 * Revokes a key on every running server, with the sessions that it has opened. Its private views are deleted, because nobody could
 * see them any more. Returns null if there is no such key or it is already revoked.
 */
export async function revokeKey(database: Database, id: number): Promise<StoredKey | null> {
  return await transaction(database, async connection => {
    return (await lockKey(connection, id)) === null ? null : await revoke(connection, id)
  })
}

export interface Revocation {
  /** The holder of an admin key who asks for it. ERR_UNAUTHORIZED if that key is not valid any more. */
  readonly by: KeyHolder
  /** The SHA-256 of each key of the environment. */
  readonly environment: readonly Buffer[]
}

/**
 * The same for a request. ERR_CONFLICT if the key would stay valid because it is also one of the environment, or if no admin key
 * would be left but those of sessions, which end.
 */
export async function revokeKeyFor(
  database: Database,
  id: number,
  { by, environment }: Revocation,
): Promise<StoredKey | null> {
  return await transaction(database, async connection => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await requireValidAdmin(connection, by)
    const key = await lockKey(connection, id)
    if (key === null) return null
    if (environment.some(hash => hash.equals(key.hash)))
      throw new ConnectraError('ERR_CONFLICT', `key ${id} is also in API_KEYS, so it would stay valid: remove it there`)
    const isLast = key.admin && !key.session && environment.length === 0 && !(await hasOtherAdmin(connection, id))
    if (isLast)
      throw new ConnectraError(
        'ERR_CONFLICT',
        `key ${id} is the last admin key: create another one first, here or with "connectra keys create --admin"`,
      )
    return await revoke(connection, id)
  })
}

/** A request may take a minute to arrive, and its key may be revoked meanwhile. */
async function requireValidAdmin(connection: Connection, by: KeyHolder): Promise<void> {
  const id = storedId(by)
  if (id === null) return
  const sql = `SELECT FROM api_keys WHERE id = $1 AND admin AND ${VALID} FOR SHARE`
  if ((await connection.query(sql, [id])).rowCount === 0) throw invalidKey()
}

interface LockedKey {
  readonly hash: Buffer
  readonly admin: boolean
  readonly session: boolean
}

/** Waits until sessions that are just being opened with the key are stored, and lets it open no further ones. */
async function lockKey(connection: Connection, id: number): Promise<LockedKey | null> {
  const { rows } = await connection.query<LockedKey>(
    'SELECT hash, admin, session FROM api_keys WHERE id = $1 AND revoked_at IS NULL FOR UPDATE',
    [id],
  )
  return rows[0] ?? null
}

async function hasOtherAdmin(connection: Connection, id: number): Promise<boolean> {
  const sql = `SELECT FROM api_keys WHERE id <> $1 AND admin AND NOT session AND ${VALID} LIMIT 1`
  return (await connection.query(sql, [id])).rowCount! > 0
}

async function revoke(connection: Connection, id: number): Promise<StoredKey> {
  const { rows } = await connection.query<KeyRow>(
    `WITH revoked AS (
       UPDATE api_keys SET revoked_at = now()
       WHERE revoked_at IS NULL AND (id = $1 OR session AND created_by = $2) RETURNING ${COLUMNS}
     ), forgotten AS (
       DELETE FROM console_views WHERE holder = $2 AND NOT shared
     ) SELECT revoked.*, pg_notify('${CHANNEL}', '') FROM revoked WHERE id = $1`,
    [id, String(id)],
  )
  return storedKey(rows[0]!)
}
