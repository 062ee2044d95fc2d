/**
 * Reads the rows of a large page as bytes, which go from PostgreSQL's connection to the client's without becoming strings. As
 * strings, 50 pages of 20 MB at the same time held up other requests for 0.3 s, mostly by collecting garbage.
 */
import { to as copyTo } from 'pg-copy-streams'
import type { Connection, Database } from '../../database/pool.ts'
import { createGate } from '../../runtime/gate.ts'

/** A row of a page whose text is not read yet. */
export interface UnreadRow {
  readonly uuid: string
  /** In the page. */
  readonly place: number
  readonly bytes: number
}

/** A piece of a row's JSON, without the `}` at its end, or the end of the row at this place of the page. */
export type PagePart = Buffer | { readonly endOf: number }

/** The bytes of rows that are read at once, unless one row has more. */
const PORTION_BYTES = 1 << 18

/**
 * Portions are read one at a time, over all pages, so that this thread handles other requests while PostgreSQL writes the next one.
 * Two at a time sent large pages no faster, and other requests waited twice as long.
 */
const inTurn = createGate(1)

/**
 * Aborts when a portion gets no connection. Those that wait for their turn then fail with the same error. Otherwise each of them
 * would wait for a connection as long as the first one, one after the other.
 */
let unconnected = new AbortController()

/** In JSON text, control characters are escaped, so these three never occur in it and COPY quotes nothing. */
const ROW_END = 0x0a
const PLACE_END = 0x01
const FORMAT = `FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02'`

/**
 * Yields the rows in their order, without those that are gone. Each portion is read when it is needed, and its connection is
 * released before it is used. `rowsSql`: the statement that returns the uuid and the JSON `text` of some of the rows. `signal` aborts
 * when nobody needs the rows any more; a portion that waits for its turn then rejects with its reason.
 */
export async function* readPortions(
  database: Database,
  rowsSql: (uuids: readonly string[]) => string,
  rows: readonly UnreadRow[],
  signal: AbortSignal,
): AsyncGenerator<PagePart> {
  for (const portion of cut(rows)) {
    const ends = AbortSignal.any([signal, unconnected.signal])
    const chunks = await inTurn(() => copyPortion(database, rowsSql, portion), ends)
    yield* partsOf(chunks)
  }
}

function* cut(rows: readonly UnreadRow[]): Generator<readonly UnreadRow[]> {
  let portion: UnreadRow[] = []
  let bytes = 0
  for (const row of rows) {
    if (portion.length > 0 && bytes + row.bytes > PORTION_BYTES) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(row)
    bytes += row.bytes
  }
  if (portion.length > 0) yield portion
}

/** Each row: its place in the page, PLACE_END, its JSON without the last character, ROW_END. */
async function copyPortion(
  database: Database,
  rowsSql: (uuids: readonly string[]) => string,
  portion: readonly UnreadRow[],
): Promise<Buffer[]> {
  const uuids = portion.map(row => row.uuid)
  const asked = portion.map(({ uuid, place }) => `('${uuid}'::uuid, ${place})`)
  const sql = `COPY (
    SELECT place, left(text, -1) FROM (VALUES ${asked.join(', ')}) AS asked (uuid, place)
    JOIN (${rowsSql(uuids)}) AS page USING (uuid) ORDER BY place
  ) TO STDOUT (${FORMAT})`
  const connection = await connect(database)
  try {
    const chunks = await Array.fromAsync<Buffer>(connection.query(copyTo(sql)))
    connection.release()
    return chunks
  } catch (error) {
    connection.release(error as Error)
    throw error
  }
}

async function connect(database: Database): Promise<Connection> {
  try {
    return await database.connect()
  } catch (error) {
    const ended = unconnected
    unconnected = new AbortController()
    ended.abort(error)
    throw error
  }
}

/** `chunks` are cut anywhere. */
function* partsOf(chunks: readonly Buffer[]): Generator<PagePart> {
  let place = ''
  let isInRow = false
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(isInRow ? ROW_END : PLACE_END, at)
      const piece = chunk.subarray(at, end < 0 ? chunk.length : end)
      if (!isInRow) place += piece.toString('latin1')
      else if (piece.length > 0) yield piece
      if (end < 0) break
      at = end + 1
      if (isInRow) {
        yield { endOf: Number(place) }
        place = ''
      }
      isInRow = !isInRow
    }
  }
}
