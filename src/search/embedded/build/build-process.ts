/**
 * The code of a building process: reads parts of the tables, as a moment of the database shows them, into segments, and writes those
 * to standard output (segment-stream.ts). A process and no thread: what building takes beside its result, several times as
 * much, goes back to the system with it; the allocator of a thread kept 500 MB of 900.
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { openPool } from '../../../database/pool.ts'
import { copyRows } from '../../../records/read/binary-rows.ts'
import type { SegmentData } from '../segment/segment.ts'
import type { BuildOrder } from './build-index.ts'
import { createBulkBuilder } from './build-segments.ts'
import { writeSegment } from './segment-stream.ts'

/** Milliseconds without an answer, or a row, after which the connection is taken for dead. */
const SILENCE = 60_000

process.stdin.on('end', () => {
  throw new Error('whoever asked for the index is gone')
})
const [line] = await once(createInterface({ input: process.stdin }), 'line')
const order = JSON.parse(line) as BuildOrder
const database = openPool(order.databaseUrl, { max: 1 })
const answer = expectWord()
const connection = await database.connect()
await connection.query(
  `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${order.snapshotId}';
   SET LOCAL idle_in_transaction_session_timeout = 0`,
)
clearTimeout(answer)
for (const { service, pages } of order.parts) {
  const segments: SegmentData[] = []
  const builder = createBulkBuilder(service, segment => segments.push(segment))
  const row = expectWord()
  await copyRows(connection, service, pages, builder.addRow, () => row.refresh())
  clearTimeout(row)
  builder.finish()
  for (const segment of segments) await writeSegment(process.stdout, segment)
}
connection.release(true)
await database.end()
process.stdin.destroy()
process.stdout.end()

/** Ends the process with an error unless the timer is refreshed or cleared in time. */
function expectWord(): NodeJS.Timeout {
  return setTimeout(() => {
    throw new Error(`PostgreSQL said nothing for ${SILENCE / 1000} s`)
  }, SILENCE)
}
