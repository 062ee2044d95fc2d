/** Parses CSV-like rows. A row describes a company, a contact, or both. Pure. */
import type { Problem } from '../../errors.ts'
import { type Field, findField, type Service } from '../../fields.ts'
import type { ParsedRow, RecordWrite, Values } from '../record.ts'
import { cleanText, cleanValue, isRemarked, type Source } from '../values/clean.ts'
import { companyDomainOfEmail, ownDomain } from '../values/domain.ts'
import { cleanNamePart, explainCut, isOnlyTitle } from '../values/person-name.ts'
import { placeholderWarning, valueInCell } from '../values/row-cell.ts'
import { FIELD_NAMES, identify, ROW_NAMES } from './identify.ts'
import type { NameWatch } from './name-watch.ts'
import { addProblem, addWarning, beginReading, type Reading, readUuid } from './reading.ts'
import { refuseTooLong } from './record-size.ts'
import { FIELD_KEYS, ROW_KEYS, rowKeys } from './row-keys.ts'
import { type FurtherPhones, type OpenValues, placePhones, takeValue } from './take-value.ts'
import { moveCells, movesToCompany, moveWarnings, warnWithoutOwner } from './without-owner.ts'

export interface RowOptions {
  /**
   * The row comes from a file. A list may use other separators than commas. If values are joined by ` ::: `, the first is
   * used.
   */
  readonly file?: boolean
  /** Row key → factor for its number, a power of ten, for columns with a unit (`in 000s`). */
  readonly scales?: ReadonlyMap<string, number>
  /** Replaces `readCompany`. Files pass the one of `rememberCompanies`. */
  readonly readCompany?: typeof readCompany
  /** The names of the rows before. Without it, records that differ in the end of their names are not reported. */
  readonly names?: NameWatch
}

/** One value per key of ROW_KEYS or FIELD_KEYS. An empty cell is undefined, null or ''. */
export type Cells = readonly unknown[]

/**
 * Parses a row given by row keys, ignoring unknown keys. Placeholders such as `N/A` count as empty, with a warning. See
 * `parseCells`.
 */
export function parseRow(row: Readonly<Record<string, unknown>>, index: number, options?: RowOptions): ParsedRow {
  const reading = beginReading(index)
  if (refuseTooLong(reading, ROW_KEYS, row))
    return { company: null, contact: null, problems: reading.problems, warnings: [] }
  const placeholders: Problem[] = []
  const cells = ROW_KEYS.map(key => {
    const cell = row[key]
    if (typeof cell !== 'string') return cell
    const value = valueInCell(cell, key)
    if (value === null) placeholders.push(placeholderWarning(index, key, cell))
    return value
  })
  const parsed = parseCells(cells, index, options)
  return placeholders.length === 0 ? parsed : { ...parsed, warnings: [...parsed.warnings, ...placeholders] }
}

/**
 * Parses a row whose cells are in the order of ROW_KEYS. An empty cell keeps the stored value. Problems and warnings carry
 * `index`, which counts from 0.
 */
export function parseCells(row: Cells, index: number, options: RowOptions = {}): ParsedRow {
  const reading = beginReading(index, options.names)
  const ofPerson = beginReading(index, options.names)
  const person = readPersonValues(row, ofPerson, options)
  const isPerson = namesPerson(person, ofPerson)
  const moves = isPerson ? NO_MOVES : movesToCompany(row)
  const cells = moveCells(row, moves)
  const company = (options.readCompany ?? readCompany)(cells, reading, options)
  moveWarnings(ofPerson, reading, moves)
  const contact = isPerson ? writeOf('contact', person, ofPerson, company) : null
  if (company === null && contact === null && reading.problems.length + ofPerson.problems.length === 0)
    addProblem(reading, null, 'ERR_MISSING_IDENTITY', NOBODY)
  else if (contact === null) warnWithoutOwner(ofPerson, 'contact', person, CONTACT_PLACES, cells)
  else if (company === null) warnOfNoCompany(row, reading, options)
  const problems = joined(reading.problems, ofPerson.problems)
  const warnings = joined(reading.warnings, ofPerson.warnings)
  if (problems.length === 0) return { ...linkContact(company, contact), problems, warnings }
  const onValues = warnings.filter(({ code }) => code !== 'ERR_WEAK_IDENTITY' && code !== 'ERR_MISSING_IDENTITY')
  return { company: null, contact: null, problems, warnings: onValues }
}

const NO_MOVES = [] as const

function joined(some: readonly Problem[], more: readonly Problem[]): readonly Problem[] {
  return more.length === 0 ? some : [...some, ...more]
}

/** Reads the company of a row; null if the row does not name one. Depends only on the cells of COMPANY_PLACES. */
export function readCompany(row: Cells, reading: Reading, options: RowOptions): RecordWrite | null {
  const values = companyValues(row, reading, options)
  if (!hasAny(values, ['name', 'linkedin_url', 'website', 'normalized_domain'])) return null
  return writeOf('company', values, reading, null)
}

function companyValues(row: Cells, reading: Reading, { file, scales }: RowOptions): Values {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row[COMPANY_COUNTRY]), scale: 1 }
  return valuesOf(COMPANY_PLACES, row, source, reading, file ? BLANK.company : {}, scales)
}

function readPersonValues(row: Cells, reading: Reading, { file, scales }: RowOptions): OpenValues {
  const source: Source = { kind: file ? 'file' : 'row', country: textOf(row[COUNTRY]), scale: 1 }
  const values = valuesOf(CONTACT_PLACES, row, source, reading, file ? BLANK.contact : {}, scales)
  cleanNames(values, reading)
  return values
}

/** Whether the values name a person. A name without letters and digits does not, and is reported. */
function namesPerson(values: Values, reading: Reading): boolean {
  if (!hasAny(values, ['first_name', 'last_name', 'email', 'linkedin_url'])) return false
  if (!namesNobody('contact', values)) return true
  warnNotStored(reading, 'contact')
  return false
}

/** The values are cleaned once more: `readCompany` may have them from an earlier row. Flaws are already reported. */
function warnOfNoCompany(row: Cells, reading: Reading, options: RowOptions): void {
  if (!COMPANY_PLACES.some(({ place }) => isGiven(row[place]))) return
  const values = companyValues(row, beginReading(reading.index), options)
  warnWithoutOwner(reading, 'company', values, COMPANY_PLACES, row)
}

function isGiven(cell: unknown): boolean {
  return cell !== undefined && cell !== null && cell !== ''
}

/** Removes titles, suffixes and decorations from the names. */
function cleanNames(values: OpenValues, reading: Reading): void {
  const { first_name, last_name } = values
  if (typeof first_name === 'string') values.first_name = cleanName('first_name', first_name, 'first', reading)
  if (typeof last_name !== 'string') return
  values.last_name = cleanName('last_name', last_name, 'last', reading)
  if (typeof first_name !== 'string' || !isOnlyTitle(first_name)) return
  values.first_name = undefined
  addCut('first_name', first_name, [first_name], reading)
}

function cleanName(key: string, text: string, part: 'first' | 'last', reading: Reading): string {
  const { name, cut } = cleanNamePart(text, part)
  if (cut.length > 0) addCut(key, text, cut, reading)
  return name
}

function addCut(key: string, text: string, cut: readonly string[], reading: Reading): void {
  const { code, message } = explainCut(key, text, cut)
  addWarning(reading, key, code, message)
}

const NOBODY =
  'the row names neither a company (company, company_linkedin_url, website or company_domain) nor a contact (a name, email or person_linkedin_url)'

const COMPANY_COUNTRY = ROW_KEYS.indexOf('company_country')
const COUNTRY = ROW_KEYS.indexOf('country')

/**
 * Without a country, so that phones come back exactly as they were exported. Those that the country could complete were
 * completed when they were stored.
 */
const AS_EXPORTED: Source = { kind: 'export', country: null, scale: 1 }

/**
 * Parses a row of our own export, whose cells are in the order of the service's FIELD_KEYS. An empty cell keeps the stored
 * value.
 */
export function parseFieldCells(service: Service, row: Cells, index: number): ParsedRow {
  const reading = beginReading(index)
  const values = valuesOf(FIELD_PLACES[service], row, AS_EXPORTED, reading, BLANK[service])
  const uuid =
    readUuid(reading, cleanText(textOf(row[0]) ?? '')) ?? identify(reading, service, values, FIELD_NAMES[service])
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

/** Maps cells, by index, to the fields they fill. */
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

/**
 * Every field, undefined. All records of a file then have one shape, which V8 creates and reads three times as fast.
 */
const BLANK: Readonly<Record<Service, Values>> = { company: blankOf('company'), contact: blankOf('contact') }

function blankOf(service: Service): Values {
  return Object.fromEntries(FIELD_PLACES[service].map(({ field }) => [field.name, undefined]))
}

/** The values of a row. An empty cell is absent from them or, if `blank` has its field, undefined. */
function valuesOf(
  places: Places,
  row: Cells,
  source: Source,
  reading: Reading,
  blank: Values,
  scales?: ReadonlyMap<string, number>,
): OpenValues {
  const values: OpenValues = { ...blank }
  let further: FurtherPhones[] | undefined
  for (const { key, field, place } of places) {
    const raw = row[place]
    if (!isGiven(raw)) continue
    const scale = scales?.get(key)
    const value = cleanValue(field, raw, scale === undefined ? source : { ...source, scale })
    if (value === null) continue
    if (source.kind === 'export' && isRemarked(value) && value.value === raw) {
      // The remark was made when the value was stored.
      values[field.name] = value.value
      continue
    }
    const phones = takeValue(reading, key, field, value, values)
    if (phones !== null) {
      further ??= []
      further.push(phones)
    }
  }
  if (further !== undefined) placePhones(reading, places[0]!.field.service, values, further)
  return values
}

function hasAny(values: Values, names: readonly string[]): boolean {
  return names.some(name => values[name] !== undefined)
}

/** A name such as `-` identifies nobody. This is only a warning, so that the row's other record is not lost. */
function writeOf(service: Service, values: Values, reading: Reading, company: RecordWrite | null): RecordWrite | null {
  const uuid = namesNobody(service, values)
    ? null
    : identify(reading, service, values, ROW_NAMES[service], company === null ? null : company.uuid)
  if (uuid !== null) return { uuid, values }
  warnNotStored(reading, service)
  return null
}

function warnNotStored(reading: Reading, service: Service): void {
  const message = `the ${service} was not stored: its name has neither letters nor digits`
  addWarning(reading, null, 'ERR_MISSING_IDENTITY', message)
}

/** The row has no contact if its name is `-`, even if it has a company. */
function namesNobody(service: Service, { first_name, last_name, email, linkedin_url }: Values): boolean {
  if (service === 'company' || email !== undefined) return false
  return !LETTER_OR_DIGIT.test(`${first_name ?? ''}${last_name ?? ''}${linkedin_url ?? ''}`)
}

const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u

/**
 * Links the contact to the company of the row, unless `company_id` names another. The e-mail's domain fills a missing
 * one.
 */
function linkContact(
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
