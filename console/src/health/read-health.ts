/** `GET /health`. It answers with 503 and the same body while a part is not ready, so the API client, which throws then, is of no use. */
import { ApiError, BASE_URL, readError } from '../api/client.ts'

export interface PartState {
  readonly status: string
  readonly [detail: string]: unknown
}

export interface Health {
  readonly status: 'ok' | 'unavailable'
  readonly version: string
  readonly parts: Readonly<Record<string, PartState>>
}

export async function readHealth(signal: AbortSignal): Promise<Health> {
  const response = await fetch(`${BASE_URL}health`, { signal, cache: 'no-store' }).catch(error => {
    if (signal.aborted) throw error
    throw new ApiError('ERR_NETWORK', 'The server cannot be reached. Check that it is running.')
  })
  const body = await response
    .clone()
    .json()
    .catch(() => null)
  // A proxy in front of a server that is down answers with a page of its own.
  if (typeof body?.parts !== 'object' || body.parts === null) throw await readError(response)
  return body as Health
}
