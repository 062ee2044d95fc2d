/** The code of a building thread: reads parts of the tables, as its snapshot shows them, into segments. */
import { parentPort, workerData } from 'node:worker_threads'
import { openPool } from '../../database/pool.ts'
import { copyRows } from '../../records/binary-rows.ts'
import { createBulkBuilder } from './build-segments.ts'
import type { BuildPart, BuildThreadData, FromBuilder } from './writer-messages.ts'
import { yieldToSearches } from './yield-to-searches.ts'

/** Milliseconds without a row after which the connection is taken for dead. */
const SILENCE = 60_000

yieldToSearches()
const writer = parentPort!
const { databaseUrl, snapshotId } = workerData as BuildThreadData
const send = (message: FromBuilder) => writer.postMessage(message)

const database = openPool(databaseUrl, { max: 1 })
const connection = await database.connect()
await connection.query(
  `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${snapshotId}';
   SET LOCAL idle_in_transaction_session_timeout = 0`,
)
writer.on('message', (part: BuildPart | null) => {
  if (part !== null) return void build(part)
  connection.release(true)
  void database.end().then(() => writer.close())
})
send({ type: 'next' })

async function build({ service, pages }: BuildPart): Promise<void> {
  const builder = createBulkBuilder(service, segment => send({ type: 'segment', segment }))
  const silence = setTimeout(() => {
    throw new Error(`PostgreSQL sent no row for ${SILENCE / 1000} s`)
  }, SILENCE)
  await copyRows(connection, service, pages, builder.addRow, () => silence.refresh())
  clearTimeout(silence)
  builder.finish()
  send({ type: 'next' })
}
