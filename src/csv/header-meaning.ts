/** What the columns of a file may mean, and why one may mean nothing. */
import type { Service } from '../fields.ts'

export type IgnoredReason = keyof typeof REASONS

/** Why a column is not read, for people. */
export const REASONS = {
  unknown: 'no known column',
  empty: 'the header is empty',
  duplicate: 'an earlier column has the same header',
  mapping: 'left out by `mapping`',
  ambiguous: 'the name of the person or of the company: say by `mapping`',
  outlook: 'a remark of Outlook on the contact, not on the company',
  person: 'about a person, in a file of companies',
  view: 'a view of the company, which is another record',
  other_service: 'no field of these records',
  system: 'set by the system',
  uuid: 'names a record only where all other headers are names of fields',
  report: 'the report of an earlier import',
} as const

/** How a cell may change the key of its column, or be passed over (src/csv/row.ts). */
export type CellRule = 'address' | 'phone_label' | 'website_label' | 'uuid' | 'not_salutation'

export interface ColumnMeaning {
  readonly header: string
  /** The row key (in an export of ours: the field) it is read as; null: it is ignored. */
  readonly key: string | null
  readonly ignored: IgnoredReason | null
  /** Among several columns of one key the smallest comes first. */
  readonly rank: number
  /** What one unit of a number is worth. */
  readonly scale: number
  readonly by: CellRule | null
}

export interface HeaderMeaning {
  /** What the file is about. */
  readonly service: Service
  /** `fields`: one of our exports, read by names of fields. */
  readonly form: 'rows' | 'fields'
  readonly columns: readonly ColumnMeaning[]
  /** Headers of the mapping that the file does not have. */
  readonly unmatched: readonly string[]
}

/** Without what only the mapping knows. */
export type Meaning = Omit<HeaderMeaning, 'unmatched'>

/** Header → row key, or null to leave the column out. */
export type Mapping = Readonly<Record<string, string | null>>
