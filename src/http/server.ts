/** Builds the HTTP server: everything that handles a request, in order. It does not listen yet. */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { LogController } from 'fastify'
import { openConsole } from '../console/built-console.ts'
import { openUpserts } from '../records/write/upsert-together.ts'
import { logRequests } from './access-log.ts'
import { requireKey } from './auth.ts'
import { closeOnStop } from './connections/close-on-stop.ts'
import { limitClients } from './connections/slow-clients.ts'
import { refuseUnknownRoutes, replyToBrokenRequest, replyWithError } from './error-reply.ts'
import { readJsonBodies } from './json-body.ts'
import { watchMethods } from './methods.ts'
import { collectOpenApi, serveDocs } from './openapi.ts'
import type { App, ServerParts } from './parts.ts'
import { limitRate } from './rate-limit.ts'
import { adminKeyRoutes } from './routes/admin-keys.ts'
import { companyRoutes } from './routes/companies.ts'
import { consoleReader, serveAssets } from './routes/console.ts'
import { consoleSessionRoutes } from './routes/console-session.ts'
import { consoleViewRoutes } from './routes/console-views.ts'
import { contactRoutes } from './routes/contacts.ts'
import { downloadRoutes } from './routes/downloads.ts'
import { fileRoutes } from './routes/files.ts'
import { filterRoutes } from './routes/filters.ts'
import { healthRoutes, openHealth } from './routes/health.ts'
import { importRoutes } from './routes/imports.ts'
import { jobStatsRoutes } from './routes/job-stats.ts'
import { jobRoutes } from './routes/jobs.ts'
import { probeRoutes } from './routes/probes.ts'
import { rowRoutes } from './routes/rows.ts'
import { welcomeBrowsers } from './routes/welcome.ts'
import { compileValidator } from './validation.ts'

/** Smaller replies (bytes) are not compressed: it would take more time than it saves on the network. */
const COMPRESS_FROM = 4096
/** The plugin's default does not include ndjson. */
const COMPRESSIBLE = /^text\/|json(?:;|$)/i
/** The time limit for the headers of a request, and how often it is checked. Milliseconds. */
const HEAD_WITHIN = 15_000
const HEAD_CHECKED_EVERY = 5_000
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/

export async function buildServer(given: ServerParts): Promise<App> {
  const parts: ServerParts = { ...given, store: given.store.forRequests ?? given.store }
  const { config } = parts
  const app: App = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    requestIdHeader: false,
    genReqId: request => {
      const sent = request.headers['x-request-id']
      return typeof sent === 'string' && SANE_REQUEST_ID.test(sent) ? sent : randomUUID()
    },
    bodyLimit: config.maxBody,
    trustProxy: config.trustProxy,
    http: { headersTimeout: HEAD_WITHIN, connectionsCheckingInterval: HEAD_CHECKED_EVERY },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 1000 },
    // Requests on connections that are still open are answered while the server closes.
    return503OnClosing: false,
    frameworkErrors: replyWithError,
    clientErrorHandler: replyToBrokenRequest,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // The schemas of replies are only documentation: nothing is dropped or converted.
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  app.setErrorHandler(replyWithError)

  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id)
    reply.header('X-Content-Type-Options', 'nosniff')
  })
  closeOnStop(app, parts.stopping)
  logRequests(app)
  limitClients(app)
  await app.register(cors, {
    origin: config.corsOrigins.includes('*') ? '*' : config.corsOrigins.length > 0 ? [...config.corsOrigins] : false,
    methods: ['GET', 'HEAD', 'POST', 'PUT'],
    exposedHeaders: ['X-Connectra-Seq', 'X-Request-Id', 'Retry-After', 'Content-Disposition'],
    maxAge: 86_400,
    strictPreflight: false,
  })
  const readHealth = openHealth(parts)
  const readBuild = openConsole(parts.consoleDirectory)
  welcomeBrowsers(app, consoleReader(parts, readBuild), readHealth)
  requireKey(app, parts.keys)
  refuseUnknownRoutes(app)
  readJsonBodies(app, config)
  await limitRate(app, config.rateLimit)
  await app.register(compress, {
    threshold: COMPRESS_FROM,
    customTypes: COMPRESSIBLE,
    encodings: ['br', 'gzip', 'deflate'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
  })
  await collectOpenApi(app, config)
  const refuseOtherMethods = watchMethods(app)

  const writeParts = { ...parts, upsert: openUpserts(parts.database) }
  companyRoutes(app, writeParts)
  contactRoutes(app, writeParts)
  downloadRoutes(app, parts)
  rowRoutes(app, writeParts)
  filterRoutes(app, parts)
  importRoutes(app, parts)
  jobStatsRoutes(app, parts)
  jobRoutes(app, parts)
  fileRoutes(app, parts)
  adminKeyRoutes(app, parts)
  consoleSessionRoutes(app, parts)
  consoleViewRoutes(app, parts)
  healthRoutes(app, readHealth)
  probeRoutes(app, parts, readHealth)
  await serveDocs(app)
  serveAssets(app, readBuild)
  refuseOtherMethods()
  return app
}
