/** Reads JSON bodies whatever their Content-Type, or without one. Only the types of HTML forms are rejected. */
import type { FastifyRequest } from 'fastify'
import { ConnectraError } from '../errors.ts'
import { decodeJson, parseJson } from '../json/parse.ts'
import { openBatchReader } from './batch/batch-reader.ts'
import { checkJsonShape } from './json-shape.ts'
import type { App, HttpConfig } from './parts.ts'

const FORM = /^\s*(multipart\/|application\/x-www-form-urlencoded)/i

/**
 * Bytes of a body that is not a batch. The largest valid query has 1 MB in ASCII and 3 MB in other scripts; the data of a job has
 * up to 2,000,000 characters.
 */
const QUERY_BODY = 4 << 20
/** Keys in such a body. A mapping has up to 16,384. */
const QUERY_KEYS = 50_000

export function readJsonBodies(app: App, { maxBatch, maxBody }: HttpConfig): void {
  app.addHook('onRoute', route => {
    if (!route.config?.takesBatch) route.bodyLimit ??= Math.min(QUERY_BODY, maxBody)
  })
  app.addHook('onRequest', async request => {
    const type = request.headers['content-type']
    if (type !== undefined && FORM.test(type) && !request.routeOptions.config.takesFile)
      throw new ConnectraError(
        'ERR_UNSUPPORTED_MEDIA_TYPE',
        'the body is a form: send JSON with the header "Content-Type: application/json"',
      )
    // Without this header Fastify uses the catch-all parser. With it, Fastify rejects values that are not a valid media type.
    delete request.headers['content-type']
  })
  const batches = openBatchReader()
  app.addHook('onClose', async () => batches.close())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { takesBatch: kind } = request.routeOptions.config
    if (kind !== undefined) return await batches.read(body, { kind, maxBatch }, request.raw.socket)
    await checkJsonShape(body, QUERY_KEYS)
    const text = decodeJson(body, { skipMark: true })
    return text.trim() === '' ? undefined : parseJson(text)
  })
}
