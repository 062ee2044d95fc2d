/** Decides what becomes of each record of a file. Shared by imports, previews and dry runs. */
import { isFooter } from '../../csv/footer.ts'
import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvRecord } from '../../csv/parse.ts'
import { type ReadRow, rowReader } from '../../csv/row.ts'
import type { ErrorCode, Problem } from '../../errors.ts'
import { parseCells, parseFieldCells, type RowOptions, readCompany } from '../../records/parse/parse-row.ts'
import type { ParsedRow, RecordWrite } from '../../records/record.ts'

export type Outcome = Stored | Rejected | Empty | Skipped

/** The row describes these records. */
export interface Stored {
  readonly becomes: 'stored'
  readonly company: RecordWrite | null
  readonly contact: RecordWrite | null
  /** The values that are ignored. */
  readonly warnings: readonly Problem[]
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

const EMPTY: Empty = { becomes: 'empty' }
/** The keys of a company's name, the second in an export of ours. */
const NAMES_COMPANY: ReadonlySet<string> = new Set(['company', 'name'])

/**
 * Returns a function to be called with the records of a file in order. `withinFooter` is true if the previous record was
 * part of a footer. `read` reads the companies (records/write/remember-companies.ts).
 */
export function recordReader(
  header: readonly string[],
  meaning: HeaderMeaning,
  read: typeof readCompany = readCompany,
): (record: CsvRecord, withinFooter: boolean) => Outcome {
  const readRow = rowReader(meaning)
  const options: RowOptions = { file: true, readCompany: read }
  const namesCompany = (index: number) => NAMES_COMPANY.has(meaning.columns[index]?.key ?? '')
  return (record, withinFooter) => {
    const { cells, line } = record
    const footer = cells.length <= header.length && isFooter(cells, header.length, withinFooter, namesCompany)
    if (footer || isHeaderAgain(cells, header)) return { becomes: 'skipped', footer }
    const flaw = flawOf(record, header.length)
    if (flaw !== null) return flaw
    const row = readRow(cells)
    if (row === null) return EMPTY
    const parsed = parse(meaning, row, line, options)
    const { company, contact, problems } = parsed
    const { values, dropped } = row
    const warnings =
      row.warnings === undefined
        ? parsed.warnings
        : [...row.warnings.map(warning => ({ ...warning, index: line })), ...parsed.warnings]
    if (problems.length === 0) return { becomes: 'stored', company, contact, warnings, dropped, values }
    const message = problems.map(problem => problem.message).join('; ')
    return { becomes: 'rejected', code: problems[0]!.code, field: problems[0]!.field, message }
  }
}

function parse(meaning: HeaderMeaning, { values, scales }: ReadRow, line: number, options: RowOptions): ParsedRow {
  if (meaning.form === 'fields') return parseFieldCells(meaning.service, values, line)
  return parseCells(values, line, scales === undefined ? options : { ...options, scales })
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
