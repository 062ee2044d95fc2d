/**
 * Parses text into records: RFC 4180, plus the quoting errors of real files. Misplaced quotes (`"3" pipe"`, `"Bob" Smith`,
 * a quote that is never closed) are read in the way that yields as many cells as the header has. A bad line therefore does
 * not swallow the lines after it.
 *
 * Why not csv-parse: it does not recover from an unclosed quote, and it takes several times as long per row. A test
 * compares the two on well-formed files.
 */
import { type CellReader, createCellReader, type Reading } from './cell-reader.ts'

export interface Dialect {
  readonly delimiter: string
  readonly newline: '\n' | '\r'
}

/** A position: the characters (UTF-16 units) before it, and its line, counted from 1. */
export interface Place {
  readonly offset: number
  readonly line: number
}

export interface CsvRecord {
  readonly cells: readonly string[]
  /** The line on which it begins. */
  readonly line: number
  /** Where the next record begins. */
  readonly end: Place
  /** Longer than `MAX_RECORD`: `cells` holds only its beginning. */
  readonly tooLong?: true
}

export const BEGINNING: Place = { offset: 0, line: 1 }
/** The longest record, in characters. A cell of Excel has at most 32,767. */
export const MAX_RECORD = 1 << 20
const EXCERPT = 1000

/** How many lines below an open quote are checked to decide whether it begins a cell that is too long. */
const LOOK_BELOW = 20

/** A line or cell that is too long. The rest of it is being skipped. */
interface Dropped {
  /** Its beginning. */
  readonly cells: readonly string[]
  readonly line: number
  /** True for a quoted cell of many lines, which ends before the first line that is a row. */
  readonly isCell: boolean
  /** The next characters continue its current line. */
  readonly withinLine: boolean
}

export interface CsvParser {
  /** Returns the records that `text` completes. Empty lines are not records. */
  push(text: string, last: boolean): CsvRecord[]
}

/**
 * `width`: the number of cells a record should have, or null if unknown. It decides between two readings of misplaced
 * quotes. Memory is bounded by `maxRecord` (characters) and the size of the pushed texts. The records do not depend on how
 * the text is cut.
 */
export function createParser(
  { delimiter, newline }: Dialect,
  width: number | null,
  from = BEGINNING,
  maxRecord = MAX_RECORD,
): CsvParser {
  let { offset, line } = from
  let unread = ''
  let dropped: Dropped | null = null

  return {
    push(text, last) {
      unread = unread === '' ? text : unread + text
      const whole = last ? unread.length : unread.lastIndexOf(newline) + 1
      const records: CsvRecord[] = []
      const read = readLines(unread.slice(0, whole), last, unread.length, records)
      unread = unread.slice(read)
      if (read === whole && unread.length > maxRecord) {
        dropped = { ...(dropped ?? drop(unread)), withinLine: true }
        offset += unread.length
        unread = ''
      }
      if (last && dropped !== null) endDropped(records)
      return records
    },
  }

  /** Reads `lines` up to the first record that may continue after them. Returns the offset it reached. */
  function readLines(lines: string, last: boolean, available: number, records: CsvRecord[]): number {
    const reader = createCellReader(lines, delimiter, newline, maxRecord)
    let at = 0
    while (at < lines.length) {
      const lineStop = reader.endOfLine(at)
      if (dropped?.isCell && !dropped.withinLine && lineStop - at <= maxRecord && isRow(reader, at, lineStop))
        endDropped(records)
      if (dropped !== null || lineStop - at > maxRecord) {
        dropped = { ...(dropped ?? drop(lines.slice(at, lineStop))), withinLine: false }
        at = advance(lines, at, lineStop + 1)
        if (!dropped.isCell) endDropped(records)
        continue
      }
      const isLong = available - at > maxRecord
      const reading = reader.hasQuote(at, lineStop)
        ? readQuoted(reader, at, lineStop, last, isLong)
        : reader.plain(at, lineStop)
      if (reading === 'more') return at
      if (reading === 'long') {
        dropped = { ...drop(lines.slice(at, lineStop)), isCell: true }
        at = advance(lines, at, lineStop + 1)
        continue
      }
      const began = line
      const next = advance(lines, at, reading.next)
      if (reading.next > at + 2 || !isBlank(reading.cells))
        records.push({ cells: reading.cells, line: began, end: { offset, line } })
      at = next
    }
    return at
  }

  /** Counts the characters and lines from `at` to `next`. */
  function advance(lines: string, at: number, next: number): number {
    const end = Math.min(next, lines.length)
    offset += end - at
    for (let stop = lines.indexOf(newline, at); stop >= 0 && stop < end; stop = lines.indexOf(newline, stop + 1)) line++
    return end
  }

  function drop(text: string): Dropped {
    const beginning = text.slice(0, Math.min(EXCERPT, maxRecord)).toWellFormed()
    return { cells: beginning.split(delimiter), line, isCell: false, withinLine: false }
  }

  /** Ends the record that is too long at the current position. */
  function endDropped(records: CsvRecord[]): void {
    if (dropped !== null)
      records.push({ cells: dropped.cells, line: dropped.line, end: { offset, line }, tooLong: true })
    dropped = null
  }

  /** Returns 'more' if the record may continue after this text, 'long' if one of its cells is too long. */
  function readQuoted(
    reader: CellReader,
    at: number,
    lineStop: number,
    last: boolean,
    isLong: boolean,
  ): Reading | 'more' | 'long' {
    const read = reader.record(at, true)
    // A longer one is never a single record: whether all of it has been pushed depends on how the text is cut.
    const quoted = typeof read === 'object' && read.next - at > maxRecord ? 'open' : read
    if (quoted === 'open' && !last && !isLong) return 'more'
    if (quoted === 'open' && isLong && beginsLongCell(reader, at, lineStop)) return 'long'
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
   * A quote of this line is not closed within `maxRecord`. Tells whether the line begins a cell that is too long, as opposed
   * to being a row with a stray quote. It does if none of the lines below it is a row. Otherwise each line of such a cell
   * would become a row of its own.
   */
  function beginsLongCell(reader: CellReader, at: number, lineStop: number): boolean {
    if (width === null || width === 1) return false
    let start = lineStop + 1
    for (let seen = 0; seen < LOOK_BELOW; seen++) {
      const stop = reader.endOfLine(start)
      if (stop >= at + maxRecord || stop >= reader.length) return seen > 0
      if (isRow(reader, start, stop)) return false
      start = stop + 1
    }
    return true
  }

  /** Tells whether the line on its own has as many cells as a row. */
  function isRow(reader: CellReader, at: number, lineStop: number): boolean {
    if (reader.plain(at, lineStop).cells.length === width) return true
    const reading = reader.hasQuote(at, lineStop) ? reader.record(at, true) : null
    if (reading === null || typeof reading !== 'object' || reading.relaxed) return false
    return reading.cells.length === width && reading.next <= lineStop + 1
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === ''
}
