/**
 * Sessions of the console. A session has a key of its own, which expires. It is opened with an API key, whose rights it has; or
 * with a sign-in code, which the command line prints and which can be used once. Such a session has admin rights. Codes are 256
 * random bits and stored as SHA-256, as keys are, so guessing them is pointless.
 */
import { randomBytes } from 'node:crypto'
import type { Database } from '../database/pool.ts'
import { type KeyHolder, SIGNED_IN_BY_CODE, storedId } from './key-ring.ts'
import {
  CHANNEL,
  COLUMNS,
  type CreatedKey,
  digest,
  generateKey,
  invalidKey,
  type KeyRow,
  keyValues,
  storedKey,
  VALID,
} from './key-rows.ts'

/** How long a code can be used, and how long a session lasts. Seconds. */
const CODE_SECONDS = 15 * 60
const SESSION_SECONDS = 12 * 3600
const REMEMBERED_SECONDS = 30 * 86_400
/** Until then `connectra keys list` shows a session that has ended. */
const ENDED_FOR = '7 days'
/** One key has this many sessions at most, ended ones included. A further one replaces the oldest. */
export const SESSIONS_OF_A_KEY = 20

const SESSION_NAME = 'Console session'
const CODE = /^si_[\w-]{43}$/

export interface SessionOptions {
  /** Whether the session lasts 30 days instead of 12 hours. */
  readonly remember: boolean
}

/** Creates a code that opens one session within 15 minutes. */
export async function createSignInCode(database: Database): Promise<string> {
  const code = `si_${randomBytes(32).toString('base64url')}`
  await database.query(
    `WITH expired AS (DELETE FROM sign_in_codes WHERE expires_at < now())
     INSERT INTO sign_in_codes (hash, expires_at) VALUES ($1, now() + make_interval(secs => $2))`,
    [digest(code), CODE_SECONDS],
  )
  return code
}

/** Whether `createSignInCode` may have made the text. */
export function isSignInCode(text: string): boolean {
  return CODE.test(text)
}

/** The address at which the console uses the code. `url`: the address of the server. */
export function signInUrl(url: string, code: string): string {
  return `${url}/#/sign-in?code=${code}`
}

/**
 * Exchanges a code for a session. It is one statement, so a code opens one session, however many nodes get it at the same time.
 * Returns null if the code is wrong, used or expired.
 */
export async function openSessionWithCode(
  database: Database,
  code: string,
  options: SessionOptions,
): Promise<CreatedKey | null> {
  const key = generateKey()
  const { rows } = await database.query<KeyRow>(
    `WITH used AS (
       DELETE FROM sign_in_codes WHERE hash = $1 AND expires_at > now() RETURNING hash
     ), made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin, session, created_by, expires_at)
       SELECT $2::text, $3::bytea, $4::text, $5::text, true, true, $6::text, now() + make_interval(secs => $7)
       FROM used RETURNING ${COLUMNS}
     ) SELECT made.*, pg_notify('${CHANNEL}', '') FROM made`,
    [digest(code), SESSION_NAME, ...keyValues(key), SIGNED_IN_BY_CODE, secondsOf(options)],
  )
  if (!rows[0]) return null
  // The code is used up, so a failure must not take the session away. The next session tries again.
  await deleteEndedSessions(database).catch(() => {})
  return { ...storedKey(rows[0]), key }
}

/**
 * Opens a session with the name and the rights of a key that is not itself one of a session. It ends with that key. ERR_UNAUTHORIZED if
 * the key is not valid any more.
 */
export async function openSessionWithKey(
  database: Database,
  holder: KeyHolder,
  options: SessionOptions,
): Promise<CreatedKey> {
  const key = generateKey()
  const { rows } = await database.query<KeyRow>(
    `WITH stored AS (
       SELECT name, admin, expires_at FROM api_keys WHERE id = $1 AND NOT session AND ${VALID} FOR SHARE
     ), opener AS (
       SELECT * FROM stored UNION ALL SELECT $2::text, $3::boolean, NULL WHERE $1::bigint IS NULL
     ), made AS (
       INSERT INTO api_keys (name, hash, prefix, last_four, admin, session, created_by, expires_at)
       SELECT name, $4::bytea, $5::text, $6::text, admin, true, $7::text,
         LEAST(expires_at, now() + make_interval(secs => $8))
       FROM opener RETURNING ${COLUMNS}
     ), surplus AS (
       DELETE FROM api_keys WHERE EXISTS (SELECT FROM opener) AND id IN (
         SELECT id FROM api_keys WHERE session AND created_by = $7
         ORDER BY ${VALID} DESC, id DESC OFFSET ${SESSIONS_OF_A_KEY - 1})
     ) SELECT made.*, pg_notify('${CHANNEL}', '') FROM made`,
    [storedId(holder), holder.name, holder.admin, ...keyValues(key), holder.owner, secondsOf(options)],
  )
  if (!rows[0]) throw invalidKey()
  return { ...storedKey(rows[0]), key }
}

function secondsOf({ remember }: SessionOptions): number {
  return remember ? REMEMBERED_SECONDS : SESSION_SECONDS
}

/** They would pile up. LEAST ignores nulls. */
async function deleteEndedSessions(database: Database): Promise<void> {
  await database.query(
    `DELETE FROM api_keys WHERE session AND LEAST(expires_at, revoked_at) < now() - interval '${ENDED_FOR}'`,
  )
}
