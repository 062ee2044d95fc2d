import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Database } from '../../src/database/pool.ts'
import { readPortions } from '../../src/records/read/large-page.ts'

/** A database that gives no connection until `refuse` is called. */
function openUnreachable() {
  const { promise, reject } = Promise.withResolvers<never>()
  const counts = { connects: 0 }
  const connect = () => {
    counts.connects++
    return promise
  }
  const refuse = () => reject(new Error('connection refused'))
  return { database: { connect } as unknown as Database, counts, refuse }
}

const read = (database: Database, signal = new AbortController().signal) =>
  readPortions(database, () => 'SELECT', [{ uuid: randomUUID(), place: 0, bytes: 1 }], signal).next()

test('if the database cannot be reached, the pages that wait for their turn fail together with the first one', async () => {
  for (let round = 0; round < 2; round++) {
    const { database, counts, refuse } = openUnreachable()
    const pages = [read(database), read(database), read(database)].map(page =>
      assert.rejects(page, /connection refused/),
    )
    refuse()
    await Promise.all(pages)
    assert.equal(counts.connects, 1)
  }
})

test('a page that nobody needs any more does not wait for its turn', async () => {
  const { database, counts, refuse } = openUnreachable()
  const first = assert.rejects(read(database), /connection refused/)
  const gone = new AbortController()
  const second = read(database, gone.signal)
  gone.abort(new Error('the client has left'))
  await assert.rejects(second, /the client has left/)
  refuse()
  await first
  assert.equal(counts.connects, 1)
})
