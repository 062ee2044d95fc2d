/** Reads the rows of an export from PostgreSQL, portion by portion, as the bytes of its file. */
import type { Readable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import type { Connection, Database } from '../../database/pool.ts'
import { type ExportColumns, exportHeader, exportStatement } from './export-sql.ts'

export interface ExportPart {
  readonly bytes: Uint8Array | string
  /** Rows completed by these bytes. The rows of a portion are counted in its last part. */
  readonly rows: number
}

/** Excel reads a CSV file as UTF-8 only if the file begins with it. */
export const BYTE_ORDER_MARK = '\uFEFF'

/**
 * UUIDs per statement. Half as many take a tenth longer. More gain nothing, use more memory, and may trigger
 * PostgreSQL's JIT.
 */
const PORTION = 2000
/**
 * Bytes of a portion that are buffered. Most portions are smaller, so their connection is released before they are
 * consumed.
 */
const WAITING_BYTES = 4 << 20
const NO_BYTES = new Uint8Array()

/**
 * Yields the header, then a line per UUID whose record is live when its portion is read, in the order of `uuids`, which must
 * be valid. `connections`: the number of portions read at the same time. A slow consumer slows the reading; one that stops
 * ends it.
 */
export async function* exportRows(
  database: Database,
  columns: ExportColumns,
  uuids: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  connections: number,
): AsyncGenerator<ExportPart> {
  const statement = exportStatement(columns)
  const reading: Portion[] = []
  try {
    yield { bytes: exportHeader(columns), rows: 0 }
    for await (const portion of portions(uuids)) {
      reading.push(await readPortion(database, statement(portion)))
      if (reading.length < connections) continue
      yield* partsOf(reading[0]!)
      reading.shift()
    }
    for (; reading.length > 0; reading.shift()) yield* partsOf(reading[0]!)
  } finally {
    for (const portion of reading) portion.abandon()
  }
}

async function* portions(uuids: Parameters<typeof exportRows>[2]): AsyncGenerator<readonly string[]> {
  let portion: string[] = []
  for await (const some of uuids) {
    for (const uuid of some) {
      portion.push(uuid)
      if (portion.length < PORTION) continue
      yield portion
      portion = []
    }
  }
  if (portion.length > 0) yield portion
}

interface Portion {
  readonly lines: Readable
  /** The number of lines, once all have been sent. */
  readonly rows: Promise<number>
  /** Ends the statement, and its connection if it is still running. */
  abandon(): void
}

async function* partsOf({ lines, rows }: Portion): AsyncGenerator<ExportPart> {
  for await (const bytes of lines) yield { bytes, rows: 0 }
  yield { bytes: NO_BYTES, rows: await rows }
}

/**
 * Starts reading at once, before the lines are consumed. Releases the connection as soon as all lines have been sent.
 */
async function readPortion(database: Database, statement: string): Promise<Portion> {
  const connection: Connection = await database.connect()
  const lines = connection.query(copyTo(statement, { highWaterMark: WAITING_BYTES }))
  let inUse = true
  const release = (broken?: Error) => {
    if (inUse) connection.release(broken)
    inUse = false
  }
  const rows = new Promise<number>((resolve, reject) => {
    connection.once('drain', () => {
      release()
      resolve(lines.rowCount)
    })
    lines.on('error', error => {
      // The library emits an error without ending the stream.
      if (!lines.destroyed) lines.destroy(error)
      release(error)
      reject(error)
    })
  })
  // The consumer of the lines gets the same error there.
  rows.catch(() => {})
  lines.read(0)
  return {
    lines,
    rows,
    abandon() {
      release(new Error('the export was abandoned'))
      lines.destroy()
    },
  }
}
