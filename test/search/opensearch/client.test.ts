import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { ConnectraError } from '../../../src/errors.ts'
import { resolveField } from '../../../src/fields.ts'
import { openAsker } from '../../../src/search/opensearch/ask.ts'
import { raiseClauseLimit } from '../../../src/search/opensearch/cluster/clause-limit.ts'
import { describeOutage, OpenSearchError, openClient } from '../../../src/search/opensearch/cluster/client.ts'
import { writeAll } from '../../../src/search/opensearch/write/bulk.ts'

async function startNode(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(...urls: string[]) {
  const client = openClient(urls, null)
  after(() => client.close())
  return client
}

/** Nothing listens there. */
const GONE = 'http://127.0.0.1:1'

test('a request that a node cannot answer is sent to another one', async () => {
  const busy = await startNode((_, response) => response.writeHead(503).end('{}'))
  const well = await startNode((_, response) => response.end('{"ok":true}'))
  const client = open(GONE, busy, well)
  for (let tries = 0; tries < 3; tries++) assert.deepEqual((await client.request('GET', '/')).body, { ok: true })
})

test('a node whose connections are all taken by searches is not taken for one that hangs', async () => {
  let checks = 0
  let searches = 0
  const release = Promise.withResolvers<void>()
  const start = async () =>
    await startNode(async (request, response) => {
      if (request.url === '/') {
        if (++checks >= 12) release.resolve()
      } else {
        searches++
        await release.promise
      }
      response.end('{}')
    })
  const client = openClient([await start(), await start()], null, { sockets: 1, checkEvery: 20, checkWithin: 2_000 })
  after(() => client.close())
  const ask = async () => await client.request('GET', '/a/_search', { timeoutMs: 10_000 })
  await Promise.all([ask(), ask(), ask(), ask()])
  assert.equal(searches, 4)
})

test('without any node that answers, a request fails as unavailable within its time', async () => {
  const silent = await startNode(() => {})
  const cases = [
    [GONE, 'cannot be reached', /ECONNREFUSED/],
    [silent, 'does not answer', /\(no node answered in time\)/],
  ] as const
  for (const [url, outage, reason] of cases) {
    await assert.rejects(open(url).request('GET', '/', { timeoutMs: 50 }), error => {
      assert.ok(error instanceof ConnectraError && error.code === 'ERR_UNAVAILABLE' && error.retryAfter! > 0)
      assert.match(error.message, reason)
      assert.equal(describeOutage(error), outage)
      return true
    })
  }
})

test('an error of the cluster has its status, type and root cause, and the password is sent but not shown', async () => {
  let authorization: string | undefined
  const node = await startNode((request, response) => {
    authorization = request.headers.authorization
    response
      .writeHead(400)
      .end('{"error":{"type":"outer","root_cause":[{"type":"parsing_exception","reason":"no [x]"}]},"status":400}')
  })
  const client = open(node.replace('http://', 'http://user:se%20cret@'))
  await assert.rejects(client.request('POST', '/a/_search', { body: {} }), (error: unknown) => {
    assert.ok(error instanceof OpenSearchError)
    assert.equal(error.type, 'parsing_exception')
    assert.equal(error.message, 'OpenSearch replied 400 parsing_exception: no [x]')
    return true
  })
  assert.equal(authorization, `Basic ${Buffer.from('user:se cret').toString('base64')}`)
})

test('bulk writes carry versions, wait while the cluster is busy, and take a conflict for success', async () => {
  const bodies: string[] = []
  const replies: [status: number, body: object][] = [
    [429, {}],
    [
      200,
      {
        errors: true,
        items: [{ index: { status: 201 } }, { index: { status: 429, error: {} } }, { delete: { status: 404 } }],
      },
    ],
    [200, { errors: true, items: [{ index: { status: 409, error: {} } }] }],
  ]
  const node = await startNode(async (request, response) => {
    bodies.push((await Array.fromAsync(request)).join(''))
    const [status, body] = replies.shift()!
    response.writeHead(status).end(JSON.stringify(body))
  })
  const operations = [
    { index: 'a', uuid: '1', document: { x: 1 } },
    { index: 'a', uuid: '2', document: { x: 2 } },
    { index: 'a', uuid: '3', document: null },
  ]
  await writeAll(open(node), operations, 7, new AbortController().signal)
  const line = (action: string, id: string) =>
    `{"${action}":{"_index":"a","_id":"${id}","version":7,"version_type":"external"}}\n`
  const all = `${line('index', '1')}{"x":1}\n${line('index', '2')}{"x":2}\n${line('delete', '3')}`
  assert.deepEqual(bodies, [all, all, `${line('index', '2')}{"x":2}\n`])
})

test('a document that the index refuses ends the write', async () => {
  const reply = {
    errors: true,
    items: [{ index: { status: 400, error: { type: 'strict_dynamic_mapping_exception', reason: 'new field' } } }],
  }
  const node = await startNode((_, response) => response.end(JSON.stringify(reply)))
  const operations = [{ index: 'a', uuid: '1', document: {} }]
  await assert.rejects(
    writeAll(open(node), operations, 1, new AbortController().signal),
    /strict_dynamic_mapping_exception: new field/,
  )
})

test('a limit of the cluster that may not be raised is a warning; a cluster that cannot be reached is an error', async () => {
  const warnings: unknown[] = []
  const log = { info() {}, warn: (details: object) => void warnings.push(details), error() {} }
  const forbidding = await startNode((_, response) => response.writeHead(403).end('{"error":"no right"}'))
  await raiseClauseLimit(open(forbidding), log)
  assert.equal(warnings.length, 1)
  await assert.rejects(raiseClauseLimit(open(GONE), log), { code: 'ERR_UNAVAILABLE' })
  assert.equal(warnings.length, 1)
})

test('the searches of a facet are sent in bodies of a few megabytes, however long its query is', async () => {
  const values = Array.from({ length: 100 }, (_, index) => `city ${index}`)
  const sizes: number[] = []
  let searched = 0
  const node = await startNode(async (request, response) => {
    const body = (await Array.fromAsync(request)).join('')
    const reply = (json: object) => response.end(JSON.stringify(json))
    if (request.url!.includes('point_in_time')) return reply({ pit_id: 'a' })
    if (request.url!.includes('_msearch')) {
      sizes.push(body.length)
      const responses = body.match(/"city.exact":"city \d+"/g)!
      searched += responses.length
      return reply({ responses: responses.map(found => ({ hits: { hits: [{ sort: [found] }] } })) })
    }
    const after = (JSON.parse(body) as { aggs: { values: { composite: { after?: object } } } }).aggs.values.composite
      .after
    const buckets = after === undefined ? values.map(value => ({ key: { value }, doc_count: 1 })) : []
    return reply({ aggregations: { values: { buckets, ...(after === undefined && { after_key: { value: 'z' } }) } } })
  })
  const field = resolveField('company', 'city')!
  const long = { type: 'terms', field, values: ['x'.repeat(100_000)] } as const
  const request = { service: 'company', field, where: long, contains: '', offset: 0, limit: 100 } as const
  const found = await openAsker(open(node), 'p', 5_000).facet(request)
  assert.equal(searched, 200)
  assert.ok(sizes.length === 2 && Math.max(...sizes) < 5_000_000, sizes.join())
  assert.deepEqual(
    found.map(({ folded, uuid, spelled }) => [folded, uuid, spelled]),
    values.toSorted().map(value => [value, `"city.exact":"${value}"`, `"city.exact":"${value}"`]),
  )
})

test('a client of the API does not see the address of a node that cannot be reached', async () => {
  const asker = openAsker(open(GONE), 'p', 1_000)
  await assert.rejects(asker.count('company', { type: 'all' }), {
    code: 'ERR_UNAVAILABLE',
    message: 'the search cluster cannot be reached; try again shortly',
  })
})

test('a facet whose values do not end within the time of a query fails, and frees its moment of the index', async () => {
  const seen: string[] = []
  const node = await startNode((request, response) => {
    seen.push(request.method!)
    const buckets = [{ key: { value: 'rome' }, doc_count: 1 }]
    const reply = request.url!.includes('point_in_time')
      ? { pit_id: 'a' }
      : { aggregations: { values: { buckets, after_key: { value: 'rome' } } } }
    response.end(JSON.stringify(reply))
  })
  const field = resolveField('company', 'city')!
  const request = { service: 'company', field, where: { type: 'all' }, contains: '', offset: 0, limit: 1 } as const
  await assert.rejects(openAsker(open(node), 'p', 100).facet(request), { code: 'ERR_QUERY_TIMEOUT' })
  assert.equal(seen.at(-1), 'DELETE')
})
