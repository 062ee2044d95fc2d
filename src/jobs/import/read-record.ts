/** Decides what becomes of each record of a file. Shared by imports, previews and dry runs. */
import { isFooter } from '../../csv/footer.ts'
import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvRecord } from '../../csv/parse.ts'
import type { CsvFile } from '../../csv/read.ts'
import { type Damage, type DamagedValue, type ReadRow, rowReader, type UnreadCell } from '../../csv/row.ts'
import { shownEncoding, UNDECODABLE } from '../../csv/text/encodings.ts'
import type { ErrorCode, Problem } from '../../errors.ts'
import { type NameWatch, watchNames } from '../../records/parse/name-watch.ts'
import { parseCells, parseFieldCells, type RowOptions, readCompany } from '../../records/parse/parse-row.ts'
import type { ParsedRow, RecordWrite } from '../../records/record.ts'
import { ignoredCell, placeholderWarning } from '../../records/values/row-cell.ts'

export type Outcome = Stored | Rejected | Empty | Skipped

/** The row describes these records. */
export interface Stored {
  readonly becomes: 'stored'
  readonly company: RecordWrite | null
  readonly contact: RecordWrite | null
  /** The values that are ignored. Those of `unread` come last. */
  readonly warnings: readonly Problem[]
  /** The cells that are not read (csv/row.ts). */
  readonly unread: ReadRow['unread']
  /** The columns, by index, whose values are not used (csv/row.ts). */
  readonly dropped: ReadRow['dropped']
  /** The values as they are in the file, in the order of `keysOf` (csv/columns.ts). */
  readonly values: ReadRow['values']
}

export interface Rejected {
  readonly becomes: 'rejected'
  readonly code: ErrorCode
  /** The row key, or the field in an export of ours; null if the reason is not a single value. */
  readonly field: string | null
  readonly message: string
}

/** A row without a value in any known column. */
interface Empty {
  readonly becomes: 'empty'
}

/** Not a row: part of a report's footer, or the header repeated. */
interface Skipped {
  readonly becomes: 'skipped'
  /** True in the footer of a report, which may continue on the next line. */
  readonly footer: boolean
}

export interface FileSigns extends Damage {
  /** The encoding, if U+FFFD in the text stands for bytes that have no character in it. */
  readonly undecodable: string | null
}

/** What a file shows about its text. */
export function fileSigns({ header, damage }: CsvFile): FileSigns {
  return { signs: header.signs, damage, undecodable: header.marksUndecodable ? shownEncoding(header.encoding) : null }
}

const EMPTY: Empty = { becomes: 'empty' }
/** The keys of a company's name, the second in an export of ours. */
const NAMES_COMPANY: ReadonlySet<string> = new Set(['company', 'name'])

/**
 * Returns a function to be called with the records of a file in order. `withinFooter` is true if the previous record was
 * part of a footer. `read` reads the companies (records/write/remember-companies.ts). `names` has the names of earlier records.
 */
export function recordReader(
  header: readonly string[],
  meaning: HeaderMeaning,
  { undecodable, ...damage }: FileSigns,
  read: typeof readCompany = readCompany,
  names: NameWatch = watchNames(),
): (record: CsvRecord, withinFooter: boolean) => Outcome {
  const readRow = rowReader(meaning, damage)
  const options: RowOptions = { file: true, readCompany: read, names }
  const namesCompany = (index: number) => NAMES_COMPANY.has(meaning.columns[index]?.key ?? '')
  return (record, withinFooter) => {
    const { cells, line } = record
    const footer = cells.length <= header.length && isFooter(cells, header.length, withinFooter, namesCompany)
    if (footer || isHeaderAgain(cells, header)) return { becomes: 'skipped', footer }
    const flaw = flawOf(record, header.length) ?? (undecodable === null ? null : undecodableFlaw(cells, undecodable))
    if (flaw !== null) return flaw
    const row = readRow(cells)
    if (row === null) return EMPTY
    const { company, contact, problems, warnings } = parse(meaning, row, line, options)
    if (problems.length === 0) {
      const { values, dropped, unread } = row
      const all = ofCells(row, line, warnings)
      return { becomes: 'stored', company, contact, warnings: all, unread, dropped, values }
    }
    const message = problems.map(problem => problem.message).join('; ')
    return { becomes: 'rejected', code: problems[0]!.code, field: problems[0]!.field, message }
  }
}

/** The warnings about the values of a row, followed by those about its cells. */
function ofCells(
  { damaged, unread, warnings: ofParts }: ReadRow,
  line: number,
  ofValues: readonly Problem[],
): readonly Problem[] {
  if (damaged === undefined && unread === undefined && ofParts === undefined) return ofValues
  return [
    ...(ofParts ?? []).map(warning => ({ ...warning, index: line })),
    ...ofValues,
    ...(damaged ?? []).map(damageWarning),
    ...(unread ?? []).map(cell => unreadWarning(cell, line)),
  ]
}

function damageWarning({ key, message }: DamagedValue): Problem {
  return { field: key, code: 'ERR_INVALID_VALUE', message }
}

function unreadWarning({ key, cell, why }: UnreadCell, line: number): Problem {
  return why === null ? placeholderWarning(line, key, cell) : { index: line, ...ignoredCell(key, cell, why) }
}

function parse(meaning: HeaderMeaning, { values, scales }: ReadRow, line: number, options: RowOptions): ParsedRow {
  if (meaning.form === 'fields') return parseFieldCells(meaning.service, values, line)
  return parseCells(values, line, scales === undefined ? options : { ...options, scales })
}

function undecodableFlaw(cells: readonly string[], encoding: string): Rejected | null {
  if (!cells.some(cell => cell.includes(UNDECODABLE))) return null
  const message = `the row has bytes that are not ${encoding}: check the encoding, or replace the characters shown as ${UNDECODABLE}`
  return { becomes: 'rejected', code: 'ERR_INVALID_CSV', field: null, message }
}

function isHeaderAgain(cells: readonly string[], header: readonly string[]): boolean {
  return (
    cells[0] === header[0] && cells.length === header.length && cells.every((cell, index) => cell === header[index])
  )
}

function flawOf({ cells, tooLong }: CsvRecord, width: number): Rejected | null {
  if (tooLong)
    return {
      becomes: 'rejected',
      code: 'ERR_VALUE_TOO_LONG',
      field: null,
      message: 'the row is longer than 1 MB, and only its beginning is kept in this file: shorten it',
    }
  if (cells.length <= width || cells.slice(width).every(cell => cell.trim() === '')) return null
  const message = `the row has ${cells.length} cells but the header has ${width}: quote cells that contain the delimiter`
  return { becomes: 'rejected', code: 'ERR_INVALID_CSV', field: null, message }
}
