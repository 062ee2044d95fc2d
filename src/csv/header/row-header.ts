/** The header of a file of another tool: each column gets a row key, or a reason to be ignored. */
import { FIELDS, type Service } from '../../fields.ts'
import { normalizeHeader, OUTLOOK, PEOPLE_MARKS } from './aliases.ts'
import { type Alias, always, ambiguous, readName, tables } from './column-names.ts'
import { reportColumns } from './export-header.ts'
import {
  type CellRule,
  type ColumnMeaning,
  chosenColumn,
  type IgnoredReason,
  ignoredColumn,
  type Meaning,
} from './meaning.ts'

interface Column {
  readonly header: string
  /** The header without case, punctuation and unit. */
  readonly name: string
  /** Factor for numbers, from the unit in the header. */
  readonly scale: number
  /** Its key in `mapping`, null if it is left out there; undefined if `mapping` does not name it. */
  readonly mapped: string | null | undefined
  /** Its row key if that does not depend on the kind of file. */
  readonly key: string | null
  /** An earlier column has the same header. */
  readonly repeats: boolean
  /** Added by a rejects file. */
  readonly isReport: boolean
}

/** What is known about the file from all its columns. The meaning of a single column may depend on it. */
interface Whole {
  readonly service: Service
  /** The person's name is in other columns than `Name`. */
  readonly hasPersonName: boolean
  readonly hasCompanyName: boolean
  /** A row may have a company. */
  readonly hasCompany: boolean
  readonly isOutlook: boolean
}

/**
 * `mapping`: column index → its row key, or null to leave the column out. `whyNoUuid`: why a `uuid` column is not read.
 */
export function readRowHeader(
  headers: readonly string[],
  mapping: ReadonlyMap<number, string | null>,
  whyNoUuid: string | null,
): Meaning {
  const columns = readColumns(headers, mapping)
  const whole = readWhole(columns)
  return {
    service: whole.service,
    form: 'rows',
    columns: columns.map((column, index) =>
      // Mapped columns rank before all others, in the order of the file.
      column.mapped
        ? mappedMeaning(column, column.mapped, index - columns.length)
        : meaningOf(column, whole, whyNoUuid),
    ),
  }
}

function readColumns(headers: readonly string[], mapping: ReadonlyMap<number, string | null>): Column[] {
  const firstOf = new Map(headers.map((header, index) => [plain(header), index] as const).reverse())
  const report = headers.length - reportColumns(headers)
  return headers.map((header, index) => {
    const { name, scale } = readName(header)
    const mapped = mapping.get(index)
    const key = mapped === undefined ? (always.get(name) ?? null) : mapped
    return { header, name, scale, mapped, key, repeats: firstOf.get(plain(header))! < index, isReport: index >= report }
  })
}

function plain(header: string): string {
  return header.trim().toLowerCase()
}

/** A row can name a company if the file has one of these. */
const COMPANY_KEYS: ReadonlySet<string> = new Set(['company', 'company_domain', 'company_linkedin_url', 'website'])

function readWhole(columns: readonly Column[]): Whole {
  const names = new Set(columns.map(column => column.name))
  const keys = new Set(columns.map(column => column.key))
  const hasCompanyName = keys.has('company')
  const ofPeople = PEOPLE_MARKS.some(key => keys.has(key)) || (hasCompanyName && names.has('name'))
  const service = ofPeople ? 'contact' : 'company'
  const keyOf = ({ name, mapped, key }: Column) =>
    key ?? (mapped === undefined ? tables[service].get(name)?.key : undefined) ?? ''
  return {
    service,
    hasPersonName: keys.has('full_name') || (keys.has('first_name') && keys.has('last_name')),
    hasCompanyName,
    hasCompany: columns.some(column => COMPANY_KEYS.has(keyOf(column))),
    isOutlook: OUTLOOK.marks.some(mark => names.has(normalizeHeader(mark))),
  }
}

function mappedMeaning({ header, scale }: Column, key: string, rank: number): ColumnMeaning {
  return chosenColumn(header, key, 'mapping', { rank, scale })
}

function meaningOf(column: Column, whole: Whole, whyNoUuid: string | null): ColumnMeaning {
  const { header, scale } = column
  const alias = tables[whole.service].get(column.name)
  const ignored = whyIgnored(column, alias, whole)
  if (ignored === 'ambiguous')
    return ignoredColumn(header, ignored, ambiguous[whole.service].get(column.name) ?? ['full_name', 'company'])
  if (ignored === 'uuid') return ignoredColumn(header, ignored, [], whyNoUuid)
  if (ignored !== null) return ignoredColumn(header, ignored)
  const { key, rank, chosen } = alias!
  if (isSocialOfPerson(column, alias!, whole)) return chosenColumn(header, `person_${key}`, 'no_company', { rank })
  const by = cellRule(column, alias!)
  const reason = header.trim() === key ? 'field' : chosen
  return chosenColumn(header, key, by ?? reason, { rank, scale, by })
}

/** The first reason that applies is the one that is reported. */
function whyIgnored(column: Column, alias: Alias | undefined, whole: Whole): IgnoredReason | null {
  if (column.mapped === null) return 'mapping'
  if (column.name === '') return 'empty'
  if (column.isReport) return 'report'
  if (column.repeats) return 'duplicate'
  if (column.name === 'uuid') return 'uuid'
  if (isOutlookRemark(column, whole)) return 'outlook'
  if (alias === undefined) return ambiguous[whole.service].has(column.name) ? 'ambiguous' : 'unknown'
  if (isNameOfEither(column, whole)) return 'ambiguous'
  return isPersonal(alias, whole) ? 'person' : null
}

const outlookRemarks = new Set(OUTLOOK.headers.map(normalizeHeader))

function isOutlookRemark({ name }: Column, { isOutlook }: Whole): boolean {
  return isOutlook && outlookRemarks.has(name)
}

/** `Name` beside a column with the person's name, if no other column has the company's: it may be the company's. */
function isNameOfEither({ name }: Column, { service, hasPersonName, hasCompanyName }: Whole): boolean {
  return name === 'name' && service === 'contact' && hasPersonName && !hasCompanyName
}

const contactKeys = new Set<string>([...FIELDS.contact.flatMap(field => field.rowKey ?? []), 'full_name', 'location'])

function isPersonal({ key }: Alias, { service }: Whole): boolean {
  return service === 'company' && contactKeys.has(key)
}

/**
 * `Facebook Url` and `Twitter Url` are the person's if the file has no company. The row keys `facebook_url` and
 * `twitter_url` always mean the company.
 */
function isSocialOfPerson({ header }: Column, { key }: Alias, { service, hasCompany }: Whole): boolean {
  if (service !== 'contact' || hasCompany || header.trim() === key) return false
  return key === 'facebook_url' || key === 'twitter_url'
}

/**
 * The row key `company_id` takes any value. `Company ID` of another tool often holds its own identifiers, so only UUIDs
 * are read.
 */
function cellRule({ header }: Column, { by }: Alias): CellRule | null {
  return header.trim() === 'company_id' ? null : by
}
