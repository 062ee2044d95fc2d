/** Reads a record whose line has quotes, and decides how to read quotes that are misplaced or never closed. */
import type { CellReader, Reading } from './cell-reader.ts'

export interface RecordShape {
  /** The number of cells a record should have; null if unknown. */
  readonly width: number | null
  /** The longest record, in characters. */
  readonly maxRecord: number
}

/** How many lines below an open quote are checked to decide whether it begins a cell that is too long. */
const LOOK_BELOW = 20

/**
 * Reads the record at `at`, whose first line ends at `lineStop`. `last`: no text follows that of the reader. `isLong`: more
 * than `maxRecord` characters are available. Returns 'more' if the record may continue after the text, and 'long' if one of
 * its cells is too long.
 */
export function readQuoted(
  reader: CellReader,
  shape: RecordShape,
  at: number,
  lineStop: number,
  { last, isLong }: { readonly last: boolean; readonly isLong: boolean },
): Reading | 'more' | 'long' {
  const { width, maxRecord } = shape
  const read = reader.record(at, true)
  // A longer one is never a single record: whether all of it has been pushed depends on how the text is cut.
  const quoted = typeof read === 'object' && read.next - at > maxRecord ? 'open' : read
  if (quoted === 'open' && !last && !isLong) return 'more'
  if (quoted === 'open' && isLong && beginsLongCell(reader, shape, at, lineStop)) return 'long'
  const sound = typeof quoted === 'object' ? quoted : null
  const onItsLine = sound !== null && sound.next <= lineStop + 1
  const fits = (reading: Reading) => width === null || reading.cells.length === width
  // A cell with misplaced quotes is not allowed to span lines: most likely its quote should not be there.
  if (sound !== null && (fits(sound) ? onItsLine || !sound.relaxed : onItsLine && !sound.relaxed)) return sound
  const literal = reader.record(at, false)
  if (typeof literal !== 'object') throw new Error('unreachable: a record with literal quotes ends with its line')
  return fits(literal) || sound === null || (sound.relaxed && !fits(sound)) ? literal : sound
}

/**
 * A quote of this line is not closed within `maxRecord`. Returns true if it begins a cell that is too long, and false if it is a
 * stray quote in a row. It begins a cell if none of the lines below it is a row. Without this check, each line of such a cell
 * would become a row of its own.
 */
function beginsLongCell(reader: CellReader, shape: RecordShape, at: number, lineStop: number): boolean {
  if (shape.width === null || shape.width === 1) return false
  let start = lineStop + 1
  for (let seen = 0; seen < LOOK_BELOW; seen++) {
    const stop = reader.endOfLine(start)
    if (stop >= at + shape.maxRecord || stop >= reader.length) return seen > 0
    if (isRow(reader, shape, start, stop)) return false
    start = stop + 1
  }
  return true
}

/** Whether the line on its own has as many cells as a row. */
export function isRow(reader: CellReader, { width }: RecordShape, at: number, lineStop: number): boolean {
  if (reader.plain(at, lineStop).cells.length === width) return true
  const reading = reader.hasQuote(at, lineStop) ? reader.record(at, true) : null
  if (reading === null || typeof reading !== 'object' || reading.relaxed) return false
  return reading.cells.length === width && reading.next <= lineStop + 1
}
