import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { upsert } from '../../src/records/write/upsert.ts'
import type { Published } from '../../src/search/embedded/index-state.ts'
import { type Entry, emptyState } from '../../src/search/embedded/index-state.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { FromWriter, ToWriter, WriterData } from '../../src/search/embedded/update/writer-messages.ts'
import type { Position } from '../../src/search/engine.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

/** Segments that are due for a merge, but cannot be read. */
function brokenSegments(): Entry[] {
  const record = { uuid: randomUUID(), name: 'acme' }
  const { company } = applyChanges(emptyState(), [{ service: 'company', uuid: record.uuid, record }])
  const { segment } = company[0]!
  return Array.from({ length: 8 }, (_, index) => ({
    ...company[0]!,
    segment: { ...segment, id: `broken-${index}`, buffer: new SharedArrayBuffer(0) },
  }))
}

test('a failed merge is logged once, and changes and other merges continue', async () => {
  const { pool, url } = await createTestDatabase()
  const { rows } = await pool.query<Position>('SELECT seq, token FROM changes')
  const broken = brokenSegments()
  const workerData: WriterData = {
    databaseUrl: url,
    ownDatabase: false,
    published: { state: { company: broken, contact: [] }, position: rows[0]! },
    snapshot: null,
  }
  const writer = new Worker(new URL('../../src/search/embedded/update/writer-thread.ts', import.meta.url), {
    workerData,
  })
  const exited = new Promise(resolve => writer.once('exit', resolve))
  const errors: unknown[] = []
  const warnings: string[] = []
  let published: Published | undefined
  writer.on('error', error => errors.push(error))
  writer.on('message', (message: FromWriter) => {
    if (message.type === 'state') published = message.published
    else if (message.type === 'log' && message.level === 'warn') warnings.push(message.message)
  })
  after(() => writer.terminate())

  await waitUntil('the state is confirmed', () => published !== undefined || errors.length > 0)
  await waitUntil('the failure is logged', () => warnings.length + errors.length > 0)
  for (let written = 0; written < 10; written++) {
    const contacts = [{ uuid: randomUUID(), values: { first_name: 'ada' } }]
    const { seq } = await upsert(pool, { companies: [], contacts })
    await waitUntil('the change is published', () => (published?.position.seq ?? 0) >= seq || errors.length > 0)
  }
  await waitUntil('the contacts are merged', () => published!.state.contact.length < 8 || errors.length > 0)
  assert.deepEqual(errors, [])
  assert.deepEqual(warnings.toSorted(), [
    'a merge of search index segments failed; searches and changes continue without it',
    'a segment of the search index is damaged; queries that need it fail',
  ])
  assert.equal(published!.state.company.length, broken.length)
  assert.equal(
    published!.state.contact.reduce((sum, entry) => sum + entry.live, 0),
    10,
  )
  writer.postMessage('close' satisfies ToWriter)
  await exited
})
