/** The rows of an export as bytes of its file, read from PostgreSQL portion by portion. */
import type { Readable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import type { Connection, Database } from '../../database/pool.ts'
import { type ExportColumns, exportHeader, exportStatement } from './export-sql.ts'

export interface ExportPart {
  readonly bytes: Uint8Array | string
  /** Rows that are complete with these bytes: those of a portion come with its last part. */
  readonly rows: number
}

/** Uuids a statement. Half as many take a tenth longer; more only more memory, and PostgreSQL may think compiling them worth its while. */
const PORTION = 2000
/** Bytes of a portion that may wait: more than most are, so that its connection is free before they are taken. */
const WAITING_BYTES = 4 << 20
const NO_BYTES = new Uint8Array()

/**
 * The header and a line for each of `uuids` (checked ones) that is live when its portion is read, in their order. `connections`: how
 * many portions are read at the same time. Whoever takes the parts slowly delays the reading; whoever stops ends it.
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
  /** How many lines they are, once all have been sent. */
  readonly rows: Promise<number>
  /** Ends the statement, if need be with its connection. */
  abandon(): void
}

async function* partsOf({ lines, rows }: Portion): AsyncGenerator<ExportPart> {
  for await (const bytes of lines) yield { bytes, rows: 0 }
  yield { bytes: NO_BYTES, rows: await rows }
}

/** Begins to read, whether the lines are taken already or not; its connection goes back as soon as all are sent. */
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
      // The library tells of an error without ending the stream.
      if (!lines.destroyed) lines.destroy(error)
      release(error)
      reject(error)
    })
  })
  // Whoever reads the lines meets the same error there.
  rows.catch(() => {})
  lines.read(0)
  return {
    lines,
    rows,
    abandon() {
      release(new Error('the export was given up'))
      lines.destroy()
    },
  }
}
