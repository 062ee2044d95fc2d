/** Who is signed in, signing in and signing out. */
import { useQuery } from '@tanstack/react-query'
import { api, take } from './client.ts'
import { currentKey, forgetKey, useKey } from './key.ts'

interface Session {
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

/** What to open a session with: an API key, or a one-time code. */
export type Credential = { readonly key: string } | { readonly code: string }

/**
 * Opens a session and returns its key. With `remember` it lasts 30 days instead of 12 hours. A key that the server does not accept is
 * an `ApiError` with the status 401, a code that cannot be used one with 403.
 */
export async function openSession(
  credential: Credential,
  { remember }: { readonly remember: boolean },
): Promise<string> {
  const call =
    'key' in credential
      ? api.POST('/console/session', { body: { remember }, headers: bearer(credential.key) })
      : api.POST('/console/session', { body: { code: credential.code, remember } })
  return (await take(call)).data.key
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
