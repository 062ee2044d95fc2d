import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { generateDocuments } from '../../scripts/documents.ts'
import { FIELDS, isSortable, queryableNames, resolveText, textNames } from '../../src/fields.ts'
import { openApiDocument } from '../../src/http/documents.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required: boolean }[]
  readonly responses: Readonly<Record<string, { readonly description: string; readonly headers?: object }>>
}

interface OpenApi {
  readonly openapi: string
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const ROUTES = [
  'GET /admin/keys',
  'GET /common/download-url',
  'GET /common/jobs/stats',
  'GET /common/jobs/{uuid}',
  'GET /common/upload-url',
  'GET /common/{service}/filters',
  'GET /companies/filters',
  'GET /companies/{uuid}',
  'GET /console/session',
  'GET /console/views',
  'GET /contacts/filters',
  'GET /contacts/{uuid}',
  'GET /files/{folder}/{name}',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'HEAD /files/{folder}/{name}',
  'POST /admin/keys',
  'POST /admin/keys/{id}/revoke',
  'POST /common/batch-upsert',
  'POST /common/imports/preview',
  'POST /common/jobs',
  'POST /common/jobs/create',
  'POST /common/jobs/{uuid}/cancel',
  'POST /common/jobs/{uuid}/retry',
  'POST /common/{service}/filters/data',
  'POST /companies',
  'POST /companies/batch-upsert',
  'POST /companies/count',
  'POST /companies/export',
  'POST /companies/filters/data',
  'POST /console/session',
  'POST /console/session/end',
  'POST /console/views',
  'POST /console/views/{uuid}',
  'POST /console/views/{uuid}/delete',
  'POST /contacts',
  'POST /contacts/batch-upsert',
  'POST /contacts/count',
  'POST /contacts/export',
  'POST /contacts/filters/data',
  'PUT /files/{folder}/{name}',
]

function operationsOf(document: OpenApi) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
}

test('The generated documents are up to date: run `npm run docs` if this fails', async () => {
  for (const [path, text] of Object.entries(await generateDocuments()))
    assert.equal(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'), text, path)
})

test('The OpenAPI document covers every route', async () => {
  const { status, body } = await server.get('/openapi.json')
  assert.equal(status, 200)
  const listed = operationsOf(body).map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(listed.sort(), ROUTES)
})

test('The OpenAPI document is valid: references resolve, operation ids are unique, parameters are declared', async () => {
  const document: OpenApi = (await server.get('/openapi.json')).body
  assert.match(document.openapi, /^3\.1\./)
  const text = JSON.stringify(document)
  for (const [, pointer] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
    const target = pointer!
      .split('/')
      .slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document)
    assert.ok(target, pointer)
  }
  assert.equal([...text.matchAll(/"\$ref":"(?!#\/)/g)].length, 0)
  const tags = new Set(document.tags.map(tag => tag.name))
  const names = new Set<string>()
  for (const { path, method, operation } of operationsOf(document)) {
    const here = `${method} ${path}`
    assert.ok(operation.summary, here)
    assert.ok(operation.tags.length === 1 && tags.has(operation.tags[0]!), here)
    assert.ok(operation.operationId && !names.has(operation.operationId), here)
    names.add(operation.operationId)
    assert.ok(operation.description, here)
    assert.ok(operation.responses['4XX'] && operation.responses['5XX'], here)
    for (const { description } of Object.values(operation.responses))
      assert.notEqual(description, 'Default Response', here)
    const declared = operation.parameters?.filter(parameter => parameter.in === 'path') ?? []
    assert.deepEqual(
      declared.map(parameter => parameter.name).sort(),
      [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort(),
      here,
    )
    const open = path.startsWith('/health') || path.startsWith('/files/')
    // A code opens a session without a key.
    const optional = here === 'POST /console/session' ? [{}, { bearer: [] }, { apiKey: [] }] : undefined
    assert.deepEqual(operation.security, open ? [] : optional, here)
    const headers = Object.keys(operation.responses['200']?.headers ?? {})
    assert.equal(headers.includes('Cache-Control'), !open || /^(GET|HEAD) \/files/.test(here), here)
  }
})

test('The OpenAPI document suits generators of clients', async () => {
  const document = (await server.get('/openapi.json')).body
  assert.deepEqual(document.servers, [{ url: '/', description: 'This server' }])
  const text = JSON.stringify(document)
  // Generators treat a member with a default as one that always has a value.
  assert.doesNotMatch(text, /"default":/)
  const { schemas } = document.components
  for (const [name, names] of [
    ['ContactFilterKey', queryableNames('contact')],
    ['ContactSortKey', textNames('contact').filter(name => isSortable(resolveText('contact', name)!))],
    ['CompanySortKey', FIELDS.company.filter(isSortable).map(field => field.name)],
    ['ContactColumn', [...FIELDS.contact.map(field => field.name), 'deleted_at']],
    ['ContactExportColumn', [...queryableNames('contact'), 'deleted_at']],
  ] as const)
    assert.deepEqual(schemas[name].enum, names, name)
  assert.deepEqual(Object.keys(schemas.ContactKeywords.properties), textNames('contact'))
  const { requestBody, responses } = document.paths['/contacts'].post
  assert.equal(requestBody.required, false)
  assert.deepEqual(Object.keys(responses['200'].headers), ['X-Request-Id', 'Cache-Control'])
  assert.deepEqual(Object.keys(responses['5XX'].headers), ['X-Request-Id', 'Retry-After'])
  const upsert = document.paths['/contacts/batch-upsert'].post
  assert.equal(upsert.requestBody.required, true)
  assert.deepEqual(Object.keys(upsert.responses['200'].headers), ['X-Request-Id', 'X-Connectra-Seq', 'Cache-Control'])
  const file = document.paths['/files/{folder}/{name}']
  assert.deepEqual(Object.keys(file.get.responses), ['200', '206', '416', '4XX', '5XX'])
  assert.ok(Object.values<{ content?: object }>(file.head.responses).every(({ content }) => content === undefined))
})

test('PUBLIC_URL is the server of the OpenAPI document', async () => {
  const { servers } = JSON.parse(await openApiDocument({ PUBLIC_URL: 'https://example.com/connectra/' }))
  assert.equal(servers[0].url, 'https://example.com/connectra')
})

test('The documentation page loads nothing from another host and has no inline script', async () => {
  const page = await fetch(`${server.url}/docs`)
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  // By default Swagger UI sends the document to its vendor's server for validation.
  const setup = await (await fetch(`${server.url}/docs/static/swagger-initializer.js`)).text()
  assert.match(setup, /validatorUrl: null/)
  assert.match(policy, /script-src 'self';/)
  assert.doesNotMatch(policy, /upgrade-insecure-requests|https?:/)
  const html = await page.text()
  const scripts = [...html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)]
  assert.ok(scripts.length >= 2 && scripts.every(([tag, inline]) => tag.includes('src=') && inline!.trim() === ''))
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1]!)
  for (const link of links) {
    const url = new URL(link, page.url)
    assert.equal(url.origin, server.url, link)
    const loaded = await fetch(url)
    assert.equal(loaded.status, 200, link)
    if (link.endsWith('.css')) assert.doesNotMatch(await loaded.text(), /url\(['"]?https?:/, link)
  }
})
