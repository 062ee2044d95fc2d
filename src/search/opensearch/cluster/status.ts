/** What the leader is doing, in a document that all processes read for `/health`. */
import type { Client } from './client.ts'

export interface LeaderStatus {
  /** Its host and process id. */
  readonly leader: string
  /** How much of a build is done, from 0 to 1; null while there is none. */
  readonly building: number | null
}

const index = (prefix: string) => `/${prefix}-status`
const path = (prefix: string) => `${index(prefix)}/_doc/leader`

/** Creates the index of the document, unless it exists. It has a copy if there is a second node. */
export async function createStatusIndex(client: Client, prefix: string): Promise<void> {
  const body = {
    settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-1' } },
    mappings: { dynamic: false },
  }
  await client.request('PUT', index(prefix), { body, accept: [400] })
}

export async function storeStatus(client: Client, prefix: string, status: LeaderStatus): Promise<void> {
  await client.request('PUT', path(prefix), { body: { ...status } })
}

export async function readStatus(client: Client, prefix: string, timeoutMs: number): Promise<LeaderStatus | null> {
  const { body } = await client.request<{ _source?: LeaderStatus }>('GET', path(prefix), { accept: [404], timeoutMs })
  return body?._source ?? null
}
