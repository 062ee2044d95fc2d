/**
 * Reads the records of a service in the binary format of PostgreSQL's COPY. The rows stay raw bytes, from which an index is
 * built without a string or an object per value. (Format: PostgreSQL's documentation of COPY, "Binary Format".)
 */
import { pipeline } from 'node:stream/promises'
import { to as copyTo } from 'pg-copy-streams'
import type { Connection } from '../../database/pool.ts'
import { FIELDS, type Service } from '../../fields.ts'
import { TABLES } from '../columns.ts'

/** A range of a table's pages of 8 kB. `to` is exclusive; null means up to the end of the table. */
export interface Pages {
  readonly from: number
  readonly to: number | null
}

/**
 * Takes a row. The value of field i of the service lies in `row` from `places[2 * i]` to `places[2 * i + 1]`; a start of -1
 * means NULL. The next row overwrites both arguments.
 */
export type TakeRow = (row: Buffer, places: Int32Array) => void

/**
 * Reads the live records on these pages, within the caller's transaction. `onPortion` is called whenever data arrives.
 */
export async function copyRows(
  connection: Connection,
  service: Service,
  pages: Pages,
  take: TakeRow,
  onPortion: () => void,
): Promise<void> {
  const upTo = pages.to === null ? '' : `AND ctid < '(${pages.to},0)'`
  await copyWhere(connection, service, `ctid >= '(${pages.from},0)' ${upTo}`, take, onPortion)
}

/** Reads the live records of `uuids`. They must be valid UUIDs, because they become part of the statement. */
export async function copyRowsOf(
  connection: Connection,
  service: Service,
  uuids: readonly string[],
  take: TakeRow,
): Promise<void> {
  await copyWhere(connection, service, `uuid = ANY ('{${uuids.join(',')}}')`, take, () => {})
}

async function copyWhere(
  connection: Connection,
  service: Service,
  condition: string,
  take: TakeRow,
  onPortion: () => void,
): Promise<void> {
  const columns = FIELDS[service].map(field => field.name)
  const sql = `COPY (SELECT ${columns.join(', ')} FROM ${TABLES[service]}
    WHERE ${condition} AND deleted_at IS NULL) TO STDOUT (FORMAT binary)`
  const reader = createRowReader(columns.length, take)
  await pipeline(connection.query(copyTo(sql)), async portions => {
    for await (const portion of portions as AsyncIterable<Buffer>) {
      reader(portion)
      onPortion()
    }
  })
}

/** The signature "PGCOPY\n\377\r\n\0", flags, and the length of the header extension. */
const HEADER_BYTES = 19
const TRAILER = -1

/** Returns a function that takes the stream portion by portion, cut anywhere. */
function createRowReader(fields: number, take: TakeRow): (portion: Buffer) => void {
  const places = new Int32Array(2 * fields)
  /** The incomplete row at the end of the last portion. */
  let rest: Buffer = Buffer.alloc(0)
  let inHeader = true

  /** Fills `places` and returns the end of the row at `at`, or -1 if the row is incomplete. */
  function readRow(bytes: Buffer, at: number): number {
    const { length } = bytes
    let next = at + 2
    if (next > length) return -1
    for (let field = 0; field < fields; field++) {
      if (next + 4 > length) return -1
      const size = bytes.readInt32BE(next)
      next += 4
      places[2 * field] = size < 0 ? -1 : next
      if (size > 0) next += size
      places[2 * field + 1] = next
    }
    return next > length ? -1 : next
  }

  return portion => {
    const bytes = rest.length === 0 ? portion : Buffer.concat([rest, portion])
    let at = 0
    if (inHeader) {
      if (bytes.length < HEADER_BYTES) {
        rest = bytes
        return
      }
      at = HEADER_BYTES + bytes.readInt32BE(HEADER_BYTES - 4)
      inHeader = false
    }
    while (at + 2 <= bytes.length && bytes.readInt16BE(at) !== TRAILER) {
      const end = readRow(bytes, at)
      if (end < 0) break
      take(bytes, places)
      at = end
    }
    rest = bytes.subarray(at)
  }
}

/** Reads a bigint, which must be below 2^53. */
export function readBigint(row: Buffer, start: number): number {
  return row.readInt32BE(start) * 2 ** 32 + row.readUInt32BE(start + 4)
}

/** Reads a timestamp, stored as microseconds since 2000-01-01, as milliseconds since 1970. */
export function readTimestamp(row: Buffer, start: number): number {
  return readBigint(row, start) / 1000 + EPOCH
}

const EPOCH = Date.UTC(2000, 0, 1)

/** Calls `take` with the start and end of each item of an array. No item may be NULL. */
export function eachItemOfArray(
  row: Buffer,
  start: number,
  take: (row: Buffer, start: number, end: number) => void,
): void {
  // The number of dimensions, a flag and the type of the items; unless empty, also the number of items and the lower bound.
  if (row.readInt32BE(start) === 0) return
  const count = row.readInt32BE(start + 12)
  let at = start + 20
  for (let item = 0; item < count; item++) {
    const from = at + 4
    at = from + row.readInt32BE(at)
    take(row, from, at)
  }
}
