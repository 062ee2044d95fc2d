/** What the list says about each key. */
import type { ApiKey } from './keys-api.ts'

type KeyState = 'valid' | 'expired' | 'revoked'

export function stateOf(key: ApiKey, now = Date.now()): KeyState {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at !== null && Date.parse(key.expires_at) <= now ? 'expired' : 'valid'
}

/** The keys of sessions are the only ones that expire. */
export const isSession = (key: ApiKey): boolean => key.expires_at !== null

/** Valid keys first, then those that are not; the newest first. */
export function sortKeys(keys: readonly ApiKey[], now = Date.now()): readonly ApiKey[] {
  const rank = (key: ApiKey) => (stateOf(key, now) === 'valid' ? 0 : 1)
  return keys.toSorted((a, b) => rank(a) - rank(b) || b.id - a.id)
}

/** Whether it is the key that this browser uses. Keys that are too short to show a part of cannot be told. */
export function isOwn({ prefix, last_four }: ApiKey, current: string | null): boolean {
  return (
    current !== null && prefix !== '' && last_four !== '' && current.startsWith(prefix) && current.endsWith(last_four)
  )
}
