/** A JSON body is read whatever its Content-Type says, or without one; only what can be no JSON is refused. */
import { ConnectraError } from '../errors.ts'
import type { App } from './parts.ts'

const FORM = /^\s*(multipart\/|application\/x-www-form-urlencoded)/i

export function readJsonBodies(app: App): void {
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
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => parseJson(body))
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
