/** The header of a file of another tool: each column gets a row key, or a reason to be ignored. */
import { FIELDS, type Service } from '../../fields.ts'
import { normalizeHeader, OUTLOOK, PEOPLE_MARKS } from './aliases.ts'
import { type Alias, alwaysKey, ambiguous, findAlias, readName } from './column-names.ts'
import { reportColumns } from './export-header.ts'
import { NAMES, OUTLOOK_HEADERS, STATE_OR_STATUS } from './languages/all.ts'
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
  readonly hasCity: boolean
  readonly isOutlook: boolean
  /** The key of a generic `Name` beside a first name or a last name alone. */
  readonly nameBeside: 'first_name' | 'last_name' | null
  /** `Title`, if there is no `Name`, is the name of a business. Its e-mails are read. */
  readonly isBusinessList: boolean
}

/**
 * `mapping`: column index → its row key, or null to leave the column out. `whyNoUuid`: why a `uuid` column is not read. `service`
 * overrides what the header says.
 */
export function readRowHeader(
  headers: readonly string[],
  mapping: ReadonlyMap<number, string | null>,
  whyNoUuid: string | null,
  service?: Service,
): Meaning {
  const columns = readColumns(headers, mapping)
  const whole = readWhole(columns, service)
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
  const read = headers.map(readName)
  // Alone, `Last` may be a price.
  const isPair = ['first', 'last'].every(half => read.some(({ name }) => name === half))
  return read.map(({ name: written, scale }, index) => {
    const header = headers[index]!
    const name = isPair && (written === 'first' || written === 'last') ? `${written}name` : written
    const mapped = mapping.get(index)
    const key = mapped === undefined ? alwaysKey(name) : mapped
    return { header, name, scale, mapped, key, repeats: firstOf.get(plain(header))! < index, isReport: index >= report }
  })
}

function plain(header: string): string {
  return header.trim().toLowerCase()
}

/** A row can name a company if the file has one of these. */
const COMPANY_KEYS: ReadonlySet<string> = new Set(['company', 'company_domain', 'company_linkedin_url', 'website'])

/** Headers of lists of businesses, such as those from maps. Normalised. */
const BUSINESS_MARKS: ReadonlySet<string> = new Set(
  `category categories categoryname maincategory subcategories types address fulladdress street streetaddress rating reviews reviewscount reviewcount
  totalscore placeid cid latitude longitude lat lng openinghours hours googlemapsurl mapsurl pluscode`.split(/\s+/),
)

/** Headers of directories of companies and places. Normalised. */
const DIRECTORY_MARKS =
  `homepageurl categorylist categorygroupslist permalink fundingtotalusd totalfundingusd numfundingrounds cburl
  placeid googleid reviewscount reviewcount totalscore subtypes`.split(/\s+/)
const PERSON_NAMES = ['first_name', 'last_name', 'full_name', 'person_linkedin_url'] as const

function readWhole(columns: readonly Column[], given: Service | undefined): Whole {
  const names = new Set(columns.map(column => column.name))
  const keys = new Set(columns.map(column => column.key))
  const hasCompanyName = keys.has('company')
  const hasName = columns.some(({ name, mapped }) => mapped === undefined && NAMES.has(name))
  const isBusinessList =
    given !== 'contact' &&
    !hasCompanyName &&
    !PERSON_NAMES.some(key => keys.has(key)) &&
    (hasName ? isDirectory(names, keys) : isTitledList(columns, names, keys, given))
  const ofPeople = PEOPLE_MARKS.some(key => keys.has(key)) || (hasCompanyName && hasName)
  const service = given ?? (ofPeople && !isBusinessList ? 'contact' : 'company')
  const keyOf = ({ name, mapped, key }: Column) =>
    key ?? (mapped === undefined ? findAlias(service, name)?.key : undefined) ?? ''
  return {
    service,
    hasPersonName: keys.has('full_name') || (keys.has('first_name') && keys.has('last_name')),
    hasCompanyName,
    hasCompany: columns.some(column => COMPANY_KEYS.has(keyOf(column))),
    hasCity: columns.some(column => keyOf(column).endsWith('city')),
    isOutlook: outlookMarks.some(mark => names.has(mark)),
    nameBeside: besideHalf(names, keys),
    isBusinessList,
  }
}

/** Whether `Name` is the name of a business, although the file has e-mails. */
function isDirectory(names: ReadonlySet<string>, keys: ReadonlySet<string | null>): boolean {
  return !keys.has('title') && DIRECTORY_MARKS.some(mark => names.has(mark))
}

/** Whether `Title` is the name of a business. With an e-mail, other columns have to be about places. */
function isTitledList(
  columns: readonly Column[],
  names: ReadonlySet<string>,
  keys: ReadonlySet<string | null>,
  given: Service | undefined,
): boolean {
  const titles = columns.filter(({ key }) => key === 'title')
  if (titles.length !== 1 || titles[0]!.name !== 'title' || titles[0]!.mapped !== undefined) return false
  if (given === 'company') return true
  if (keys.has('email')) return [...names].some(name => BUSINESS_MARKS.has(name))
  return [...names].some(name => BUSINESS_MARKS.has(name) || findAlias('company', name)?.key === 'website')
}

/** In `Vorname;Name` and `Nom;Prénom` the name is the last name, in `Nombre;Apellidos` the first. */
function besideHalf(names: ReadonlySet<string>, keys: ReadonlySet<string | null>): Whole['nameBeside'] {
  if (keys.has('full_name') || keys.has('first_name') === keys.has('last_name')) return null
  if (keys.has('last_name')) return 'first_name'
  // Beside an English first name, `Name` may be the full name.
  return names.has('name') && ENGLISH_FIRST.some(name => names.has(name)) ? null : 'last_name'
}

const ENGLISH_FIRST = ['firstname', 'givenname', 'forename', 'contactfirstname', 'personfirstname', 'fname']

/** A full name keeps the order that its header says. */
function mappedMeaning({ header, name, scale }: Column, key: string, rank: number): ColumnMeaning {
  const alias = key === 'full_name' ? findAlias('contact', name) : undefined
  const by = alias?.by === 'last_name_first' ? alias.by : null
  return chosenColumn(header, key, 'mapping', { rank, scale, by })
}

function meaningOf(column: Column, whole: Whole, whyNoUuid: string | null): ColumnMeaning {
  const { header, scale } = column
  const alias = findAlias(whole.service, column.name)
  const ignored = whyIgnored(column, alias, whole)
  if (ignored === 'ambiguous') return ignoredColumn(header, ignored, candidatesOf(column, alias, whole))
  if (ignored === 'uuid') return ignoredColumn(header, ignored, [], whyNoUuid)
  if (ignored !== null) return ignoredColumn(header, ignored)
  const { key, rank, chosen } = alias!
  if (whole.isBusinessList && key === 'title') return chosenColumn(header, 'company', 'business', { rank })
  if (whole.nameBeside !== null && key === 'full_name' && NAMES.has(column.name))
    return chosenColumn(header, whole.nameBeside, whole.nameBeside === 'last_name' ? 'beside_first' : 'beside_last', {
      rank,
    })
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
  if (isNameOfEither(column, whole) || isStatusOrState(column, whole)) return 'ambiguous'
  return isPersonal(alias, whole) ? 'person' : null
}

const outlookMarks = [...OUTLOOK.marks, ...OUTLOOK_HEADERS.marks.split('|')].map(normalizeHeader)
const outlookRemarks = new Set([...OUTLOOK.headers, ...OUTLOOK_HEADERS.headers.split('|')].map(normalizeHeader))

function isOutlookRemark({ name }: Column, { isOutlook }: Whole): boolean {
  return isOutlook && outlookRemarks.has(name)
}

/** `Name` beside a column with the person's name, if no other column has the company's: it may be the company's. */
function isNameOfEither({ name }: Column, { service, hasPersonName, hasCompanyName }: Whole): boolean {
  return NAMES.has(name) && service === 'contact' && hasPersonName && !hasCompanyName
}

/** `Estado` and its like mean the state only beside a city. */
function isStatusOrState({ name }: Column, { hasCity }: Whole): boolean {
  return STATE_OR_STATUS.has(name) && !hasCity
}

function candidatesOf({ name }: Column, alias: Alias | undefined, { service }: Whole): readonly string[] {
  if (alias !== undefined && STATE_OR_STATUS.has(name)) return [alias.key, 'stage']
  return ambiguous[service].get(name) ?? ['full_name', 'company']
}

const contactKeys = new Set<string>([...FIELDS.contact.flatMap(field => field.rowKey ?? []), 'full_name', 'location'])

/** The e-mails of a list of businesses are read: they make contacts of the business. */
function isPersonal({ key }: Alias, { service, isBusinessList }: Whole): boolean {
  if (isBusinessList && (key === 'email' || key === 'title')) return false
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
