/** The description of the API: `/openapi.json`, and `/docs` to read and try it. Nothing in it comes from another host. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { RouteOptions } from 'fastify'
import packageJson from '../../package.json' with { type: 'json' }
import { addExamples } from './examples.ts'
import type { App } from './parts.ts'
import { addSchemas, errorReplies } from './schemas.ts'

const DESCRIPTION = `Companies and contacts: upserted without duplicates, searched by any filter, files in and out.

Every request but those to open paths carries an API key, as \`Authorization: Bearer <key>\` or \`X-API-Key: <key>\`.
Every success is 200. An error's body is \`{"success": false, "error": "ERR_CODE: …", "request_id": "…", "details": […]}\`.
The examples use the data of the tour in the README. Longer lists in replies are cut to three items.
A write answers with the header \`X-Connectra-Seq\`; a search with \`X-Connectra-Min-Seq: <that>\` includes it on every node.`

const TAGS = [
  { name: 'Companies', description: 'Search, count and upsert companies' },
  { name: 'Contacts', description: 'Search, count and upsert contacts' },
  { name: 'Rows', description: 'CSV-like rows: a company and a contact each' },
  { name: 'Filters', description: 'What can be filtered, and the values there are' },
  { name: 'Jobs', description: 'Files in and out, in the background' },
  { name: 'Files', description: 'Signed URLs for uploads and downloads' },
  { name: 'Server', description: 'The state of this server' },
]

/** Styles are inline in Swagger UI, scripts are not. No `upgrade-insecure-requests`: many installations have no TLS. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ')

/** Before the routes, which it collects as they are added. */
export async function collectOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Connectra',
        version: packageJson.version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: TAGS,
      security: [{ bearer: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
    transformObject: document => {
      if (!('openapiObject' in document)) return document.swaggerObject
      addExamples((document.openapiObject.paths ?? {}) as Record<string, object>)
      return document.openapiObject
    },
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, i) => String(json.$id ?? `schema-${i}`) },
  })
  addSchemas(app)
  app.addHook('onRoute', (route: RouteOptions) => {
    const { schema, config } = route
    if (!schema || schema.hide) return
    if (config?.open) schema.security = []
    schema.response = { ...(schema.response as object), ...errorReplies }
  })
}

export async function serveDocs(app: App): Promise<void> {
  app.get('/openapi.json', { config: { open: true }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(app.swagger()),
  )
  await app.register(async docs => {
    docs.addHook('onRoute', (route: RouteOptions) => {
      route.config = { ...route.config, open: true }
    })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: CSP,
      uiConfig: {
        layout: 'BaseLayout',
        persistAuthorization: true,
        tryItOutEnabled: true,
        docExpansion: 'list',
        deepLinking: true,
      },
      theme: { title: 'Connectra API' },
    })
  })
}
