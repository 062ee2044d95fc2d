/**
 * Sessions of the console. A sign-in code, which the command line prints, is exchanged once for the key of a session: an admin key
 * that expires. Codes are 256 random bits and stored as SHA-256, as keys are, so guessing them is pointless.
 */
import { randomBytes } from 'node:crypto'
import type { Database } from '../database/pool.ts'
import { type CreatedKey, createSessionKey, digest } from './keys.ts'

/** How long a code can be used, and how long a session lasts. Seconds. */
const CODE_SECONDS = 15 * 60
const SESSION_SECONDS = 12 * 3600
const REMEMBERED_SECONDS = 30 * 86_400
/** Until then `connectra keys list` shows a session that has ended. */
const ENDED_FOR = '7 days'

const SESSION_NAME = 'Console session'
const CODE = /^si_[\w-]{43}$/

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

/** The address at which the console uses the code. `url`: the address of the server. */
export function signInUrl(url: string, code: string): string {
  return `${url}/#/sign-in?code=${code}`
}

/**
 * Exchanges a code for the key of a session, which lasts 12 hours, or 30 days if it is remembered. Returns null if the code is wrong,
 * used or expired. Codes that cannot be right cost no query.
 */
export async function openSession(
  database: Database,
  code: string,
  { remember }: { readonly remember: boolean },
): Promise<CreatedKey | null> {
  if (!CODE.test(code)) return null
  const seconds = remember ? REMEMBERED_SECONDS : SESSION_SECONDS
  const created = await createSessionKey(database, digest(code), { name: SESSION_NAME, seconds })
  // Sessions that ended long ago would pile up. LEAST ignores nulls.
  if (created !== null)
    await database.query(
      `DELETE FROM api_keys WHERE session AND LEAST(expires_at, revoked_at) < now() - interval '${ENDED_FOR}'`,
    )
  return created
}
