/**
 * Logs one line per request, without secrets: no headers, no bodies, no query strings (they contain signatures).
 * `client` is the address of the connection or, with TRUST_PROXY, the first one in `X-Forwarded-For`.
 */
import type { FastifyRequest } from 'fastify'
import { pathOf } from './error-reply.ts'
import type { App } from './parts.ts'

export function logRequests(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      client: request.ip,
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      key: request.holder?.id ?? null,
    }
    // Health probes arrive every few seconds.
    if (/^\/health(?:\/|$)/.test(line.path)) request.log.debug(line, 'request')
    else request.log.info(line, 'request')
  })
}

/** Logs who did what with which key. `target`: the id of that key. */
export function logKeyEvent(request: FastifyRequest, event: string, target: number | string): void {
  const key = request.holder?.id ?? null
  request.log.info({ client: request.ip, key, target: String(target) }, event)
}
