/**
 * The table of API keys. The database stores the SHA-256 of a key and enough of it for people to recognise it, never the key
 * itself. Keys are 256 random bits, so a plain hash cannot be brute-forced.
 */
import { hash, randomBytes } from 'node:crypto'
import { ConnectraError } from '../errors.ts'

/** The notification channel for changes of the table. */
export const CHANNEL = 'api_keys'

/** What people see of a key. */
export interface StoredKey {
  readonly id: number
  readonly name: string
  /** The first characters of the key; empty if the key is too short to show any. */
  readonly prefix: string
  readonly lastFour: string
  /** Whether it may manage keys. */
  readonly admin: boolean
  /** Whether it belongs to a session of the console (sessions.ts). */
  readonly session: boolean
  /** The owner (see KeyHolder) who created it or opened the session; null: the command line, or the first start. */
  readonly createdBy: string | null
  readonly createdAt: Date
  /** Null if it does not expire. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** A key that was just created. It cannot be read again later. */
export type CreatedKey = StoredKey & { readonly key: string }

export interface KeyRow {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly last_four: string
  readonly admin: boolean
  readonly session: boolean
  readonly created_by: string | null
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
}

export const VALID = '(revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))'
export const COLUMNS = 'id, name, prefix, last_four, admin, session, created_by, created_at, expires_at, revoked_at'

export function storedKey(row: KeyRow): StoredKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.last_four,
    admin: row.admin,
    session: row.session,
    createdBy: row.created_by,
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

/** Whether `generateKey` may have made the token. */
export function isGenerated(token: string): boolean {
  return /^ck_[\w-]{43}$/.test(token)
}

/** The values of the columns `hash`, `prefix` and `last_four`. */
export function keyValues(key: string): readonly [hash: Buffer, prefix: string, lastFour: string] {
  return key.length >= 24 ? [digest(key), key.slice(0, 7), key.slice(-4)] : [digest(key), '', '']
}

export function invalidKey(): ConnectraError {
  return new ConnectraError(
    'ERR_UNAUTHORIZED',
    'the API key is unknown, revoked or expired: create one with "connectra keys create"',
  )
}
