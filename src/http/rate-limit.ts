/** How many requests a key may make. The count is of this process: behind several, a key has several allowances. */
import rateLimit from '@fastify/rate-limit'
import { ConnectraError } from '../errors.ts'
import type { App } from './parts.ts'

/** Counts every request that carries a key; `perMinute` 0 is no limit. */
export async function limitRate(app: App, perMinute: number): Promise<void> {
  if (perMinute === 0) return
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: request => request.holder?.id ?? request.ip,
    allowList: request => request.routeOptions.config.open === true,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new ConnectraError('ERR_RATE_LIMITED', `this key may make ${max} requests a minute: wait before the next`, {
        retryAfter: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  })
}
