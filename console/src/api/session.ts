/** Who is signed in. */
import { useQuery } from '@tanstack/react-query'
import { api, take } from './client.ts'
import { useKey } from './key.ts'

export interface Session {
  /** The name of the API key. */
  readonly name: string
  /** Whether the key may manage API keys. */
  readonly admin: boolean
  /** ISO 8601; null for a key that does not expire. */
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
