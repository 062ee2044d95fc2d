import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { createExchangeGate } from '../../src/http/exchange-gate.ts'

/** A request from an address, and its connection. */
function requestFrom(ip: string) {
  const socket = Object.assign(new EventEmitter(), { destroyed: false })
  return { request: { ip, raw: { socket } } as unknown as FastifyRequest, socket }
}

/** A task that ends when it is told to. */
function openTask() {
  const { promise, resolve } = Promise.withResolvers<string>()
  let started = 0
  const task = () => {
    started++
    return promise
  }
  return { task, resolve, started: () => started }
}

const limited = { code: 'ERR_RATE_LIMITED' }

test('One address cannot take all places, and all addresses together cannot wait without limit', async () => {
  const enter = createExchangeGate()
  const { task, resolve, started } = openTask()
  const run = (ip: string) => enter(requestFrom(ip).request, task)
  const pending = Array.from({ length: 20 }, () => run('1'))
  await assert.rejects(run('1'), limited)
  for (let address = 2; address <= 5; address++)
    for (let place = 0; place < 20; place++) pending.push(run(String(address)))
  await assert.rejects(run('6'), limited)
  assert.equal(started(), 2, 'at a time')
  resolve('done')
  assert.deepEqual(new Set(await Promise.all(pending)), new Set(['done']))
  assert.equal(started(), 100)
  assert.equal(await run('6'), 'done', 'the places are free again')
  assert.equal(await run('1'), 'done')
})

test('The place of a client that has left is free, and its code is not used', async () => {
  const enter = createExchangeGate()
  const { task, resolve, started } = openTask()
  const clients = Array.from({ length: 20 }, () => requestFrom('1'))
  const pending = clients.map(({ request }) => enter(request, task))
  const leaving = pending.slice(2).map(one => assert.rejects(one, { code: 'ERR_CANCELLED' }))
  for (const { socket } of clients.slice(2)) socket.emit('close')
  await Promise.all(leaving)
  const later = Array.from({ length: 18 }, () => enter(requestFrom('1').request, task))
  await assert.rejects(enter(requestFrom('1').request, task), limited)
  resolve('done')
  await Promise.all([...pending.slice(0, 2), ...later])
  assert.equal(started(), 20)
})
