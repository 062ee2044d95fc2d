/** What the leader is doing, in a document that all processes read for `/health`. */
import type { Client } from './client.ts'

export interface LeaderStatus {
  /** Its host and process id. */
  readonly leader: string
  /** How much of a build is done, from 0 to 1; null while there is none. */
  readonly building: number | null
}

const path = (prefix: string) => `/${prefix}-status/_doc/leader`

export async function storeStatus(client: Client, prefix: string, status: LeaderStatus): Promise<void> {
  await client.request('PUT', path(prefix), { body: { ...status } })
}

export async function readStatus(client: Client, prefix: string, timeoutMs: number): Promise<LeaderStatus | null> {
  const { body } = await client.request<{ _source?: LeaderStatus }>('GET', path(prefix), { accept: [404], timeoutMs })
  return body?._source ?? null
}
