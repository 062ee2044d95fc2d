/** The counts and examples for the report of an import. Plain JSON, part of every checkpoint. */

import { type SkippedLine, skippedLine } from '../../csv/find-header.ts'
import type { CsvRecord } from '../../csv/parse.ts'
import type { ErrorCode } from '../../errors.ts'
import type { Upserted, UpsertResult } from '../../records/write/upsert.ts'
import type { Rejected, Stored } from './read-record.ts'

/** `rowsRead` = `rowsStored` + `rowsRejected` + `rowsEmpty`. */
export interface ImportTally {
  readonly rowsRead: number
  /** Rows that were accepted. Their records were created, updated or left unchanged. */
  readonly rowsStored: number
  /** Stored rows with at least one warning. */
  readonly rowsWarned: number
  readonly rowsRejected: number
  /** Rows without a value in any known column, such as LinkedIn's hidden members. */
  readonly rowsEmpty: number
  /** Lines after the header that are not rows: a report's footer, a repeated header. */
  readonly linesSkipped: number
  /** The first skipped lines. */
  readonly skipped: readonly SkippedLine[]
  readonly companies: Counts
  readonly contacts: Counts
  /** By code and field. */
  readonly rejected: readonly Kind[]
  /** By code and field. */
  readonly warnings: readonly Kind[]
  /** Column index → how many of its values in stored rows were not used, because an earlier column had another value. */
  readonly dropped: Readonly<Record<number, number>>
}

/** What became of the rows with a record of one service. The three counts add up to the number of these rows. */
interface Counts {
  readonly created: number
  /** The row changed a stored record, possibly one from an earlier row. */
  readonly updated: number
  /** The record already had the values of the row, possibly from an earlier row. */
  readonly unchanged: number
}

/** One kind of rejection or warning, with the line and message of the first. */
export interface Kind {
  readonly code: ErrorCode
  readonly field: string | null
  readonly count: number
  readonly line: number
  readonly message: string
}

const NONE: Counts = { created: 0, updated: 0, unchanged: 0 }
/** Enough for a person to read. */
export const SKIPPED_KEPT = 20

export const EMPTY_TALLY: ImportTally = {
  rowsRead: 0,
  rowsStored: 0,
  rowsWarned: 0,
  rowsRejected: 0,
  rowsEmpty: 0,
  linesSkipped: 0,
  skipped: [],
  companies: NONE,
  contacts: NONE,
  rejected: [],
  warnings: [],
  dropped: {},
}

/** The counts of one batch before it is stored. */
export interface BatchTally {
  rowsRead: number
  rowsStored: number
  rowsWarned: number
  rowsRejected: number
  rowsEmpty: number
  linesSkipped: number
  readonly skipped: SkippedLine[]
  /** Rows with a company. */
  companies: number
  /** Rows with a contact. */
  contacts: number
  readonly rejected: Map<string, Kind>
  readonly warnings: Map<string, Kind>
  readonly dropped: Map<number, number>
}

export function openBatchTally(): BatchTally {
  return {
    rowsRead: 0,
    rowsStored: 0,
    rowsWarned: 0,
    rowsRejected: 0,
    rowsEmpty: 0,
    linesSkipped: 0,
    skipped: [],
    companies: 0,
    contacts: 0,
    rejected: new Map(),
    warnings: new Map(),
    dropped: new Map(),
  }
}

export function countSkipped(tally: BatchTally, record: CsvRecord): void {
  tally.linesSkipped++
  if (tally.skipped.length < SKIPPED_KEPT) tally.skipped.push(skippedLine(record))
}

export function countRejected(tally: BatchTally, { code, field, message }: Rejected, line: number): void {
  tally.rowsRejected++
  addKind(tally.rejected, { code, field, count: 1, line, message })
}

export function countStored(tally: BatchTally, { company, contact, warnings, dropped }: Stored, line: number): void {
  tally.rowsStored++
  if (company !== null) tally.companies++
  if (contact !== null) tally.contacts++
  if (warnings.length > 0) tally.rowsWarned++
  for (const { code, field, message } of warnings) addKind(tally.warnings, { code, field, count: 1, line, message })
  if (dropped !== undefined)
    for (const column of dropped) tally.dropped.set(column, (tally.dropped.get(column) ?? 0) + 1)
}

/** Identifies a kind by code and field. The messages of a kind differ in the value they quote. */
export function kindOf({ code, field }: { readonly code: string; readonly field: string | null }): string {
  return `${code} ${field}`
}

function addKind(kinds: Map<string, Kind>, kind: Kind): void {
  const name = kindOf(kind)
  const known = kinds.get(name)
  kinds.set(name, known === undefined ? kind : { ...known, count: known.count + kind.count })
}

export function addBatch(tally: ImportTally, batch: BatchTally, stored: UpsertResult): ImportTally {
  return {
    rowsRead: tally.rowsRead + batch.rowsRead,
    rowsStored: tally.rowsStored + batch.rowsStored,
    rowsWarned: tally.rowsWarned + batch.rowsWarned,
    rowsRejected: tally.rowsRejected + batch.rowsRejected,
    rowsEmpty: tally.rowsEmpty + batch.rowsEmpty,
    linesSkipped: tally.linesSkipped + batch.linesSkipped,
    skipped: [...tally.skipped, ...batch.skipped].slice(0, SKIPPED_KEPT),
    companies: addCounts(tally.companies, batch.companies, stored.companies),
    contacts: addCounts(tally.contacts, batch.contacts, stored.contacts),
    rejected: addKinds(tally.rejected, batch.rejected),
    warnings: addKinds(tally.warnings, batch.warnings),
    dropped: addDropped(tally.dropped, batch.dropped),
  }
}

/**
 * `named`: the rows of the batch with such a record. A row that changes what an earlier row of the file stored counts as
 * updated, however the rows of a record are spread over batches. An interrupted run therefore has the same counts as an
 * uninterrupted one.
 */
function addCounts(counts: Counts, named: number, { created, updated, furtherUpdates }: Upserted): Counts {
  return {
    created: counts.created + created,
    updated: counts.updated + updated + furtherUpdates,
    unchanged: counts.unchanged + named - created - updated - furtherUpdates,
  }
}

function addDropped(dropped: ImportTally['dropped'], more: BatchTally['dropped']): ImportTally['dropped'] {
  const sum: { [column: number]: number } = { ...dropped }
  for (const [column, count] of more) sum[column] = (sum[column] ?? 0) + count
  return sum
}

function addKinds(kinds: readonly Kind[], more: ReadonlyMap<string, Kind>): readonly Kind[] {
  if (more.size === 0) return kinds
  const sum = new Map(kinds.map(kind => [kindOf(kind), kind]))
  for (const kind of more.values()) addKind(sum, kind)
  return [...sum.values()]
}
