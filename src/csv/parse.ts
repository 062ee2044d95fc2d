/**
 * Parses text into records: RFC 4180, plus the quoting errors of real files. Misplaced quotes (`"3" pipe"`, `"Bob" Smith`,
 * a quote that is never closed) are read in the way that yields as many cells as the header has. A bad line therefore does
 * not swallow the lines after it.
 *
 * Why not csv-parse: it does not recover from an unclosed quote, and it takes several times as long per row. A test
 * compares the two on well-formed files.
 */
import { createCellReader } from './cell-reader.ts'
import { isRow, type RecordShape, readQuoted } from './quoted-record.ts'

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
  /**
   * Returns the records that `text` completes. Empty lines are not records. With `enough`, the rest of the text waits for the
   * next call once these records are read.
   */
  push(text: string, last: boolean, enough?: Enough): CsvRecord[]
}

/** Reading stops after this number of records, or after the first that ends at this offset or later. */
export interface Enough {
  readonly records?: number
  readonly offset?: number
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
  const shape: RecordShape = { width, maxRecord }
  let { offset, line } = from
  let unread = ''
  let dropped: Dropped | null = null

  return {
    push(text, last, enough = {}) {
      unread = unread === '' ? text : unread + text
      const whole = last ? unread.length : unread.lastIndexOf(newline) + 1
      const records: CsvRecord[] = []
      const read = readLines(unread.slice(0, whole), last, unread.length, records, enough)
      unread = unread.slice(read)
      if (read === whole && unread.length > maxRecord) {
        dropped = { ...(dropped ?? drop(unread)), withinLine: true }
        offset += unread.length
        unread = ''
      }
      if (last && unread === '' && dropped !== null) endDropped(records)
      return records
    },
  }

  /** Reads `lines` up to the first record that may continue after them. Returns the offset it reached. */
  function readLines(
    lines: string,
    last: boolean,
    available: number,
    records: CsvRecord[],
    { records: count = Infinity, offset: stop = Infinity }: Enough,
  ): number {
    const reader = createCellReader(lines, delimiter, newline, maxRecord)
    let at = 0
    while (at < lines.length && records.length < count && offset < stop) {
      const lineStop = reader.endOfLine(at)
      if (dropped?.isCell && !dropped.withinLine && lineStop - at <= maxRecord && isRow(reader, shape, at, lineStop)) {
        endDropped(records)
        continue
      }
      if (dropped !== null || lineStop - at > maxRecord) {
        dropped = { ...(dropped ?? drop(lines.slice(at, lineStop))), withinLine: false }
        at = advance(lines, at, lineStop + 1)
        if (!dropped.isCell) endDropped(records)
        continue
      }
      const isLong = available - at > maxRecord
      const reading = reader.hasQuote(at, lineStop)
        ? readQuoted(reader, shape, at, lineStop, { last, isLong })
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
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === ''
}
