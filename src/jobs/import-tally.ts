/** What an import counts and remembers for its report: plain JSON, part of every checkpoint. */
import type { SkippedLine } from '../csv/read.ts'
import type { ErrorCode, Problem } from '../errors.ts'
import type { Upserted, UpsertResult } from '../records/upsert.ts'

export interface ImportTally {
  readonly rowsRead: number
  /** Rows that were taken: their records are created, updated or as they were. */
  readonly rowsStored: number
  readonly rowsRejected: number
  /** Rows without a cell that means anything, such as LinkedIn's hidden members. */
  readonly rowsEmpty: number
  /** Lines that are no rows: a report's footer, a header in between. The first of them. */
  readonly skipped: readonly SkippedLine[]
  readonly companies: Counts
  readonly contacts: Counts
  readonly warnings: readonly Warning[]
}

/** Records per batch: one that two batches name counts in both. */
interface Counts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
}

/** One kind of warning, with the first of its kind. */
interface Warning {
  readonly code: ErrorCode
  readonly field: string | null
  readonly count: number
  readonly line: number
  readonly message: string
}

const NONE: Counts = { created: 0, updated: 0, unchanged: 0 }
const SKIPPED_KEPT = 20

export const EMPTY_TALLY: ImportTally = {
  rowsRead: 0,
  rowsStored: 0,
  rowsRejected: 0,
  rowsEmpty: 0,
  skipped: [],
  companies: NONE,
  contacts: NONE,
  warnings: [],
}

/** What the rows of one batch say, before it is stored. */
export interface BatchTally {
  rowsRead: number
  rowsStored: number
  rowsRejected: number
  rowsEmpty: number
  readonly skipped: SkippedLine[]
  readonly warnings: Map<string, Warning>
}

export function openBatchTally(): BatchTally {
  return { rowsRead: 0, rowsStored: 0, rowsRejected: 0, rowsEmpty: 0, skipped: [], warnings: new Map() }
}

export function countWarnings(tally: BatchTally, warnings: readonly Problem[], line: number): void {
  for (const { code, field, message } of warnings) addWarning(tally.warnings, { code, field, count: 1, line, message })
}

/** The messages of a kind differ in the value they quote. */
function addWarning(warnings: Map<string, Warning>, warning: Warning): void {
  const kind = `${warning.code} ${warning.field}`
  const known = warnings.get(kind)
  warnings.set(kind, known === undefined ? warning : { ...known, count: known.count + warning.count })
}

export function addBatch(tally: ImportTally, batch: BatchTally, stored: UpsertResult): ImportTally {
  const warnings = new Map(tally.warnings.map(warning => [`${warning.code} ${warning.field}`, warning]))
  for (const warning of batch.warnings.values()) addWarning(warnings, warning)
  return {
    rowsRead: tally.rowsRead + batch.rowsRead,
    rowsStored: tally.rowsStored + batch.rowsStored,
    rowsRejected: tally.rowsRejected + batch.rowsRejected,
    rowsEmpty: tally.rowsEmpty + batch.rowsEmpty,
    skipped: [...tally.skipped, ...batch.skipped].slice(0, SKIPPED_KEPT),
    companies: addCounts(tally.companies, stored.companies),
    contacts: addCounts(tally.contacts, stored.contacts),
    warnings: [...warnings.values()],
  }
}

function addCounts(counts: Counts, { created, updated, unchanged }: Upserted): Counts {
  return {
    created: counts.created + created.length,
    updated: counts.updated + updated.length,
    unchanged: counts.unchanged + unchanged,
  }
}
