/** Creates and lists API keys. */
import type { Database } from '../database/pool.ts'
import { type KeyHolder, storedId } from './key-ring.ts'
import {
  CHANNEL,
  COLUMNS,
  type CreatedKey,
  digest,
  generateKey,
  invalidKey,
  type KeyRow,
  keyValues,
  type StoredKey,
  storedKey,
  VALID,
} from './key-rows.ts'

/** A pool or a single connection. */
type Queryable = Pick<Database, 'query'>

export interface NewKeyOptions {
  readonly admin?: boolean
  /** The holder of an admin key who asks for it. ERR_UNAUTHORIZED if that key is not valid any more. */
  readonly by?: KeyHolder
}

/**
 * Creates a key. A request may take a minute to arrive, and the key that it was sent with may be revoked meanwhile. So the same
 * statement checks that key.
 */
export async function createKey(
  database: Database,
  name: string,
  { admin = false, by }: NewKeyOptions = {},
): Promise<CreatedKey> {
  const key = generateKey()
  const { rows } = await database.query<KeyRow>(
    `WITH creator AS (
       SELECT id FROM api_keys WHERE id = $7 AND admin AND ${VALID} FOR SHARE
     ), made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin, created_by)
       SELECT $1::text, $2::bytea, $3::text, $4::text, $5::boolean, $6::text
       WHERE $7::bigint IS NULL OR EXISTS (SELECT FROM creator) RETURNING ${COLUMNS}
     ) SELECT made.*, pg_notify('${CHANNEL}', '') FROM made`,
    [name, ...keyValues(key), admin, by?.owner ?? null, by ? storedId(by) : null],
  )
  if (!rows[0]) throw invalidKey()
  return { ...storedKey(rows[0]), key }
}

/**
 * Stores `key` under `name` unless it is already stored, and makes it an admin key. A revoked key stays revoked, and a session stays
 * what it is.
 */
export async function ensureAdminKey(database: Queryable, name: string, key: string): Promise<void> {
  await database.query(
    `WITH made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin) VALUES ($1, $2, $3, $4, true)
       ON CONFLICT (hash) DO UPDATE SET admin = true
       WHERE NOT api_keys.admin AND NOT api_keys.session AND api_keys.revoked_at IS NULL RETURNING id
     ) SELECT pg_notify('${CHANNEL}', '') FROM made`,
    [name, ...keyValues(key)],
  )
}

/** Whether any key has been created, even if it is revoked by now. Sessions do not count. */
export async function hasKeys(database: Queryable): Promise<boolean> {
  const { rowCount } = await database.query('SELECT FROM api_keys WHERE NOT session LIMIT 1')
  return rowCount! > 0
}

/** Whether a valid key in the database may manage keys. Sessions do not count, because they end. */
export async function hasAdminKey(database: Queryable): Promise<boolean> {
  const { rowCount } = await database.query(`SELECT FROM api_keys WHERE admin AND NOT session AND ${VALID} LIMIT 1`)
  return rowCount! > 0
}

/** Whether the database has the key, and it is neither revoked nor expired. */
export async function isValidKey(database: Queryable, key: string): Promise<boolean> {
  const sql = `SELECT FROM api_keys WHERE hash = $1 AND ${VALID}`
  return (await database.query(sql, [digest(key)])).rowCount! > 0
}

/** Whether the key with this id is one of `keys`. */
export async function isKeyAmong(database: Queryable, id: number, keys: readonly string[]): Promise<boolean> {
  const sql = 'SELECT FROM api_keys WHERE id = $1 AND hash = ANY ($2)'
  return (await database.query(sql, [id, keys.map(digest)])).rowCount! > 0
}

/** All keys, including revoked ones, oldest first. */
export async function listKeys(database: Database): Promise<StoredKey[]> {
  const { rows } = await database.query<KeyRow>(`SELECT ${COLUMNS} FROM api_keys ORDER BY id`)
  return rows.map(storedKey)
}
