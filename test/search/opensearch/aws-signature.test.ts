/** Requests to a node that verifies their signatures as Amazon OpenSearch Service does. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, test } from 'node:test'
import { openAsker } from '../../../src/search/opensearch/ask.ts'
import { describeCluster } from '../../../src/search/opensearch/cluster/describe.ts'
import { openClusterClient } from '../../../src/search/opensearch/cluster/open-client.ts'
import { type Credentials, signatureProblem } from '../../files/s3/verify-signature.ts'

const KNOWN: Credentials = { accessKeyId: 'the-key', secretAccessKey: 'the-secret' }
const TEMPORARY: Credentials = { ...KNOWN, sessionToken: 'the/token+of=this session' }

let known = KNOWN
let requests = 0

const server = createServer(async (request, response) => {
  requests++
  const problem = signatureProblem(request, Buffer.concat(await Array.fromAsync(request)), known)
  if (problem === null) response.end('{"ok":true}')
  else response.writeHead(403).end(JSON.stringify({ message: `refused: ${problem}` }))
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
after(() => {
  server.closeAllConnections()
  server.close()
})
const cluster = {
  urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
  caFile: null,
  awsRegion: 'eu-central-1',
  prefix: 'p',
  shards: 1,
  replicas: 0,
}

/** The credentials of this machine play no part. */
function authenticate(credentials: Credentials | null): void {
  const values: Record<string, string | undefined> = {
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    AWS_SESSION_TOKEN: credentials?.sessionToken,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  for (const [name, value] of Object.entries(values)) if (value !== undefined) process.env[name] = value
}

async function open() {
  const client = await openClusterClient(cluster)
  after(() => client.close())
  return client
}

beforeEach(() => {
  known = KNOWN
  requests = 0
})

test('every request is signed: its method, path, query and body', async () => {
  authenticate(KNOWN)
  const client = await open()
  const index = 'p-company-*,p-contact-*'
  for (const [method, path, body] of [
    ['GET', '/'],
    ['GET', `/_cat/indices/${index}?format=json&h=index&expand_wildcards=all`],
    ['POST', `/${index}/_search?allow_partial_search_results=false`, { query: { match: { name: 'Zoë ✓' } } }],
    ['POST', '/_bulk', '{"index":{"_index":"a","_id":"1"}}\n{"name":"Zoë ✓"}\n'],
    ['PUT', '/p-position/_doc/position?version=7&version_type=external_gte', { seq: 7 }],
    ['DELETE', '/p-company-abc'],
  ] as const) {
    const reply = await client.request(method, path, body === undefined ? {} : { body })
    assert.deepEqual(reply.body, { ok: true }, path)
  }
})

test('the token of temporary credentials is sent and signed', async () => {
  known = TEMPORARY
  authenticate(TEMPORARY)
  assert.equal((await (await open()).request('GET', '/')).status, 200)
})

test('refused credentials are reported with the reason of AWS, and not shown to clients of the API', async () => {
  authenticate({ ...KNOWN, secretAccessKey: 'another-secret' })
  await assert.rejects(describeCluster(cluster), {
    message:
      'OpenSearch replied 403 error: refused: SignatureDoesNotMatch: check the AWS credentials, OPENSEARCH_AWS_REGION and the access policy of the domain',
  })
  await assert.rejects(openAsker(await open(), 'p', 1_000).count('company', { type: 'all' }), {
    code: 'ERR_UNAVAILABLE',
    message: 'the search cluster refuses the credentials of this server',
  })
})

test('without credentials nothing is sent', async () => {
  authenticate(null)
  await assert.rejects((await open()).request('GET', '/'), {
    code: 'ERR_UNAVAILABLE',
    message: /^no AWS credentials to sign requests to OpenSearch: Could not load credentials/,
  })
  assert.equal(requests, 0)
})
