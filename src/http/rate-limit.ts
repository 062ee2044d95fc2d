/** Limits the requests per key. Each process keeps its own count, so several processes allow several times the limit. */
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { SIGNED_IN_BY_CODE } from '../access/key-ring.ts'
import { ConnectraError } from '../errors.ts'
import type { App } from './parts.ts'

/** Counts every request that carries a key. If `perMinute` is 0, there is no limit. */
export async function limitRate(app: App, perMinute: number): Promise<void> {
  if (perMinute === 0) return
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: countedFor,
    allowList: request => request.routeOptions.config.open === true && request.holder === null,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new ConnectraError(
        'ERR_RATE_LIMITED',
        `this key may send ${max} requests per minute: wait before the next request`,
        {
          retryAfter: Math.max(1, Math.ceil(ttl / 1000)),
        },
      ),
  })
}

/** The requests of a session count for the key that opened it. */
function countedFor({ holder, ip }: FastifyRequest): string {
  if (holder === null) return ip
  return holder.owner === SIGNED_IN_BY_CODE ? holder.id : holder.owner
}
