/** The result of reading a header: the meaning of each column, and the reasons shown to people. */
import type { Service } from '../../fields.ts'

export type ChosenReason = keyof typeof CHOSEN

/** Why a column is read as its key. Shown to people. */
const CHOSEN = {
  mapping: 'set by `mapping`',
  field: 'the name of a field',
  alias: 'a known header',
  kind: 'a known header, taken to describe what the file lists: companies or contacts',
  no_company: 'a known header of companies, read for the person as the file has no company column',
  address: 'a web address; LinkedIn addresses of people and companies are recognised',
  linkedin: 'LinkedIn addresses of people or companies only',
  phone_label: 'a phone number; the label column says which kind',
  website_label: 'a website; the label column says whose',
  uuid: 'a known header; only cells that are UUIDs are read',
  last_name_first: 'a full name; the header says that the last name comes first',
  not_salutation: 'a known header; salutations such as Mr and Dr are skipped',
  country_code: 'a known header; only country codes and names are read, not calling codes',
  beside_first: 'a name beside a first name: the last name',
  beside_last: 'a name beside a last name: the first name',
  business: 'the name of the business, as no column names a person',
} as const

export type IgnoredReason = keyof typeof REASONS

/** Why a column is not read. Shown to people. */
const REASONS = {
  unknown: 'not a known header',
  empty: 'the header is empty',
  duplicate: 'an earlier column has the same header',
  mapping: 'left out by `mapping`',
  ambiguous: 'may mean several things: choose one with `mapping`',
  outlook: "Outlook's remarks on the contact, not about the company",
  person: 'about a person, in a file of companies',
  view: 'belongs to the company, which is a separate record',
  other_service: 'not a field of these records',
  system: 'set by the system',
  not_field: 'not the name of a field',
  uuid: 'identifies a record only in an export from Connectra',
  report: 'added by an earlier import to its rejects file',
} as const

/** A rule by which a cell changes the key of its column, is rearranged or is left out (applied in ../row.ts). */
export type CellRule = Extract<
  ChosenReason,
  | 'address'
  | 'linkedin'
  | 'phone_label'
  | 'website_label'
  | 'uuid'
  | 'last_name_first'
  | 'not_salutation'
  | 'country_code'
>

export interface ColumnMeaning {
  readonly header: string
  /** The row key it is read as, in an export of ours the field. Null if the column is ignored. */
  readonly key: string | null
  /** Why it is read as its key; null if it is ignored. */
  readonly chosen: ChosenReason | null
  /** Why it is ignored; null if it is read. */
  readonly ignored: IgnoredReason | null
  /** The keys that an ambiguous header may mean. */
  readonly candidates: readonly string[]
  /** Explains the reason for this file; null if the reason says everything. */
  readonly detail: string | null
  /** Of several columns with the same key, the one with the smallest rank comes first. */
  readonly rank: number
  /** Factor for numbers: 1,000 under `Revenue (in 000s)`. */
  readonly scale: number
  readonly by: CellRule | null
}

export function chosenColumn(
  header: string,
  key: string,
  chosen: ChosenReason,
  { rank, scale = 1, by = null }: { readonly rank: number; readonly scale?: number; readonly by?: CellRule | null },
): ColumnMeaning {
  return { header, key, chosen, ignored: null, candidates: [], detail: null, rank, scale, by }
}

export function ignoredColumn(
  header: string,
  ignored: IgnoredReason,
  candidates: readonly string[] = [],
  detail: string | null = null,
): ColumnMeaning {
  return { header, key: null, chosen: null, ignored, candidates, detail, rank: 0, scale: 1, by: null }
}

export interface HeaderMeaning {
  /** What the rows are mainly about. */
  readonly service: Service
  /** `fields`: one of our exports, read by names of fields; `rows`: any other file, read by row keys. */
  readonly form: 'rows' | 'fields'
  readonly columns: readonly ColumnMeaning[]
  /** Headers of the mapping that the file does not have. */
  readonly unmatched: readonly string[]
}

/** Everything but the result of applying the mapping. */
export type Meaning = Omit<HeaderMeaning, 'unmatched'>

/** Header → row key, or null to leave the column out. */
export type Mapping = Readonly<Record<string, string | null>>

/** Why a column is read as its key, or is ignored. A phrase to show to people. */
export function explainColumn({ chosen, ignored, candidates, detail }: ColumnMeaning): string {
  if (chosen !== null) return CHOSEN[chosen]
  const all = candidates.length === 1 ? [...candidates, 'something else'] : candidates
  if (all.length > 0) return `may mean ${all.join(' or ')}: choose one with \`mapping\``
  return detail ?? REASONS[ignored!]
}
