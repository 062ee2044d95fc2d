/** What `doctor` says about the processes of a database at DATABASE_URL. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { lookAtDirectory } from '../../src/commands/doctor/check-directory.ts'
import { checkPublicUrl } from '../../src/commands/doctor/check-public-url.ts'
import { compareIndex } from '../../src/commands/doctor/compare-index.ts'
import { warning } from '../../src/commands/doctor/report.ts'
import { readConfig } from '../../src/config.ts'
import { freePorts } from '../helpers/free-ports.ts'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()
const pool = server.database.pool
const shared = { DATABASE_URL: server.database.url, API_KEYS: server.key }

test('the index of a server is compared at PUBLIC_URL if none listens here', async () => {
  const [port] = await freePorts(1)
  const here = `http://127.0.0.1:${port}`
  const config = readConfig({ ...shared, PORT: String(port) })
  assert.deepEqual(
    await compareIndex(config, { pool }),
    warning(
      `not checked: no server answers at ${here}. If one is running elsewhere, set HOST and PORT, or PUBLIC_URL, as there`,
    ),
  )
  const balanced = readConfig({ ...shared, PORT: String(port), PUBLIC_URL: server.url })
  assert.equal(await compareIndex(balanced, { pool }), 'matches the database: 0 companies and 0 contacts')
  const away = readConfig({ ...shared, PORT: String(port), PUBLIC_URL: 'http://127.0.0.1:1' })
  assert.match(
    ((await compareIndex(away, { pool })) as { warning: string }).warning,
    new RegExp(`${here} or http://127.0.0.1:1\\.`),
  )
})

test('a data directory is not missed if nothing is stored in it', async () => {
  const DATA_DIR = `${server.directory}/missing`
  assert.match(
    String(await lookAtDirectory(readConfig({ ...shared, DATA_DIR, S3_BUCKET: 'files' }))),
    /nothing is stored there$/,
  )
  assert.deepEqual(
    await lookAtDirectory(readConfig({ ...shared, DATA_DIR })),
    warning(`${DATA_DIR} does not exist yet: the server creates it when it starts`),
  )
})

test('a load balancer that hangs, is gone or has no server is noticed at PUBLIC_URL', async () => {
  assert.equal(await checkPublicUrl(server.url), `a server answers at ${server.url}`)
  const balancer = createServer((request, response) => {
    if (request.url?.startsWith('/without-servers/')) response.writeHead(503).end()
  }).listen(0, '127.0.0.1')
  await once(balancer, 'listening')
  after(() => {
    balancer.closeAllConnections()
    balancer.close()
  })
  const url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`
  const found = async (at: string) => ((await checkPublicUrl(at, 200)) as { warning: string }).warning
  assert.match(
    await found(url),
    /\/health\/live did not answer within 0.2 s: check that the load balancer and a server/,
  )
  assert.match(await found(`${url}/without-servers`), /\/health\/live replied with status 503: check that/)
  assert.match(
    await found('http://127.0.0.1:1'),
    /^http:\/\/127.0.0.1:1\/health\/live cannot be reached \(\w.*\): check/,
  )
})
