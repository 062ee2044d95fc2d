/** Parses the records of a file into batches. Each batch is stored in one transaction. */
import { reportColumns } from '../../csv/header/export-header.ts'
import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvRecord, Place } from '../../csv/parse.ts'
import type { CsvFile } from '../../csv/read.ts'
import type { ErrorCode } from '../../errors.ts'
import { watchNames } from '../../records/parse/name-watch.ts'
import { type CompanyMemory, rememberCompanies } from '../../records/write/remember-companies.ts'
import { createStage, type Stage, type StagedBatch } from '../../records/write/stage-batch.ts'
import { fileSigns, recordReader } from './read-record.ts'
import { type BatchTally, countRejected, countSkipped, countStored, openBatchTally } from './tally.ts'
import { type ListedWarning, warningLister } from './warnings.ts'

export interface ImportBatch {
  readonly records: StagedBatch
  readonly rejects: readonly Reject[]
  readonly warnings: readonly ListedWarning[]
  readonly tally: BatchTally
  /** The position where the next batch begins. */
  readonly place: Place
  /** The next batch begins within the footer of a report. */
  readonly withinFooter: boolean
}

/** A rejected row. */
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

/** Limits of a batch, to bound its transaction and its memory: rows, and characters of these rows. */
export interface BatchLimits {
  readonly rows: number
  readonly characters: number
}

export const BATCH_LIMITS: BatchLimits = { rows: 10_000, characters: 4 << 20 }

export async function* readBatches(
  file: CsvFile,
  meaning: HeaderMeaning,
  start: BatchStart,
  limits = BATCH_LIMITS,
): AsyncGenerator<ImportBatch> {
  const companies = rememberCompanies()
  const names = watchNames()
  const reading: Reading = {
    width: file.header.cells.length,
    report: reportColumns(file.header.cells),
    readRecord: recordReader(file.header.cells, meaning, fileSigns(file), companies.read, names),
    listWarnings: warningLister(meaning),
    companies,
  }
  const stage = createStage()
  let { place, withinFooter } = start
  let batch = openBatch(place, stage)
  for await (const records of file.records)
    for (const record of records) {
      withinFooter = addRecord(batch, record, reading, withinFooter)
      place = record.end
      if (batch.tally.rowsRead < limits.rows && place.offset - batch.from < limits.characters) continue
      yield closeBatch(batch, place, withinFooter)
      // A run that begins with the next batch does not know the earlier names either.
      names.forget()
      batch = openBatch(place, stage)
    }
  yield closeBatch(batch, place, withinFooter)
}

interface Reading {
  /** The number of columns. */
  readonly width: number
  /** The number of columns at the end that an earlier import added to its rejects file. */
  readonly report: number
  readonly readRecord: ReturnType<typeof recordReader>
  readonly listWarnings: ReturnType<typeof warningLister>
  readonly companies: CompanyMemory
}

interface OpenBatch {
  readonly stage: Stage
  readonly rejects: Reject[]
  readonly warnings: ListedWarning[]
  readonly tally: BatchTally
  readonly from: number
}

function openBatch(place: Place, stage: Stage): OpenBatch {
  return { stage, rejects: [], warnings: [], tally: openBatchTally(), from: place.offset }
}

function closeBatch({ stage, rejects, warnings, tally }: OpenBatch, place: Place, withinFooter: boolean): ImportBatch {
  return { records: stage.take(), rejects, warnings, tally, place, withinFooter }
}

/** Returns whether the record is part of a footer, which the next record may continue. */
function addRecord(batch: OpenBatch, record: CsvRecord, reading: Reading, withinFooter: boolean): boolean {
  const { tally } = batch
  const outcome = reading.readRecord(record, withinFooter)
  if (outcome.becomes === 'skipped') {
    countSkipped(tally, record)
    return outcome.footer
  }
  tally.rowsRead++
  if (outcome.becomes === 'empty') tally.rowsEmpty++
  else if (outcome.becomes === 'rejected') {
    countRejected(tally, outcome, record.line)
    batch.rejects.push({
      line: record.line,
      cells: rejectedCells(record, reading),
      code: outcome.code,
      message: outcome.message,
    })
  } else {
    countStored(tally, outcome, record.line)
    const { company, contact, warnings } = outcome
    if (warnings.length > 0) batch.warnings.push(...reading.listWarnings(record, outcome))
    if (company !== null && reading.companies.isNews(company)) batch.stage.company(company)
    if (contact !== null) batch.stage.contact(contact)
  }
  return false
}

/**
 * Follows the beginning of a row that was too long. It is a cell too many, so the row is rejected again unless it is
 * fixed.
 */
const CUT = '(the rest of the row is missing here)'

/**
 * The cells as they were, without the columns that a rejects file adds, because the next one adds its own. A short row is
 * padded, so that the added columns are under their headers.
 */
function rejectedCells({ cells, tooLong }: CsvRecord, { width, report }: Reading): readonly string[] {
  const missing = width - cells.length
  const filled = missing <= 0 ? cells : [...cells, ...Array<string>(missing).fill('')]
  // The cut may split a surrogate pair, which PostgreSQL cannot store.
  if (tooLong) return [...filled.map(cell => cell.toWellFormed()), CUT]
  return report === 0 ? filled : filled.slice(0, -report)
}
