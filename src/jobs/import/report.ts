/** The report of an import, shared with dry runs. Part of `job_response`. */
import { precedenceExplainer } from '../../csv/columns.ts'
import type { SkippedLine } from '../../csv/find-header.ts'
import { explainColumn, type HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvHeader } from '../../csv/read.ts'
import { rowKeys } from '../../records/parse/row-keys.ts'
import type { ImportTally, Kind } from './tally.ts'

/** `company`, `contact`, or both at once. */
export type FileKind = 'company' | 'contact' | 'both'

/** Plain JSON. */
export interface ImportReport {
  readonly kind: FileKind
  readonly counts: {
    /** `read` = `stored` + `rejected` + `empty`. The `warned` rows are among the stored ones. */
    readonly rows: Readonly<Record<'read' | 'stored' | 'warned' | 'rejected' | 'empty', number>>
    /** Lines before and after the header that are not rows. */
    readonly lines_skipped: number
    readonly companies: ImportTally['companies']
    readonly contacts: ImportTally['contacts']
  }
  readonly rejected: readonly Kind[]
  readonly warnings: readonly Kind[]
  readonly ignored_columns: readonly { readonly column: string; readonly reason: string }[]
  /**
   * The columns that are read only where another is empty, and how many of their values in stored rows were not used, because
   * the other column had another value.
   */
  readonly dropped_values: readonly { readonly column: string; readonly count: number; readonly reason: string }[]
  readonly unmatched_mapping: readonly string[]
  /** The first skipped lines. */
  readonly skipped_lines: readonly SkippedLine[]
  /** The working time of all runs. */
  readonly seconds: number
  readonly rows_per_second: number
}

/** Enough for a person to read. */
export const COLUMNS_REPORTED = 500
const HEADER_SHOWN = 200

export function reportImport(
  header: CsvHeader,
  meaning: HeaderMeaning,
  tally: ImportTally,
  seconds: number,
): ImportReport {
  const { rowsRead, rowsStored, rowsWarned, rowsRejected, rowsEmpty } = tally
  return {
    kind: fileKind(meaning),
    counts: {
      rows: { read: rowsRead, stored: rowsStored, warned: rowsWarned, rejected: rowsRejected, empty: rowsEmpty },
      lines_skipped: header.preamble.length + tally.linesSkipped,
      companies: tally.companies,
      contacts: tally.contacts,
    },
    rejected: tally.rejected,
    warnings: tally.warnings,
    ignored_columns: ignoredColumns(meaning),
    dropped_values: droppedValues(meaning, tally),
    unmatched_mapping: meaning.unmatched,
    skipped_lines: [...header.preamble, ...tally.skipped],
    seconds: Math.round(seconds * 1000) / 1000,
    rows_per_second: Math.round(rowsRead / Math.max(seconds, 0.001)),
  }
}

function droppedValues(meaning: HeaderMeaning, { dropped }: ImportTally): ImportReport['dropped_values'] {
  const explain = precedenceExplainer(meaning)
  return meaning.columns
    .flatMap(({ header }, index) => {
      const count = dropped[index] ?? 0
      const reason = explain(index) ?? (count > 0 ? OTHER_COLUMN : null)
      return reason === null ? [] : [{ column: shownHeader(header), count, reason }]
    })
    .slice(0, COLUMNS_REPORTED)
}

/** The rule of a cell (`CellRule`) gave it the field of another column. */
const OTHER_COLUMN = 'read where the same field has no value from another column'

/** The first COLUMNS_REPORTED ignored columns. */
export function ignoredColumns({ columns }: HeaderMeaning): ImportReport['ignored_columns'] {
  return columns
    .filter(column => column.key === null)
    .slice(0, COLUMNS_REPORTED)
    .map(column => ({ column: shownHeader(column.header), reason: explainColumn(column) }))
}

export function shownHeader(header: string): string {
  return header.slice(0, HEADER_SHOWN).toWellFormed()
}

/** The fields of which a row needs one to describe a company (parse-row.ts). */
const NAMES_COMPANY: ReadonlySet<string> = new Set(['name', 'linkedin_url', 'website', 'normalized_domain'])

export function fileKind({ service, form, columns }: HeaderMeaning): FileKind {
  if (form === 'fields') return service
  // A list of businesses may have e-mails.
  if (service === 'company') return columns.some(({ key }) => key === 'email') ? 'both' : 'company'
  const hasCompany = columns.some(({ key }) => {
    const field = key === null ? undefined : rowKeys().get(key)
    return field?.service === 'company' && NAMES_COMPANY.has(field.name)
  })
  return hasCompany ? 'both' : 'contact'
}
