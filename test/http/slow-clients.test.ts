import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import fastify from 'fastify'
import { limitClients } from '../../src/http/connections/slow-clients.ts'
import type { App } from '../../src/http/parts.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const PERIOD = 30_000
/** More than the operating system buffers between the server and a client that does not read. */
const REPLY = 'x'.repeat(48 << 20)

/** A server with one route, and a client that has sent a request to it. */
async function startRequest(handle: () => Promise<string>): Promise<{ app: App; client: Socket }> {
  const app = fastify() as unknown as App
  limitClients(app)
  app.get('/', handle)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const client = connect(port, '127.0.0.1').on('error', () => {})
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  return { app, client }
}

/** Reads at least `bytes` and then stops reading. */
async function read(client: Socket, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes; ) {
    const chunk: Buffer | null = client.read()
    if (chunk === null) await once(client, 'readable')
    else taken += chunk.length
  }
}

test('a client that reads a large reply slowly is not cut off, and one that stops reading is', {
  timeout: 60_000,
}, async t => {
  const { app, client } = await startRequest(async () => REPLY)
  t.mock.timers.enable({ apis: ['setInterval'] })
  for (let period = 0; period < 4; period++) {
    await read(client, 8 << 20)
    t.mock.timers.tick(PERIOD)
  }
  assert.equal(await connections(app), 1)
  t.mock.timers.tick(PERIOD)
  t.mock.timers.tick(PERIOD)
  await waitUntil('the connection is closed', async () => (await connections(app)) === 0)
  client.destroy()
  await app.close()
})

test('a reply is not watched if its client has disconnected before', { timeout: 60_000 }, async t => {
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>()
  const { promise: handled, resolve: answer } = Promise.withResolvers<void>()
  const { app, client } = await startRequest(async () => {
    leave()
    await handled
    return REPLY
  })
  await gone
  client.destroy()
  await waitUntil('the server sees it', async () => (await connections(app)) === 0)
  const started = t.mock.method(globalThis, 'setInterval')
  const sent = new Promise<void>(resolve => app.server.once('request', () => resolve()))
  answer()
  const next = connect((app.server.address() as { port: number }).port, '127.0.0.1')
  next.write('HEAD /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await sent
  await once(next.resume(), 'close')
  assert.equal(started.mock.callCount(), 0)
  await app.close()
})

async function connections(app: App): Promise<number> {
  return await new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  )
}
