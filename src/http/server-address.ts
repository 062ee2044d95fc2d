/** The address of this server as the client of a request knows it. */
import type { FastifyRequest } from 'fastify'
import type { HttpConfig } from './parts.ts'

/** A name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/**
 * `PUBLIC_URL` or, without it, the scheme and host that the request was sent to. With TRUST_PROXY these come from
 * `X-Forwarded-Proto` and `X-Forwarded-Host`, if the proxy sends them. Undefined if the request has no valid host.
 */
export function serverAddress(request: FastifyRequest, { publicUrl }: HttpConfig): string | undefined {
  if (publicUrl !== null) return publicUrl
  const { host, protocol } = request
  const address = `${protocol}://${host.toLowerCase()}`
  // The port may be too large.
  return HOST.test(host) && /^https?$/.test(protocol) && URL.canParse(address) ? address : undefined
}
