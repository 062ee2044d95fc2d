/** Builds segments from parts of the tables, in the calling thread. */
import { openPool } from '../../../database/pool.ts'
import type { Service } from '../../../fields.ts'
import { copyRows, type Pages } from '../../../records/read/binary-rows.ts'
import type { SegmentData } from '../segment/segment.ts'
import { createBulkBuilder } from './build-segments.ts'

/** What to read: parts of the tables, in an exported snapshot of the database. */
export interface BuildOrder {
  readonly databaseUrl: string
  /** Whether this process, or the one that started it, runs PostgreSQL. */
  readonly ownDatabase: boolean
  readonly snapshotId: string
  readonly parts: readonly { readonly service: Service; readonly pages: Pages }[]
}

/** After this many milliseconds without an answer or a row, the connection is considered dead. */
const SILENCE = 60_000

/**
 * Calls `take` with each segment of a part when the whole part has been read. Rejects if PostgreSQL is silent for a minute,
 * and when `signal` aborts.
 */
export async function buildParts(
  { databaseUrl, ownDatabase, snapshotId, parts }: BuildOrder,
  take: (segment: SegmentData) => Promise<void> | void,
  signal: AbortSignal,
): Promise<void> {
  const database = openPool(databaseUrl, { max: 1, yields: ownDatabase })
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})
  const silence = setTimeout(() => {
    failure.reject(new Error(`no data from PostgreSQL for ${SILENCE / 1000} s`))
  }, SILENCE)
  const abort = () => failure.reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  const connecting = database.connect()
  try {
    const connection = await Promise.race([connecting, failure.promise])
    const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${snapshotId}';
      SET LOCAL idle_in_transaction_session_timeout = 0`
    await Promise.race([connection.query(begin), failure.promise])
    for (const { service, pages } of parts) {
      const segments: SegmentData[] = []
      const builder = createBulkBuilder(service, segment => segments.push(segment))
      silence.refresh()
      const rows = copyRows(connection, service, pages, builder.addRow, () => silence.refresh())
      await Promise.race([rows, failure.promise])
      builder.finish()
      for (const segment of segments) await take(segment)
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', abort)
    // Closes the connection, also one that is being opened or read.
    connecting.then(
      connection => connection.release(true),
      () => {},
    )
    database.end().catch(() => {})
  }
}
