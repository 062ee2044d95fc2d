import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { temporaryDirectory } from './processes.ts'

test('for STOP_GRACE a stopping server is not ready, but answers requests and closes their connections', async () => {
  const { url: DATABASE_URL } = await createTestDatabase()
  const config = readConfig({ DATABASE_URL, DATA_DIR: temporaryDirectory(), PORT: '0', STOP_GRACE: '1s' })
  const log = pino({ level: 'silent' })
  const { signal } = new AbortController()
  const app = await openApp(config, { command: 'test', http: true, create: false, log, signal })
  await app.ready
  const ask = async (method: string, path: string, body: string | null = null) => {
    const headers = { authorization: `Bearer ${app.firstKey?.key}` }
    const reply = await fetch(app.url + path, { method, body, headers })
    await reply.arrayBuffer()
    return [reply.status, reply.headers.get('connection')]
  }
  assert.deepEqual(await ask('GET', '/health/ready'), [200, 'keep-alive'])
  let isOver = false
  const drained = app.drain().then(() => {
    isOver = true
  })
  assert.deepEqual(await ask('GET', '/health/ready'), [503, 'close'])
  assert.deepEqual(await ask('POST', '/companies/batch-upsert', '[{"name": "Late"}]'), [200, 'close'])
  assert.deepEqual(await ask('POST', '/companies/count', '{}'), [200, 'close'])
  assert.equal(isOver, false)
  await drained
  assert.deepEqual(await ask('POST', '/companies/count', '{}'), [200, 'close'])
  await app.close()
  await assert.rejects(ask('GET', '/health/live'), TypeError)
})
