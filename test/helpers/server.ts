/** A complete server for a test file: the production builder, with its own database, engine and directory. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pino } from 'pino'
import * as JsonSchema from 'typebox/schema'
import { openKeyRing } from '../../src/access/key-ring.ts'
import { createKey } from '../../src/access/keys.ts'
import { readConfig } from '../../src/config.ts'
import { getSecret } from '../../src/database/secrets.ts'
import { openDirectoryStore } from '../../src/files/directory.ts'
import type { App, ServerParts } from '../../src/http/parts.ts'
import { buildServer } from '../../src/http/server.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { openSearchEngine } from '../../src/search-engine.ts'
import { openStore } from '../../src/store.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { stackOf } from './stack.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON of every shape
  readonly body: any
}

export interface TestServer {
  readonly app: App
  readonly url: string
  /** In front of the keys of files in signed URLs. */
  readonly filesUrl: string
  /** What commands need beside the database to use the same files and the same index. */
  readonly stack: Readonly<Record<string, string>>
  /** A valid API key, with admin rights. */
  readonly key: string
  readonly parts: ServerParts
  readonly engine: SearchEngine
  readonly database: TestDatabase
  /** Of the files. */
  readonly directory: string
  /** The lines of the log, as JSON text. */
  readonly log: readonly string[]
  /** Sends a request with the key and `body` as JSON. The reply is checked against the OpenAPI document. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/**
 * `environment` overrides settings by the names of their variables; `overrides` replaces whole parts. With `other`, the server is
 * another node: it uses the database and the files of that server, and has its own index and key.
 */
export async function startTestServer(
  environment: Readonly<Record<string, string>> = {},
  overrides: Partial<ServerParts> = {},
  other?: Pick<TestServer, 'database' | 'directory'>,
): Promise<TestServer> {
  const database = other?.database ?? (await createTestDatabase())
  const directory = other?.directory ?? (await mkdtemp(join(tmpdir(), 'connectra-test-')))
  const stack = stackOf(database)
  const config = readConfig({ ...stack, ...environment })
  const log: string[] = []
  const silent = pino({ level: 'silent' })
  const engine =
    config.opensearchUrl === null
      ? openEmbeddedEngine({ databaseUrl: database.url, directory: null, log: silent })
      : await openSearchEngine(config, { url: database.url, server: null }, silent)
  const keys = await openKeyRing(database.pool, config.apiKeys)
  let url = ''
  const store =
    config.s3Bucket.length > 0
      ? await openStore(config, database.pool, () => url)
      : await openDirectoryStore({
          directory,
          publicUrl: () => url,
          secret: await getSecret(database.pool, 'signed-urls'),
          maxUploadBytes: config.maxUpload,
          urlSeconds: config.urlExpiry,
        })
  const parts: ServerParts = {
    config,
    database: database.pool,
    engine,
    store,
    keys,
    log: pino({ level: 'debug' }, { write: line => log.push(line) }),
    // Whether the console is built here must not matter.
    consoleDirectory: join(directory, 'no-console'),
    ...overrides,
  }
  const app = await buildServer(parts)
  await app.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  await engine.ready()
  const { key } = await createKey(database.pool, 'tests', { admin: true })
  await keys.refresh()
  after(async () => {
    await app.close()
    await keys.close()
    await engine.close()
    await rm(directory, { recursive: true, force: true })
  })

  const filesUrl =
    config.s3Bucket.length > 0 ? `${config.s3Endpoint}/${config.s3Bucket[0]}/${config.s3Prefix}` : `${url}/files/`
  const checkReply = replyChecker(app)
  /** The newest position in a reply. Searches in a shared index wait for it. */
  let seq = 0
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const hasMinSeq = new Headers(headers).has('x-connectra-min-seq')
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(engine.shared && !hasMinSeq ? { 'x-connectra-min-seq': String(seq) } : {}),
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'manual',
    })
    seq = Math.max(seq, Number(response.headers.get('x-connectra-seq')))
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : text,
    }
    if (isJson && text) checkReply(method, path, answer)
    return answer
  }
  return {
    app,
    url,
    filesUrl,
    stack,
    key,
    parts,
    engine,
    database,
    directory,
    log,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
  }
}

type Operation = { readonly responses?: Readonly<Record<string, { content?: Record<string, { schema: object }> }>> }

/** Returns a function that fails if a reply does not match the OpenAPI document. */
function replyChecker(app: App) {
  const { paths, components } = app.swagger() as {
    paths: Record<string, Record<string, Operation>>
    components: object
  }
  const routes = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/\{[^}]+\}/g, '[^/]+')}/?$`),
    fixed: !path.includes('{'),
    operations,
  }))
  const compiled = new Map<object, ReturnType<typeof JsonSchema.Compile>>()
  return (method: string, path: string, { status, body }: Answer): void => {
    const found = routes.filter(route => route.pattern.test(path.replace(/\?.*$/, '').replaceAll('//', '/')))
    const route = found.find(route => route.fixed) ?? found[0]
    const responses = route?.operations[method.toLowerCase()]?.responses
    const schema = (responses?.[status] ?? responses?.[`${Math.floor(status / 100)}XX`])?.content?.['application/json']
      ?.schema
    if (!schema) {
      assert.ok(!route || status >= 400, `${method} ${path} ${status} is not documented`)
      return
    }
    let validator = compiled.get(schema)
    if (!validator) {
      validator = JsonSchema.Compile({ ...schema, components } as never)
      compiled.set(schema, validator)
    }
    assert.ok(
      validator.Check(body),
      `${method} ${path} ${status} differs from its documentation: ${JSON.stringify(validator.Errors(body))} ${JSON.stringify(body)}`,
    )
  }
}
