import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { buildIndex } from '../../src/search/embedded/build/build-index.ts'
import { readSegments, writeSegment } from '../../src/search/embedded/build/segment-stream.ts'
import { emptyState } from '../../src/search/embedded/index-state.ts'
import type { SegmentData } from '../../src/search/embedded/segment/segment.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

function someSegments(): SegmentData[] {
  return ['acme', 'ö & co', ''].map(name => {
    const record = { uuid: randomUUID(), name }
    return applyChanges(emptyState(), [{ service: 'company', uuid: record.uuid, record }]).company[0]!.segment
  })
}

async function streamed(segments: readonly SegmentData[]): Promise<Buffer> {
  const stream = new PassThrough()
  const bytes = buffer(stream)
  for (const segment of segments) await writeSegment(stream, segment)
  stream.end()
  return await bytes
}

function readInPortions(bytes: Buffer, size: number): Promise<SegmentData[]> {
  const portions = Array.from({ length: Math.ceil(bytes.length / size) }, (_, number) =>
    bytes.subarray(number * size, (number + 1) * size),
  )
  return Array.fromAsync(readSegments(Readable.from(portions)))
}

test('segments pass through a stream unchanged, wherever it is split', async () => {
  const segments = someSegments()
  const bytes = await streamed(segments)
  for (const size of [1, 3, 4, 5, 64, 1000, bytes.length - 1, bytes.length])
    assert.deepEqual(await readInPortions(bytes, size), segments, `portions of ${size} bytes`)
  assert.deepEqual(await readInPortions(Buffer.alloc(0), 1), [])
})

test('reading a stream that ends in the middle of a segment fails', async () => {
  const bytes = await streamed(someSegments().slice(0, 1))
  for (const end of [1, 4, 5, 100, bytes.length - 1])
    await assert.rejects(readInPortions(bytes.subarray(0, end), 7), /ended in the middle of a segment/, `${end} bytes`)
})

const SIZES = {
  'small tables, in the calling thread': [1, /no-such-snapshot/, /aborted/],
  'large tables, in processes': [100_000, /ended with 1: .*no-such-snapshot/s, /ended with SIGKILL/],
} as const

for (const [what, [size, failed, aborted]] of Object.entries(SIZES))
  test(`a build of ${what}, fails when reading fails or it is aborted, and leaves nothing behind`, async () => {
    const { pool, url } = await createTestDatabase()
    const left = () =>
      process.getActiveResourcesInfo().filter(resource => /^(ProcessWrap|TCPSocketWrap|PipeWrap)$/.test(resource))
        .length
    // Opens the connection of the pool that is counted below.
    await pool.query('SELECT')
    const before = left()
    const pages = { company: 0, contact: size }
    const never = new AbortController().signal
    await assert.rejects(
      buildIndex({ databaseUrl: url, ownDatabase: false }, { snapshotId: 'no-such-snapshot', pages }, never),
      failed,
    )
    await waitUntil('its processes and connections are gone', () => left() === before)

    const connection = await pool.connect()
    try {
      await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const { rows } = await connection.query<{ id: string }>('SELECT pg_export_snapshot() AS id')
      const moment = { snapshotId: rows[0]!.id, pages }
      const givenUp = new AbortController()
      const building = buildIndex({ databaseUrl: url, ownDatabase: false }, moment, givenUp.signal)
      givenUp.abort()
      await assert.rejects(building, aborted)
      await assert.rejects(buildIndex({ databaseUrl: url, ownDatabase: false }, moment, givenUp.signal), aborted)
      await waitUntil('its processes and connections are gone', () => left() === before)
      assert.deepEqual(await buildIndex({ databaseUrl: url, ownDatabase: false }, moment, never), emptyState())
    } finally {
      connection.release()
    }
  })
