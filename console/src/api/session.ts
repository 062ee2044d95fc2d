/** Who is signed in, signing in and signing out. */
import { useQuery } from '@tanstack/react-query'
import { api, take } from './client.ts'
import { currentKey, forgetKey, useKey } from './key.ts'

export interface Session {
  /** The name of the API key. */
  readonly name: string
  /** Whether the key may manage API keys. */
  readonly admin: boolean
  /** ISO 8601; null for a key that does not expire. Only the keys of sessions expire. */
  readonly expires_at: string | null
  /** The version of the server. */
  readonly version: string
}

export function useSession() {
  const key = useKey()
  return useQuery({
    queryKey: ['session', key],
    queryFn: async ({ signal }): Promise<Session> => (await take(api.GET('/console/session', { signal }))).data,
    enabled: key !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Asks the server whether it accepts a key that is not kept yet. An `ApiError` with the status 401 says no. */
export async function checkKey(key: string): Promise<void> {
  await take(api.GET('/console/session', { headers: bearer(key) }))
}

/** Exchanges a one-time code for the key of a session. A code that cannot be used is an `ApiError` with the status 403. */
export async function exchangeCode(code: string): Promise<string> {
  const reply = await take(api.POST('/console/session', { body: { code, remember: false } }))
  return reply.data.key
}

/** Forgets the key. That of a session is also revoked, as nobody else has it. */
export function signOut(session: Session | undefined): void {
  const key = currentKey()
  forgetKey()
  if (key === null || !session?.expires_at) return
  // Nobody waits for the reply: if the server cannot be reached, the session ends by itself.
  api.POST('/console/session/end', { headers: bearer(key) }).catch(() => {})
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })
