import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { temporaryDirectory } from './processes.ts'

test('a process that only runs jobs has no address, whatever PUBLIC_URL is', async () => {
  const { url: DATABASE_URL } = await createTestDatabase()
  const config = readConfig({ DATABASE_URL, DATA_DIR: temporaryDirectory(), PUBLIC_URL: 'http://localhost:8000' })
  const log = pino({ level: 'silent' })
  const { signal } = new AbortController()
  const app = await openApp(config, { command: 'test', http: false, create: false, log, signal })
  assert.equal(app.url, null)
  assert.equal(await app.createSignInUrl(), null)
  await app.close()
})
