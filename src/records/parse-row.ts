/** CSV-like rows: one row says something of a company, of a contact, or of both. Pure. */
import { FIELDS, type Field, isSystemField, type Service } from '../fields.ts'
import { cleanText, cleanValue, isFlaw, type Source } from './clean.ts'
import { companyDomainOfEmail } from './domain.ts'
import { identityOf } from './identity.ts'
import { addFlaw, addProblem, addWarning, beginReading, type Reading, readUuid } from './reading.ts'
import type { ParsedRow, RecordWrite, Value, Values } from './record.ts'

export interface RowOptions {
  /** The row is a file's: a list without commas may have other separators, and of several values joined by ` ::: ` the first counts. */
  readonly file?: boolean
  /** What one unit of a number is worth, by row key, for columns that say so (`in 000s`): a power of ten. */
  readonly scales?: ReadonlyMap<string, number>
  /** Reads what rows say of companies, in place of `readCompany`: for files, `rememberCompanies`. */
  readonly readCompany?: typeof readCompany
}

const KEYS: ReadonlyMap<string, Field> = new Map(
  [...FIELDS.company, ...FIELDS.contact].flatMap(field =>
    field.rowKey === null ? [] : [[field.rowKey, field] as const],
  ),
)

/** The keys that a row may have, each with the field it fills. */
export function rowKeys(): ReadonlyMap<string, Field> {
  return KEYS
}

export type Row = Readonly<Record<string, unknown>>

/**
 * Reads one row by row keys; unknown ones are ignored. An empty cell keeps what is stored. `index` counts from 0 and stands
 * in the problems and warnings.
 */
export function parseRow(row: Row, index: number, options: RowOptions = {}): ParsedRow {
  const reading = beginReading(index)
  const company = (options.readCompany ?? readCompany)(row, reading, options)
  const contact = readContact(row, reading, options)
  if (company === null && contact === null && reading.problems.length === 0)
    addProblem(reading, null, 'ERR_MISSING_IDENTITY', NOBODY)
  const { problems, warnings } = reading
  if (problems.length > 0) return { company: null, contact: null, problems, warnings }
  return { ...together(company, contact), problems, warnings }
}

/** What a row says of a company; null when it names none. Only the cells of COMPANY_KEYS count. */
export function readCompany(row: Row, reading: Reading, { file, scales }: RowOptions): RecordWrite | null {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row.company_country), scale: 1 }
  const values = valuesOf(COMPANY_KEYS, row, source, reading, scales)
  if (!hasAny(values, ['name', 'linkedin_url', 'website', 'normalized_domain'])) return null
  return identified('company', values, reading)
}

function readContact(row: Row, reading: Reading, { file, scales }: RowOptions): RecordWrite | null {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row.country), scale: 1 }
  const values = valuesOf(CONTACT_KEYS, row, source, reading, scales)
  if (!hasAny(values, ['first_name', 'last_name', 'email', 'linkedin_url'])) return null
  return identified('contact', values, reading)
}

const NOBODY =
  'the row names neither a company (company, company_linkedin_url, website or company_domain) nor a contact (a name, email or person_linkedin_url)'

/**
 * No country: phones that were stored as they are, before their record had one, come back as they are. Those that could be read by it
 * were when they were stored.
 */
const AS_EXPORTED: Source = { kind: 'row', country: null, scale: 1 }

/**
 * Reads one row of our own export, by field names, `uuid` among them. An empty cell keeps what is stored; a column that
 * is no field of `service` is ignored.
 */
export function parseFieldRow(service: Service, row: Row, index: number): ParsedRow {
  const reading = beginReading(index)
  const values = valuesOf(FIELD_KEYS[service], row, AS_EXPORTED, reading)
  const uuid = readUuid(reading, cleanText(textOf(row.uuid) ?? '')) ?? identityOf(service, values)
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

type Keys = readonly { readonly key: string; readonly field: Field }[]

export const COMPANY_KEYS: Keys = keysOf('company')
const CONTACT_KEYS: Keys = keysOf('contact')
const FIELD_KEYS: Readonly<Record<Service, Keys>> = { company: settable('company'), contact: settable('contact') }

function keysOf(service: Service): Keys {
  return [...KEYS].filter(([, field]) => field.service === service).map(([key, field]) => ({ key, field }))
}

function settable(service: Service): Keys {
  return FIELDS[service].filter(field => !isSystemField(field)).map(field => ({ key: field.name, field }))
}

/** The values that a row gives, without those it leaves empty. */
function valuesOf(
  keys: Keys,
  row: Row,
  source: Source,
  reading: Reading,
  scales?: ReadonlyMap<string, number>,
): Values {
  const values: { [field: string]: Value } = {}
  for (const { key, field } of keys) {
    const raw = row[key]
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
  const emailDomain = typeof email === 'string' ? companyDomainOfEmail(email) : null
  return {
    company: emailDomain === null ? company : { ...company, emailDomain },
    contact: { uuid: contact.uuid, values: { ...contact.values, company_id: company.uuid } },
  }
}

function textOf(raw: unknown): string | null {
  return typeof raw === 'string' ? raw : null
}
