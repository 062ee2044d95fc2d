/** The records of a file, parsed into batches that are each stored in one transaction. */
import { isFooter } from '../csv/footer.ts'
import type { HeaderMeaning } from '../csv/header-meaning.ts'
import type { CsvRecord, Place } from '../csv/parse.ts'
import type { CsvFile } from '../csv/read.ts'
import { type ReadRow, rowReader } from '../csv/row.ts'
import type { ErrorCode } from '../errors.ts'
import { parseFieldRow, parseRow, type RowOptions } from '../records/parse-row.ts'
import type { ParsedRow, RecordWrite } from '../records/record.ts'
import { type CompanyMemory, rememberCompanies } from '../records/remember-companies.ts'
import { type BatchTally, countWarnings, openBatchTally } from './import-tally.ts'

export interface ImportBatch {
  readonly companies: readonly RecordWrite[]
  readonly contacts: readonly RecordWrite[]
  readonly rejects: readonly Reject[]
  readonly tally: BatchTally
  /** Where the next batch begins. */
  readonly place: Place
  /** Does it begin within the footer of a report? */
  readonly withinFooter: boolean
}

/** A row that was not taken. */
export interface Reject {
  readonly line: number
  readonly cells: readonly string[]
  readonly code: ErrorCode
  readonly message: string
}

export interface BatchStart {
  readonly place: Place
  readonly withinFooter: boolean
}

/** What one transaction takes, and memory holds: rows, and characters of them. */
const ROWS = 5000
const CHARACTERS = 8 << 20

export async function* readBatches(
  file: CsvFile,
  meaning: HeaderMeaning,
  start: BatchStart,
): AsyncGenerator<ImportBatch> {
  const companies = rememberCompanies()
  const reading: Reading = {
    header: file.header.cells,
    meaning,
    readRow: rowReader(meaning),
    options: { file: true, readCompany: companies.read },
    companies,
  }
  let { place, withinFooter } = start
  let batch = openBatch(place)
  for await (const records of file.records)
    for (const record of records) {
      withinFooter = addRecord(batch, record, reading, withinFooter)
      place = record.end
      if (batch.tally.rowsRead < ROWS && place.offset - batch.from < CHARACTERS) continue
      yield { ...batch, place, withinFooter }
      batch = openBatch(place)
    }
  yield { ...batch, place, withinFooter }
}

interface Reading {
  readonly header: readonly string[]
  readonly meaning: HeaderMeaning
  readonly readRow: (cells: readonly string[]) => ReadRow | null
  readonly options: RowOptions
  readonly companies: CompanyMemory
}

interface OpenBatch {
  readonly companies: RecordWrite[]
  readonly contacts: RecordWrite[]
  readonly rejects: Reject[]
  readonly tally: BatchTally
  readonly from: number
}

function openBatch(place: Place): OpenBatch {
  return { companies: [], contacts: [], rejects: [], tally: openBatchTally(), from: place.offset }
}

/** Returns whether the footer of a report goes on. */
function addRecord(
  batch: OpenBatch,
  record: CsvRecord,
  { header, meaning, readRow, options, companies }: Reading,
  withinFooter: boolean,
): boolean {
  const { cells, line } = record
  const { tally } = batch
  const footer = cells.length <= header.length && isFooter(cells, header.length, withinFooter)
  if (footer || isHeaderAgain(cells, header)) {
    tally.skipped.push({ line, text: cells.join(' ').trim().slice(0, 200) })
    return footer
  }
  tally.rowsRead++
  const flaw = flawOf(record, header.length)
  const row = flaw === null ? readRow(cells) : null
  if (flaw !== null) reject(batch, record, header.length, flaw.code, flaw.message)
  else if (row === null) tally.rowsEmpty++
  else {
    const parsed = parse(meaning, row, line, options)
    if (parsed.warnings.length > 0) countWarnings(tally, parsed.warnings, line)
    if (parsed.problems.length > 0) {
      const message = parsed.problems.map(problem => problem.message).join('; ')
      reject(batch, record, header.length, parsed.problems[0]!.code, message)
    } else {
      tally.rowsStored++
      if (parsed.company !== null && companies.isNews(parsed.company)) batch.companies.push(parsed.company)
      if (parsed.contact !== null) batch.contacts.push(parsed.contact)
    }
  }
  return false
}

function parse(meaning: HeaderMeaning, { values, scales }: ReadRow, line: number, options: RowOptions): ParsedRow {
  if (meaning.form === 'fields') return parseFieldRow(meaning.service, values, line)
  return parseRow(values, line, scales === undefined ? options : { ...options, scales })
}

function isHeaderAgain(cells: readonly string[], header: readonly string[]): boolean {
  return (
    cells[0] === header[0] && cells.length === header.length && cells.every((cell, index) => cell === header[index])
  )
}

function flawOf(
  { cells, tooLong }: CsvRecord,
  width: number,
): { readonly code: ErrorCode; readonly message: string } | null {
  if (tooLong)
    return { code: 'ERR_VALUE_TOO_LONG', message: 'the row is longer than 1 MB; only its beginning is kept here' }
  if (cells.length <= width || cells.slice(width).every(cell => cell.trim() === '')) return null
  const message = `the row has ${cells.length} cells, the header ${width}: quote cells that contain the delimiter`
  return { code: 'ERR_INVALID_CSV', message }
}

/** A row that ends early is filled up, so that what the rejects file adds stands under its headers. */
function reject(batch: OpenBatch, { cells, line }: CsvRecord, width: number, code: ErrorCode, message: string): void {
  const missing = Math.max(0, width - cells.length)
  batch.tally.rowsRejected++
  batch.rejects.push({
    line,
    cells: missing === 0 ? cells : [...cells, ...Array<string>(missing).fill('')],
    code,
    message,
  })
}
