/** `/health/live` and `/health/ready`, for load balancers and supervisors. They are cheap, however often they are asked. */
import { Type } from 'typebox'
import { RETRY_AFTER } from '../error-reply.ts'
import type { App, ServerParts } from '../parts.ts'
import { strings } from '../schemas/parts.ts'
import type { Health } from './health.ts'

/** How old the state of the parts may be in a reply, in milliseconds. Only a stop is seen at once. */
const FRESH_FOR = 500

export function probeRoutes(app: App, parts: ServerParts, readHealth: () => Promise<Health>): void {
  liveRoute(app)
  readyRoute(app, parts, remember(readHealth))
}

function liveRoute(app: App): void {
  app.get(
    '/health/live',
    {
      config: { open: true },
      schema: {
        tags: ['Server'],
        operationId: 'getLiveness',
        summary: 'Check that the process answers',
        description: 'Always 200, also while the server starts or stops. If there is no reply, restart the process.',
        response: {
          200: Type.Object({ success: Type.Boolean(), status: strings(['ok']) }, { description: 'It does' }),
        },
      },
    },
    async (_request, reply) => {
      reply.header('Cache-Control', 'no-store')
      return { success: true, status: 'ok' as const }
    },
  )
}

function readyRoute(app: App, { config, engine, stopping }: ServerParts, readHealth: () => Promise<Health>): void {
  const body = Type.Object({
    success: Type.Boolean(),
    status: strings(['ok', 'unavailable']),
    error: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
  })
  app.get(
    '/health/ready',
    {
      config: { open: true },
      schema: {
        tags: ['Server'],
        operationId: 'getReadiness',
        summary: 'Check that the server should get requests',
        description:
          '503 while the index is built or rebuilt, while it is further behind the database than `MAX_LAG`, while the database does not answer, and as soon as the server begins to stop. `error` says which. An index that all servers share counts only until the server answers searches from it.',
        response: { 200: { ...body, description: 'Ready' }, 503: { ...body, description: 'Not ready' } },
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store')
      // All servers are equally far behind in an index that they share.
      const maxLag = engine.shared ? Infinity : config.maxLag
      const problem = stopping?.() ? 'the server is stopping' : whyNotReady(await readHealth(), maxLag)
      if (problem === null) return { success: true, status: 'ok' as const }
      reply.status(503).header('Retry-After', String(RETRY_AFTER))
      const error = `ERR_UNAVAILABLE: ${problem}: use another server, or try again shortly`
      return { success: false, status: 'unavailable' as const, error, request_id: request.id }
    },
  )
}

/** `maxLag` in seconds. Returns null if the server is ready. */
function whyNotReady({ ownProblem, lagSeconds }: Health, maxLag: number): string | null {
  if (ownProblem !== '') return ownProblem
  return lagSeconds > maxLag ? `index is ${Math.round(lagSeconds)} seconds behind the database` : null
}

/** Returns the last result until it is too old, so that the database is asked twice a second at most. */
function remember(read: () => Promise<Health>): () => Promise<Health> {
  let last: { readonly at: number; readonly health: Promise<Health> } | null = null
  return () => {
    const now = performance.now()
    if (last === null || now - last.at >= FRESH_FOR) last = { at: now, health: read() }
    return last.health
  }
}
