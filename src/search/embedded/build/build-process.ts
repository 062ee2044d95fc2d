/**
 * The program of a build process: reads parts of the tables, in a given snapshot of the database, into segments, and writes
 * the segments to standard output (segment-stream.ts). It is a process rather than a thread because building takes several
 * times as much memory as its result. All of it is returned to the system when a process ends; with a thread, the allocator
 * kept 500 of 900 MB.
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { openPool } from '../../../database/pool.ts'
import { copyRows } from '../../../records/read/binary-rows.ts'
import type { SegmentData } from '../segment/segment.ts'
import type { BuildOrder } from './build-index.ts'
import { createBulkBuilder } from './build-segments.ts'
import { writeSegment } from './segment-stream.ts'

/** After this many milliseconds without an answer or a row, the connection is considered dead. */
const SILENCE = 60_000

process.stdin.on('end', () => {
  throw new Error('the process that requested the index has ended')
})
const [line] = await once(createInterface({ input: process.stdin }), 'line')
const order = JSON.parse(line) as BuildOrder
const database = openPool(order.databaseUrl, { max: 1 })
const answer = startSilenceTimer()
const connection = await database.connect()
await connection.query(
  `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${order.snapshotId}';
   SET LOCAL idle_in_transaction_session_timeout = 0`,
)
clearTimeout(answer)
for (const { service, pages } of order.parts) {
  const segments: SegmentData[] = []
  const builder = createBulkBuilder(service, segment => segments.push(segment))
  const row = startSilenceTimer()
  await copyRows(connection, service, pages, builder.addRow, () => row.refresh())
  clearTimeout(row)
  builder.finish()
  for (const segment of segments) await writeSegment(process.stdout, segment)
}
connection.release(true)
await database.end()
process.stdin.destroy()
process.stdout.end()

/** Ends this process with an error unless the timer is refreshed or cleared in time. */
function startSilenceTimer(): NodeJS.Timeout {
  return setTimeout(() => {
    throw new Error(`no data from PostgreSQL for ${SILENCE / 1000} s`)
  }, SILENCE)
}
