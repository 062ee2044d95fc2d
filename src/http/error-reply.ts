/** The body of every error: `{"success": false, "error": "ERR_CODE: …", "request_id": "…", "details": […]}`. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeUnavailable, isUnavailable } from '../database/unavailable.ts'
import { ConnectraError } from '../errors.ts'
import { discardBody } from './connections/slow-clients.ts'
import { logUnavailable } from './log-unavailable.ts'
import type { App } from './parts.ts'

/** Seconds the client should wait before it retries while a part of the server is unavailable. */
export const RETRY_AFTER = 1

/** How many characters of a path a message shows. */
const SHOWN = 200

/** Errors of Fastify and its plugins that are the client's fault, by code or, without one, by name. */
const FRAMEWORK = new Map<string, () => ConnectraError>([
  [
    'FST_ERR_CTP_BODY_TOO_LARGE',
    () =>
      new ConnectraError(
        'ERR_PAYLOAD_TOO_LARGE',
        'the body is too large: send less at once, such as fewer records, or upload a file',
      ),
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    () => new ConnectraError('ERR_INVALID_VALUE', 'the length of the body does not match its Content-Length'),
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
    () => new ConnectraError('ERR_INVALID_VALUE', 'the body cannot be decompressed with its Content-Encoding'),
  ],
  [
    'FST_ERR_BAD_URL',
    () => new ConnectraError('ERR_INVALID_VALUE', 'the path is not a valid URL: encode "%" as "%25"'),
  ],
  ['FST_ERR_MAX_PARAM_LENGTH', nothingHere],
  // A path below /docs/static with "..", or with characters that a file name cannot have.
  ['FST_STATIC_FORBIDDEN_PATH', nothingHere],
  [
    'PreconditionFailedError',
    () =>
      new ConnectraError(
        'ERR_PRECONDITION_FAILED',
        'the file is another one than the request expects: send it without If-Match and If-Unmodified-Since',
      ),
  ],
  [
    'RangeNotSatisfiableError',
    () =>
      new ConnectraError(
        'ERR_RANGE_NOT_SATISFIABLE',
        'the range is outside of the file, whose size is in Content-Range: send another one, or no Range',
      ),
  ],
])

function nothingHere(): ConnectraError {
  return new ConnectraError('ERR_NOT_FOUND', 'there is nothing at this path: see /docs')
}

/** Converts anything thrown to the error that the client gets. */
function asConnectraError(error: unknown): ConnectraError {
  if (error instanceof ConnectraError) return error
  const { code, name } = (error ?? {}) as { readonly code?: string; readonly name?: string }
  const known = FRAMEWORK.get(code ?? name ?? '')
  if (known) return known()
  if (isUnavailable(error))
    return new ConnectraError('ERR_UNAVAILABLE', `${describeUnavailable(error)}: try again shortly`, { cause: error })
  return new ConnectraError('ERR_INTERNAL', 'internal error: report it with this request_id', {
    cause: error,
  })
}

function errorBody({ code, message, details = [], detailsText }: ConnectraError, requestId: string): string {
  const body = JSON.stringify({ success: false, error: `${code}: ${message}`, request_id: requestId })
  const list = detailsText ?? (details.length > 0 ? JSON.stringify(details) : null)
  return list === null ? body : `${body.slice(0, -1)},"details":${list}}`
}

export function replyWithError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = asConnectraError(thrown)
  const clientGone = request.raw.destroyed && !request.raw.complete
  if (clientGone) request.log.info('client disconnected before it sent the whole request')
  else if (error.code === 'ERR_CANCELLED') request.log.info(error.message)
  else if (error.code === 'ERR_UNAVAILABLE') logUnavailable(request, error)
  else if (error.status >= 500) request.log.error({ err: thrown }, error.message)
  const retryAfter = error.retryAfter ?? (error.status === 503 ? RETRY_AFTER : undefined)
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  if (error.status === 401) reply.header('WWW-Authenticate', 'Bearer')
  if (error.status === 416) reply.headers((thrown as { headers?: Record<string, string> }).headers ?? {})
  // Fastify closes the connection if a body is too large. Then the client would not see the reason.
  reply.removeHeader('Connection')
  // A reply that failed before its first byte may have been meant to be compressed.
  reply.removeHeader('Content-Encoding')
  reply.raw.removeHeader('Content-Encoding')
  discardBody(request, reply)
  return reply.status(error.status).type('application/json; charset=utf-8').send(errorBody(error, request.id))
}

/** Replies when the HTTP parser fails: the request is malformed, too large or too slow. There is no request object yet. */
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

/** Paths that other servers have for writing records. */
const OTHER_WRITES = /^\/(companies|contacts)\/(?:create|upsert|bulk)\/?$/

/** Unknown paths are 404. A known path with an unsupported method is 405, and the reply names the supported ones. */
export function refuseUnknownRoutes(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    const { allow } = request.routeOptions.config
    if (allow !== undefined) {
      // To the router these are uuids.
      const other = request.method === 'POST' ? OTHER_WRITES.exec(pathOf(request.url)) : null
      if (other !== null)
        throw new ConnectraError(
          'ERR_NOT_FOUND',
          `there is nothing at this path: create and update records with POST /${other[1]}/batch-upsert`,
        )
      reply.header('Allow', allow)
      throw new ConnectraError('ERR_METHOD_NOT_ALLOWED', `this path does not support ${request.method}: use ${allow}`)
    }
    if (request.is404)
      throw new ConnectraError(
        'ERR_NOT_FOUND',
        `there is nothing at ${request.method} ${pathOf(request.url).slice(0, SHOWN)}: see /docs`,
      )
  })
  app.setNotFoundHandler((request, reply) => replyWithError(nothingHere(), request, reply))
}

/** The path without the query string, which may contain a signature. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
