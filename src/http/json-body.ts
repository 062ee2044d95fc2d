/** A JSON body is read whatever its Content-Type says, or without one; only what can be no JSON is refused. */
import type { FastifyRequest } from 'fastify'
import { ConnectraError } from '../errors.ts'
import { checkJsonShape } from './json-shape.ts'
import type { App, HttpConfig } from './parts.ts'

const FORM = /^\s*(multipart\/|application\/x-www-form-urlencoded)/i

/** Bytes of a body that is no batch: a query at its bounds has 1 MB of ASCII, 3 MB of others; a job may have 2,000,000 characters. */
const QUERY_BODY = 4 << 20
/** Keys of such a body: a mapping has up to 16,384. */
const QUERY_KEYS = 50_000
/** Keys of a record of a batch, on average. */
const RECORD_KEYS = 200

export function readJsonBodies(app: App, { maxBatch, maxBody }: HttpConfig): void {
  app.addHook('onRoute', route => {
    if (!route.config?.takesBatch) route.bodyLimit ??= Math.min(QUERY_BODY, maxBody)
  })
  app.addHook('onRequest', async request => {
    const type = request.headers['content-type']
    if (type !== undefined && FORM.test(type) && !request.routeOptions.config.takesFile)
      throw new ConnectraError(
        'ERR_UNSUPPORTED_MEDIA_TYPE',
        'a form was sent: send JSON, with the header "Content-Type: application/json"',
      )
    // Without the header Fastify asks the parser of everything, even where the header is no media type at all.
    delete request.headers['content-type']
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    await checkJsonShape(body, request.routeOptions.config.takesBatch ? maxBatch * RECORD_KEYS : QUERY_KEYS)
    return parseJson(body)
  })
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Undefined for an empty body. A byte order mark is skipped. */
function parseJson(body: Buffer): unknown {
  try {
    const text = decoder.decode(body)
    return text.trim() === '' ? undefined : JSON.parse(text)
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not UTF-8'
    throw new ConnectraError('ERR_INVALID_JSON', `the body is not valid JSON: ${reason}`)
  }
}
