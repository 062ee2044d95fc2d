/** Requests to the API. The types come from docs/openapi.json, so a change of the API that breaks the console fails the type check. */
import createClient from 'openapi-fetch'
import { currentKey, forgetKey } from './key.ts'
import type { paths } from './schema.d.ts'

/** The folder of the page: the server, or a path below it behind a proxy. Ends with a slash. */
export const BASE_URL = new URL('.', document.baseURI).href

/** An error reply of the API, or a request that got no reply (`ERR_NETWORK`). */
export class ApiError extends Error {
  readonly code: string
  /** 0 without a reply. */
  readonly status: number
  readonly details: readonly ErrorDetail[]
  readonly requestId: string | null

  constructor(code: string, message: string, reply: Partial<Pick<ApiError, 'status' | 'details' | 'requestId'>> = {}) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.status = reply.status ?? 0
    this.details = reply.details ?? []
    this.requestId = reply.requestId ?? null
  }
}

export interface ErrorDetail {
  readonly index?: number
  readonly field?: string | null
  readonly path?: string
  readonly code?: string
  readonly message?: string
}

export const api = createClient<paths>({ baseUrl: BASE_URL.replace(/\/$/, '') })

api.use({
  onRequest({ request }) {
    const key = currentKey()
    // A request that signs in or out has its own.
    if (key !== null && !request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${key}`)
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return
    const error = await readError(response)
    // The key was revoked or has expired: the sign-in page asks for another one. Perhaps another one is kept by now.
    const refused = error.status === 401 && request.headers.get('Authorization') === `Bearer ${currentKey()}`
    if (refused) forgetKey({ refused })
    throw error
  },
  onError({ error }) {
    if (error instanceof ApiError || (error as Error).name === 'AbortError') return error as Error
    return new ApiError('ERR_NETWORK', 'The server cannot be reached. Check that it is running, then try again.')
  },
})

/** Reads `{"success": false, "error": "ERR_CODE: message", …}`. A proxy may answer with something else. */
export async function readError(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => null)
  const reply = {
    status: response.status,
    details: Array.isArray(body?.details) ? body.details : [],
    requestId: body?.request_id ?? response.headers.get('X-Request-Id'),
  }
  const [, code, message] = /^(ERR_\w+): (.*)$/s.exec(body?.error ?? '') ?? []
  return new ApiError(code ?? 'ERR_HTTP', message ?? `The server answered with status ${response.status}.`, reply)
}

/** Takes the body of a reply. Errors have been thrown before. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}
