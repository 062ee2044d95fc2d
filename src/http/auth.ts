/** Authentication: every request needs an API key, except on open paths. Some paths need an admin key. */
import type { IncomingHttpHeaders } from 'node:http'
import type { KeyRing } from '../access/keys.ts'
import { ConnectraError } from '../errors.ts'
import type { App } from './parts.ts'

/** The tokens from `Authorization: Bearer` and `X-API-Key`. A request may have both, and either may be the valid one. */
function presentedTokens(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const key = headers['x-api-key']
  return [bearer, typeof key === 'string' ? key.trim() : undefined].filter(
    token => token !== undefined && token !== '',
  ) as string[]
}

export function requireKey(app: App, keys: KeyRing): void {
  app.decorateRequest('holder', null)
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.open) return
    const tokens = presentedTokens(request.headers)
    for (const token of tokens) request.holder ??= keys.verify(token)
    if (request.holder) {
      if (request.routeOptions.config.admin && !request.holder.admin) throw needsAdmin()
      return
    }
    reply.header('WWW-Authenticate', 'Bearer')
    throw new ConnectraError(
      'ERR_UNAUTHORIZED',
      tokens.length === 0
        ? 'no API key: send the header "Authorization: Bearer <key>" or "X-API-Key: <key>"'
        : 'the API key is unknown, revoked or expired: create one with "connectra keys create"',
    )
  })
}

function needsAdmin(): ConnectraError {
  return new ConnectraError(
    'ERR_FORBIDDEN',
    'this needs an admin key: use one, such as the first key of the server, or create one with "connectra keys create --admin"',
  )
}
