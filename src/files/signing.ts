/** Signed URLs of this server: HMAC-SHA256 over the method, the key, the expiry and the size limit. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { ConnectraError } from '../errors.ts'

export type SignedMethod = 'GET' | 'PUT'

/** What a signature allows: one method on one key until `expires` (Unix seconds), and for a PUT up to `maxBytes`. */
export interface Grant {
  readonly method: SignedMethod
  readonly key: string
  readonly expires: number
  readonly maxBytes: number
}

function signature(secret: Buffer, { method, key, expires, maxBytes }: Grant): Buffer {
  // Keys contain no line breaks, so the parts are unambiguous.
  return createHmac('sha256', secret).update(`${method}\n${key}\n${expires}\n${maxBytes}`).digest()
}

/** The query string that carries a grant. */
export function signGrant(secret: Buffer, grant: Grant): string {
  return new URLSearchParams({
    expires: String(grant.expires),
    max_bytes: String(grant.maxBytes),
    signature: signature(secret, grant).toString('base64url'),
  }).toString()
}

/**
 * Returns the grant in the query string of a request. Throws ERR_FORBIDDEN unless it is signed for this method and key
 * and `now` (milliseconds) is before its expiry.
 */
export function verifyGrant(
  secret: Buffer,
  method: SignedMethod,
  key: string,
  query: Readonly<Record<string, unknown>>,
  now: number = Date.now(),
): Grant {
  const grant = { method, key, expires: wholeNumber(query.expires), maxBytes: wholeNumber(query.max_bytes) }
  const given = Buffer.from(typeof query.signature === 'string' ? query.signature : '', 'base64url')
  const expected = signature(secret, grant)
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new ConnectraError(
      'ERR_FORBIDDEN',
      'the signature of this URL is not valid: request a new URL and use it unchanged',
    )
  if (now >= grant.expires * 1000) throw new ConnectraError('ERR_FORBIDDEN', 'this URL has expired: request a new one')
  return grant
}

/** NaN if it is not a whole number. NaN is never signed, so the signature cannot match. */
function wholeNumber(value: unknown): number {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(value) ? Number(value) : Number.NaN
}

/** Seconds as `24h0m0s`. */
export function durationText(seconds: number): string {
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`
}
