/** Finds the dialect of a file and the line of its header, from the beginning of the text. */
import { ConnectraError } from '../errors.ts'
import { headerKnowledge } from './header/column-names.ts'
import { type FirstRows, readFirstRows } from './header/export-header.ts'
import type { Mapping } from './header/meaning.ts'
import { MAX_COLUMNS } from './header/read-header.ts'
import { BEGINNING, type CsvParser, type CsvRecord, createParser, type Dialect, type Place } from './parse.ts'
import { type ColumnSigns, findColumnSigns } from './text/repairs.ts'
import { isRowOfTypes } from './types-row.ts'
import { areWrapped, unwrap } from './wrapped.ts'

export interface HeaderLine {
  readonly dialect: Dialect
  readonly cells: readonly string[]
  /** The line of the file on which it begins, counted from 1. */
  readonly line: number
  /** What the rows after it show about a `uuid` column, if there is one. */
  readonly firstRows: FirstRows | null
  /** What the rows after it show about damaged text. */
  readonly signs: ColumnSigns
  /** Lines around the header that are not rows: LinkedIn's notes, a row of groups above it, a row of types below it. */
  readonly preamble: readonly SkippedLine[]
  /** The cells of every row are in one quoted cell (wrapped.ts). */
  readonly wrapped?: true
}

export interface SkippedLine {
  readonly line: number
  readonly text: string
}

const TEXT_KEPT = 200

export function skippedLine({ line, cells }: CsvRecord): SkippedLine {
  return { line, text: cells.join(' ').trim().slice(0, TEXT_KEPT).toWellFormed() }
}

/** Characters read to find the dialect and the header. */
export const SAMPLE = 1 << 17
/** Records that are searched for a header and used to compare dialects. */
const LOOK_AT = 25
const DELIMITERS = [',', ';', '\t', '|']

export interface Found {
  readonly header: HeaderLine
  readonly tooLong: boolean
  /** The position of the first row. */
  readonly end: Place
}

/** `ended`: the sample is the whole text. */
export function findHeader(sample: string, ended: boolean, mapping: Mapping): Found {
  const newline = sample.includes('\n') || !sample.includes('\r') ? '\n' : '\r'
  // Excel declares the delimiter in this way.
  const said = /^"?sep=([,;\t|])"?(?=[\r\n])/i.exec(sample)?.[1]
  const known = memoized(headerKnowledge(mapping))
  let best: Candidate | null = null
  for (const delimiter of said === undefined ? DELIMITERS : [said]) {
    const candidate = findHeaderRecord({ delimiter, newline }, sample, known)
    if (candidate !== null && (best === null || isBetter(candidate, best))) best = candidate
  }
  if (best === null) throw new ConnectraError('ERR_INVALID_CSV', 'the file is empty: start it with a line of headers')
  const { dialect, parser, records, at, cells } = best
  const header = records[at]!
  const types = records[at + 1]
  const hasTypes = types !== undefined && isRowOfTypes(unwrap(types, dialect).cells, cells)
  const first = hasTypes ? at + 2 : at + 1
  // The last record of the sample may be cut.
  const rows = records.slice(first, ended || records.length === LOOK_AT ? records.length : -1)
  const wrapped = areWrapped(rows, cells.length, dialect)
  const cellsOf = (row: CsvRecord) => (wrapped ? unwrap(row, dialect) : row).cells
  const end = hasTypes ? types.end : header.end
  // The same rows, however the text was cut.
  const all = [...records, ...parser.push('', true, { offset: SAMPLE })]
  const telling = all.filter(record => record.end.offset > end.offset && record.end.offset < SAMPLE)
  return {
    header: {
      dialect,
      cells,
      line: header.line,
      firstRows: readFirstRows(cells, rows.map(cellsOf)),
      signs: findColumnSigns(telling.map(cellsOf)),
      preamble: [...records.slice(0, at), ...(hasTypes ? [types] : [])].map(skippedLine),
      ...(wrapped ? { wrapped } : {}),
    },
    tooLong: header.tooLong ?? false,
    end,
  }
}

interface Candidate {
  readonly dialect: Dialect
  /** Has read the first records of the sample. */
  readonly parser: CsvParser
  readonly records: readonly CsvRecord[]
  /** The index of the header among the records. */
  readonly at: number
  readonly cells: readonly string[]
  /** The number of its cells that are known headers. */
  readonly known: number
  /** The number of records after it that are as wide as the header; 0 if that is a single cell. */
  readonly regular: number
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.known === b.known ? a.regular > b.regular : a.known > b.known
}

/**
 * The header is the first record with the most known headers, provided that no record before it looks like a row, and that it is
 * not a row of types.
 */
function findHeaderRecord(dialect: Dialect, sample: string, isKnown: (header: string) => boolean): Candidate | null {
  const parser = createParser(dialect, null, BEGINNING)
  const records = parser.push(sample, true, { records: LOOK_AT })
  let [at, most] = [-1, -1]
  let header: readonly string[] = []
  for (const [index, record] of records.entries()) {
    const cells = headerCells(record, dialect, isKnown)
    if (at < 0 && !cells.some(cell => /[\p{L}\p{N}]/u.test(cell))) continue
    const known = countKnown(cells, isKnown)
    if (known <= most || (at >= 0 && !isAboveHeader(records.slice(0, index), cells))) continue
    if (at >= 0 && isRowOfTypes(cells, header)) continue
    at = index
    most = known
    header = cells
  }
  if (at < 0) return null
  const width = header.length
  const regular = width === 1 ? 0 : records.slice(at + 1).filter(({ cells }) => cells.length === width).length
  return { dialect, parser, records, at, cells: header, known: most, regular }
}

function countKnown(cells: readonly string[], isKnown: (header: string) => boolean): number {
  // A wider file is rejected anyway, and looking up so many cells would take a second.
  return cells.length > MAX_COLUMNS ? 0 : new Set(cells.filter(isKnown)).size
}

/** The cells of a record. If all are in one quoted cell, they count as headers only if two of them are known. */
function headerCells(record: CsvRecord, dialect: Dialect, isKnown: (header: string) => boolean): readonly string[] {
  const { cells } = unwrap(record, dialect)
  return cells === record.cells || countKnown(cells, isKnown) < 2 ? record.cells : cells
}

/** Whether the records are notes and titles, which have few cells, or rows of groups such as `Name,,Contact,,Company`. */
function isAboveHeader(records: readonly CsvRecord[], header: readonly string[]): boolean {
  const width = countFilled(header)
  return records.every(({ cells }) => {
    const filled = countFilled(cells)
    return filled <= Math.max(1, header.length / 3) || (filled < width && isRowOfGroups(cells, header.length))
  })
}

/** Merged cells leave empty ones, or repeat. None of the groups looks like data. */
function isRowOfGroups(cells: readonly string[], width: number): boolean {
  const isMerged = countFilled(cells) < cells.length || cells.length < width
  return isMerged && cells.every(cell => cell.length <= 40 && !/[\d@]/.test(cell))
}

function countFilled(cells: readonly string[]): number {
  return new Set(cells.map(cell => cell.trim()).filter(cell => cell !== '')).size
}

function memoized(compute: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return text => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const answer = text.length < 200 && compute(text)
    known.set(text, answer)
    return answer
  }
}
