/** Serves the API description: `/openapi.json`, and `/docs` to read it and try requests. Nothing is loaded from another host. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { RouteOptions } from 'fastify'
import { packageJson } from '../package-json.ts'
import { addExamples } from './examples.ts'
import type { App, HttpConfig } from './parts.ts'
import { finishDocument } from './schemas/finish-document.ts'
import { addSchemas, errorReplies } from './schemas.ts'

const DESCRIPTION = `Companies and contacts: upsert them without duplicates, search them by any field, import and export files.

Every request needs an API key, except on open paths: send it as \`Authorization: Bearer <key>\` or \`X-API-Key: <key>\`.
Managing keys needs an admin key; the first key of a server is one.
Every success has the status 200. The body of an error is \`{"success": false, "error": "ERR_CODE: …", "request_id": "…", "details": […]}\`.
The reply to a write has the header \`X-Connectra-Seq\`. A search that sends its value as \`X-Connectra-Min-Seq\` sees this write on every node.
A member of a request that is null counts as not sent; so does an empty string, list or object (\`""\`, \`[]\`, \`{}\`) in a query, as some
clients encode what is not set. Unknown members are an error, except in CSV-like rows.
The examples use the data of the tour in the README. Longer lists in replies are cut to three items.`

const TAGS = [
  { name: 'Companies', description: 'Search, count and upsert companies' },
  { name: 'Contacts', description: 'Search, count and upsert contacts' },
  { name: 'Rows', description: 'CSV-like rows, each with a company, a contact or both' },
  { name: 'Filters', description: 'The filters of each service and their values' },
  { name: 'Jobs', description: 'Background imports and exports of files' },
  { name: 'Files', description: 'Signed URLs for uploads and downloads' },
  { name: 'Keys', description: 'API keys, for holders of admin keys' },
  { name: 'Console', description: 'What the console uses: sessions and saved views' },
  { name: 'Server', description: 'The state of this server' },
]

/** Swagger UI uses inline styles, but no inline scripts. No `upgrade-insecure-requests`, because many installations have no TLS. */
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

/** Has to run before the routes are added, because it collects them as they are. */
export async function collectOpenApi(app: App, { publicUrl }: HttpConfig): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Connectra',
        version: packageJson.version,
        description: DESCRIPTION,
        contact: { name: 'Connectra' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl ?? '/', description: 'This server' }],
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
      finishDocument(document.openapiObject as Parameters<typeof finishDocument>[0])
      addExamples((document.openapiObject.paths ?? {}) as Record<string, object>)
      return document.openapiObject
    },
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, i) => String(json.$id ?? `schema-${i}`) },
  })
  addSchemas(app)
  app.addHook('onRoute', (route: RouteOptions) => {
    const { schema, config } = route
    if (!schema || schema.hide) return
    if (config?.open) schema.security = config.takesKey ? [{}, { bearer: [] }, { apiKey: [] }] : []
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
