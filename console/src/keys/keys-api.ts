/** Requests about API keys. They need an admin key. */
import { api, take } from '../api/client.ts'

export interface ApiKey {
  readonly id: number
  readonly name: string
  /** The first characters of the key; may be empty. */
  readonly prefix: string
  readonly last_four: string
  readonly admin: boolean
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export const KEYS_QUERY = ['keys'] as const

export async function listKeys(signal: AbortSignal): Promise<readonly ApiKey[]> {
  return (await take(api.GET('/admin/keys', { signal }))).data
}

/** Returns the key itself, which cannot be read again. */
export async function createKey(body: { readonly name: string; readonly admin: boolean }): Promise<string> {
  return (await take(api.POST('/admin/keys', { body }))).data.key
}

export async function revokeKey(id: number): Promise<void> {
  await take(api.POST('/admin/keys/{id}/revoke', { params: { path: { id: String(id) } } }))
}
