/** The one body of every error: `{"success": false, "error": "ERR_CODE: …", "request_id": "…", "details": […]}`. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isUnavailable } from '../database/unavailable.ts'
import { ConnectraError } from '../errors.ts'
import type { App } from './parts.ts'
import { discardBody } from './slow-clients.ts'

/** Seconds after which a client may try again when a part of the server is away. */
export const RETRY_AFTER = 1

/** Characters of a path in a message. */
const SHOWN = 200

/** Errors of Fastify and its plugins that a client causes, by code. */
const FRAMEWORK = new Map<string, () => ConnectraError>([
  [
    'FST_ERR_CTP_BODY_TOO_LARGE',
    () => new ConnectraError('ERR_PAYLOAD_TOO_LARGE', 'the body is too large: send fewer records, or upload a file'),
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    () => new ConnectraError('ERR_INVALID_VALUE', 'the body is not as long as its Content-Length says'),
  ],
  [
    'FST_CP_ERR_INVALID_CONTENT_ENCODING',
    () =>
      new ConnectraError(
        'ERR_UNSUPPORTED_MEDIA_TYPE',
        'the Content-Encoding is unknown: use gzip, deflate, br or none',
      ),
  ],
  [
    'FST_CP_ERR_INVALID_CONTENT',
    () => new ConnectraError('ERR_INVALID_VALUE', 'the body cannot be decompressed as its Content-Encoding says'),
  ],
  [
    'FST_ERR_BAD_URL',
    () => new ConnectraError('ERR_INVALID_VALUE', 'the path is not a valid URL: encode "%" as "%25"'),
  ],
  ['FST_ERR_MAX_PARAM_LENGTH', () => new ConnectraError('ERR_NOT_FOUND', 'there is nothing at this path')],
])

/** Whatever was thrown, as what the client is told. */
function asConnectraError(error: unknown): ConnectraError {
  if (error instanceof ConnectraError) return error
  const known = FRAMEWORK.get((error as { code?: string } | null)?.code ?? '')
  if (known) return known()
  if (isUnavailable(error))
    return new ConnectraError('ERR_UNAVAILABLE', 'the database cannot be reached: try again shortly', { cause: error })
  return new ConnectraError('ERR_INTERNAL', 'something went wrong here: report it with this request_id', {
    cause: error,
  })
}

function errorBody(error: ConnectraError, requestId: string): Record<string, unknown> {
  const details = error.details && error.details.length > 0 ? { details: error.details } : {}
  return { success: false, error: `${error.code}: ${error.message}`, request_id: requestId, ...details }
}

export function replyWithError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = asConnectraError(thrown)
  const clientGone = request.raw.destroyed && !request.raw.complete
  if (clientGone) request.log.info('the client went away before it had sent its whole request')
  else if (error.status >= 500) request.log.error({ err: thrown }, error.message)
  const retryAfter = error.retryAfter ?? (error.status === 503 ? RETRY_AFTER : undefined)
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  // Fastify closes the connection of a body that is too large: the client would not see why.
  reply.removeHeader('Connection')
  discardBody(request)
  return reply.status(error.status).type('application/json; charset=utf-8').send(errorBody(error, request.id))
}

/** Answers what is no HTTP at all, or too much of it, before there is a request. */
export function replyToBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const body = JSON.stringify({ success: false, error: 'ERR_INVALID_VALUE: this is not a valid HTTP request' })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Unknown paths are 404. Known paths with a method they lack are 405 and say which they have. */
export function refuseUnknownRoutes(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    const { allow } = request.routeOptions.config
    if (allow !== undefined) {
      reply.header('Allow', allow)
      throw new ConnectraError('ERR_METHOD_NOT_ALLOWED', `${request.method} is not possible here: use ${allow}`)
    }
    if (request.is404)
      throw new ConnectraError(
        'ERR_NOT_FOUND',
        `there is nothing at ${request.method} ${pathOf(request.url).slice(0, SHOWN)}: see /docs`,
      )
  })
  app.setNotFoundHandler((request, reply) =>
    replyWithError(new ConnectraError('ERR_NOT_FOUND', 'there is nothing at this path: see /docs'), request, reply),
  )
}

/** Without the query string, which may hold a signature. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
