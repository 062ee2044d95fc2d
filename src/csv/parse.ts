/**
 * Text to records: RFC 4180, and what real files make of it. Quotes that stand where none may (`"3" pipe"`, `"Bob" Smith`,
 * one that is never closed) are read in the way that gives the number of cells the header promises, so that one bad
 * line does not swallow its successors.
 *
 * Why not csv-parse: it does not recover from a quote that is never closed, and it takes several times as long over a row.
 * A test compares the two on what both should read alike.
 */
import { type CellReader, createCellReader, type Reading } from './cell-reader.ts'

export interface Dialect {
  readonly delimiter: string
  readonly newline: '\n' | '\r'
}

/** Characters (UTF-16 units) before it, and its line, from 1. */
export interface Place {
  readonly offset: number
  readonly line: number
}

export interface CsvRecord {
  readonly cells: readonly string[]
  /** The line it begins on. */
  readonly line: number
  /** Where the next record begins. */
  readonly end: Place
  /** Longer than `MAX_RECORD`: `cells` holds only its beginning. */
  readonly tooLong?: true
}

export const BEGINNING: Place = { offset: 0, line: 1 }
/** Characters of a record. Real cells have up to 32,757. */
export const MAX_RECORD = 1 << 20
const EXCERPT = 1000

/** Lines below one with an open quote that tell whether it begins a cell that is too long. */
const LOOK_BELOW = 20

/** A line or a cell that is too long, while the rest of it is passed over. */
interface Dropped {
  /** Its beginning. */
  readonly cells: readonly string[]
  readonly line: number
  /** It is a quoted cell of many lines: it lasts until a line is a row. */
  readonly isCell: boolean
  /** The next characters belong to a line of it. */
  readonly withinLine: boolean
}

export interface CsvParser {
  /** The records that `text` completes. Empty lines are no records. */
  push(text: string, last: boolean): CsvRecord[]
}

/**
 * `width`: the cells a record should have, which decides between two readings of misplaced quotes; null: not known.
 * Memory is bounded by `maxRecord` (characters) and the size of what is pushed; how the text is cut makes no difference.
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

  /** Reads `lines` up to the first record that may go on behind them; returns how far it came. */
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

  /** What is too long ends where the parser is now. */
  function endDropped(records: CsvRecord[]): void {
    if (dropped !== null)
      records.push({ cells: dropped.cells, line: dropped.line, end: { offset, line }, tooLong: true })
    dropped = null
  }

  /** 'more': it may go on behind this text; 'long': a cell of it is too long. */
  function readQuoted(
    reader: CellReader,
    at: number,
    lineStop: number,
    last: boolean,
    isLong: boolean,
  ): Reading | 'more' | 'long' {
    const read = reader.record(at, true)
    // Whether all of a longer one is at hand depends on how the text is cut: it is never one record.
    const quoted = typeof read === 'object' && read.next - at > maxRecord ? 'open' : read
    if (quoted === 'open' && !last && !isLong) return 'more'
    if (quoted === 'open' && isLong && beginsLongCell(reader, at, lineStop)) return 'long'
    const sound = typeof quoted === 'object' ? quoted : null
    const onItsLine = sound !== null && sound.next <= lineStop + 1
    const fits = (reading: Reading) => width === null || reading.cells.length === width
    // Beyond its line a cell goes on only without misplaced quotes: more likely it was never meant to.
    if (sound !== null && (fits(sound) ? onItsLine || !sound.relaxed : onItsLine && !sound.relaxed)) return sound
    const literal = reader.record(at, false)
    if (typeof literal !== 'object') throw new Error('quotes taken literally end with their line')
    return fits(literal) || sound === null || (sound.relaxed && !fits(sound)) ? literal : sound
  }

  /**
   * Is this line, of which a quote is not closed within bounds, the first of a cell that is too long, rather than a row with a
   * quote too many? Then no line below it is a row: else such a cell would become thousands of them.
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

  /** Has the line by itself as many cells as a row? */
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
