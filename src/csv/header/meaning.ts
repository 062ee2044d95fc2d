/** What the columns of a file may mean, and why one may mean nothing. */
import type { Service } from '../../fields.ts'

export type ChosenReason = keyof typeof CHOSEN

/** Why a column is read as its key, for people. */
const CHOSEN = {
  mapping: 'said by `mapping`',
  field: 'the name of a field',
  alias: 'a known header',
  kind: 'a header that is about what the file is about: companies or contacts',
  no_company: 'a header of companies, in a file of people that has none',
  address: 'a web address: one of a person or of a company on LinkedIn is read as that',
  linkedin: 'addresses on LinkedIn alone: of people or of companies',
  phone_label: 'a phone number: the label beside it says which',
  website_label: 'a website: the label beside it says whose',
  uuid: 'only cells that are a UUID',
  not_salutation: 'a known header; Mr, Dr and the like are passed over',
} as const

export type IgnoredReason = keyof typeof REASONS

/** Why a column is not read, for people. */
const REASONS = {
  unknown: 'no known column',
  empty: 'the header is empty',
  duplicate: 'an earlier column has the same header',
  mapping: 'left out by `mapping`',
  ambiguous: 'may mean several things: say which by `mapping`',
  outlook: 'a remark of Outlook on the contact, not on the company',
  person: 'about a person, in a file of companies',
  view: 'a view of the company, which is another record',
  other_service: 'no field of these records',
  system: 'set by the system',
  uuid: 'names a record only where all other headers are names of fields',
  report: 'the report of an earlier import',
} as const

/** How a cell may change the key of its column, or be passed over (src/csv/row.ts). */
export type CellRule = Extract<
  ChosenReason,
  'address' | 'linkedin' | 'phone_label' | 'website_label' | 'uuid' | 'not_salutation'
>

export interface ColumnMeaning {
  readonly header: string
  /** The row key (in an export of ours: the field) it is read as; null: it is ignored. */
  readonly key: string | null
  /** Why it is read as its key; null: it is ignored. */
  readonly chosen: ChosenReason | null
  /** Why it is ignored; null: it is read. */
  readonly ignored: IgnoredReason | null
  /** The keys that an ambiguous header may mean. */
  readonly candidates: readonly string[]
  /** Among several columns of one key the smallest comes first. */
  readonly rank: number
  /** What one unit of a number is worth. */
  readonly scale: number
  readonly by: CellRule | null
}

export function chosenColumn(
  header: string,
  key: string,
  chosen: ChosenReason,
  { rank, scale = 1, by = null }: { readonly rank: number; readonly scale?: number; readonly by?: CellRule | null },
): ColumnMeaning {
  return { header, key, chosen, ignored: null, candidates: [], rank, scale, by }
}

export function ignoredColumn(
  header: string,
  ignored: IgnoredReason,
  candidates: readonly string[] = [],
): ColumnMeaning {
  return { header, key: null, chosen: null, ignored, candidates, rank: 0, scale: 1, by: null }
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

/** Why a column is read as it is, or is not read: a sentence's part for people. */
export function explainColumn({ chosen, ignored, candidates }: ColumnMeaning): string {
  if (chosen !== null) return CHOSEN[chosen]
  const all = candidates.length === 1 ? [...candidates, 'something else'] : candidates
  if (all.length > 0) return `may mean ${all.join(' or ')}: say which by \`mapping\``
  return REASONS[ignored!]
}
