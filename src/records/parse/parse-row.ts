/** CSV-like rows: one row says something of a company, of a contact, or of both. Pure. */
import { type Field, findField, type Service } from '../../fields.ts'
import type { ParsedRow, RecordWrite, Value, Values } from '../record.ts'
import { cleanText, cleanValue, isFlaw, type Source } from '../values/clean.ts'
import { companyDomainOfEmail, ownDomain } from '../values/domain.ts'
import { identityOf } from './identity.ts'
import { addFlaw, addProblem, addWarning, beginReading, type Reading, readUuid } from './reading.ts'
import { FIELD_KEYS, ROW_KEYS, rowKeys } from './row-keys.ts'

export interface RowOptions {
  /** The row is a file's: a list without commas may have other separators, and of several values joined by ` ::: ` the first counts. */
  readonly file?: boolean
  /** What one unit of a number is worth, by row key, for columns that say so (`in 000s`): a power of ten. */
  readonly scales?: ReadonlyMap<string, number>
  /** Reads what rows say of companies, in place of `readCompany`: for files, `rememberCompanies`. */
  readonly readCompany?: typeof readCompany
}

/** One for each of ROW_KEYS or FIELD_KEYS; what is empty is undefined, null or ''. */
export type Cells = readonly unknown[]

/** Reads one row by row keys; unknown ones are ignored. See `parseCells`. */
export function parseRow(row: Readonly<Record<string, unknown>>, index: number, options?: RowOptions): ParsedRow {
  return parseCells(
    ROW_KEYS.map(key => row[key]),
    index,
    options,
  )
}

/**
 * Reads one row whose cells stand in the order of ROW_KEYS. An empty cell keeps what is stored. `index` counts from 0 and stands
 * in the problems and warnings.
 */
export function parseCells(row: Cells, index: number, options: RowOptions = {}): ParsedRow {
  const reading = beginReading(index)
  const company = (options.readCompany ?? readCompany)(row, reading, options)
  const contact = readContact(row, reading, options)
  if (company === null && contact === null && reading.problems.length === 0)
    addProblem(reading, null, 'ERR_MISSING_IDENTITY', NOBODY)
  const { problems, warnings } = reading
  if (problems.length > 0) return { company: null, contact: null, problems, warnings }
  return { ...together(company, contact), problems, warnings }
}

/** What a row says of a company; null when it names none. Only the cells of COMPANY_PLACES count. */
export function readCompany(row: Cells, reading: Reading, { file, scales }: RowOptions): RecordWrite | null {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row[COMPANY_COUNTRY]), scale: 1 }
  const values = valuesOf(COMPANY_PLACES, row, source, reading, file ? BLANK.company : {}, scales)
  if (!hasAny(values, ['name', 'linkedin_url', 'website', 'normalized_domain'])) return null
  return identified('company', values, reading)
}

function readContact(row: Cells, reading: Reading, { file, scales }: RowOptions): RecordWrite | null {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row[COUNTRY]), scale: 1 }
  const values = valuesOf(CONTACT_PLACES, row, source, reading, file ? BLANK.contact : {}, scales)
  if (!hasAny(values, ['first_name', 'last_name', 'email', 'linkedin_url'])) return null
  return identified('contact', values, reading)
}

const NOBODY =
  'the row names neither a company (company, company_linkedin_url, website or company_domain) nor a contact (a name, email or person_linkedin_url)'

const COMPANY_COUNTRY = ROW_KEYS.indexOf('company_country')
const COUNTRY = ROW_KEYS.indexOf('country')

/**
 * No country: phones that were stored as they are, before their record had one, come back as they are. Those that could be read by it
 * were when they were stored.
 */
const AS_EXPORTED: Source = { kind: 'row', country: null, scale: 1 }

/**
 * Reads one row of our own export, whose cells stand in the order of the service's FIELD_KEYS. An empty cell keeps what is
 * stored.
 */
export function parseFieldCells(service: Service, row: Cells, index: number): ParsedRow {
  const reading = beginReading(index)
  const values = valuesOf(FIELD_PLACES[service], row, AS_EXPORTED, reading, BLANK[service])
  const uuid = readUuid(reading, cleanText(textOf(row[0]) ?? '')) ?? identityOf(service, values)
  if (uuid === null && reading.problems.length === 0)
    addProblem(reading, null, 'ERR_MISSING_IDENTITY', `nothing identifies this ${service}: it has no uuid and no name`)
  const write = uuid === null || reading.problems.length > 0 ? null : { uuid, values }
  return {
    company: service === 'company' ? write : null,
    contact: service === 'contact' ? write : null,
    problems: reading.problems,
    warnings: reading.warnings,
  }
}

/** Which cells fill which fields. */
type Places = readonly { readonly key: string; readonly field: Field; readonly place: number }[]

export const COMPANY_PLACES: Places = placesOf('company')
const CONTACT_PLACES: Places = placesOf('contact')
const FIELD_PLACES: Readonly<Record<Service, Places>> = {
  company: fieldPlaces('company'),
  contact: fieldPlaces('contact'),
}

function placesOf(service: Service): Places {
  return [...rowKeys().values()].flatMap((field, place) =>
    field.service === service ? [{ key: ROW_KEYS[place]!, field, place }] : [],
  )
}

function fieldPlaces(service: Service): Places {
  return FIELD_KEYS[service].flatMap((key, place) =>
    key === 'uuid' ? [] : [{ key, field: findField(service, key)!, place }],
  )
}

/** Every field, undefined: the records of a file are all of one shape, so that they are made and read three times as fast. */
const BLANK: Readonly<Record<Service, Values>> = { company: blankOf('company'), contact: blankOf('contact') }

function blankOf(service: Service): Values {
  return Object.fromEntries(FIELD_PLACES[service].map(({ field }) => [field.name, undefined]))
}

/** The values that a row gives; what it leaves empty is absent or, in a file's, undefined. */
function valuesOf(
  places: Places,
  row: Cells,
  source: Source,
  reading: Reading,
  blank: Values,
  scales?: ReadonlyMap<string, number>,
): Values {
  const values: { [field: string]: Value | null | undefined } = { ...blank }
  for (const { key, field, place } of places) {
    const raw = row[place]
    if (raw === undefined || raw === null || raw === '') continue
    const scale = scales?.get(key)
    const value = cleanValue(field, raw, scale === undefined ? source : { ...source, scale })
    if (value === null) continue
    if (isFlaw(value)) addFlaw(reading, key, value)
    else values[field.name] = value
  }
  return values
}

function hasAny(values: Values, names: readonly string[]): boolean {
  return names.some(name => values[name] !== undefined)
}

/** A name such as `-` identifies nobody; what else the row says is not lost for that. */
function identified(service: Service, values: Values, reading: Reading): RecordWrite | null {
  const uuid = identityOf(service, values)
  if (uuid !== null) return { uuid, values }
  const message = `no ${service} is made: its name has neither letters nor digits`
  addWarning(reading, null, 'ERR_MISSING_IDENTITY', message)
  return null
}

/** A person belongs to the company of the row, unless the row says to which; and lends it the domain of the e-mail. */
function together(
  company: RecordWrite | null,
  contact: RecordWrite | null,
): { readonly company: RecordWrite | null; readonly contact: RecordWrite | null } {
  if (company === null || contact === null) return { company, contact }
  const { email, company_id } = contact.values
  if (company_id !== undefined && company_id !== company.uuid) return { company, contact }
  const needsDomain = typeof email === 'string' && !company.hasDomain && ownDomain(company.values) === null
  const emailDomain = needsDomain ? companyDomainOfEmail(email) : null
  const values = contact.values as { company_id: string }
  values.company_id = company.uuid
  return { company: emailDomain === null ? company : { ...company, emailDomain }, contact }
}

function textOf(raw: unknown): string | null {
  return typeof raw === 'string' ? raw : null
}
