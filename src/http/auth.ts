/** Authentication: every request needs an API key, except on open paths. Some paths need an admin key. */
import type { IncomingHttpHeaders } from 'node:http'
import type { KeyHolder, KeyRing } from '../access/key-ring.ts'
import { invalidKey } from '../access/key-rows.ts'
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

/** Sets `holder`, and that replies to requests with a key are not stored unless a route says otherwise. */
export function requireKey(app: App, keys: KeyRing): void {
  app.decorateRequest('holder', null)
  app.addHook('onRequest', async (request, reply) => {
    const { open = false, takesKey = false, admin = false } = request.routeOptions.config
    if (open && !takesKey) return
    // Private data must not stay in the cache of a browser or a proxy.
    reply.header('Cache-Control', 'no-store')
    request.holder = await findHolder(keys, presentedTokens(request.headers), admin)
    if (open) return
    if (request.holder === null) throw unauthorized(request.headers)
    if (admin && !request.holder.admin) throw needsAdmin()
  })
}

/** `admin`: an admin key is preferred. */
async function findHolder(keys: KeyRing, tokens: readonly string[], admin: boolean): Promise<KeyHolder | null> {
  const known = () => tokens.flatMap(token => keys.verify(token) ?? [])
  let holders = known()
  if (holders.length === 0 && (await keys.refreshFor(tokens))) holders = known()
  return (admin ? holders.find(holder => holder.admin) : undefined) ?? holders[0] ?? null
}

/** Why a request with these headers has no holder. */
export function unauthorized(headers: IncomingHttpHeaders): ConnectraError {
  if (presentedTokens(headers).length > 0) return invalidKey()
  return new ConnectraError(
    'ERR_UNAUTHORIZED',
    'no API key: send the header "Authorization: Bearer <key>" or "X-API-Key: <key>"',
  )
}

function needsAdmin(): ConnectraError {
  return new ConnectraError(
    'ERR_FORBIDDEN',
    'this needs an admin key: use one, such as the first key of the server, or create one with "connectra keys create --admin"',
  )
}
