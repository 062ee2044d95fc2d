/** The header of our own exports, which has names of fields, and columns that somebody added. */
import { companyFieldAlias, DELETED_AT, FIELDS, findField, type Service } from '../../fields.ts'
import { isUuid } from '../../records/values/uuid.ts'
import { quote } from '../../text/shorten.ts'
import { isAlias } from './column-names.ts'
import { chosenColumn, type IgnoredReason, ignoredColumn, type Meaning } from './meaning.ts'
import { unreadable } from './unreadable.ts'

/** The columns that a rejects file adds after those of the imported file. */
export const REPORT_HEADERS = ['line', 'error_code', 'error_message'] as const

/** Columns of a contact export that show fields of its company. */
const companyViews = new Set(FIELDS.company.flatMap(field => companyFieldAlias(field) ?? []))

/** What the first rows of a file with a `uuid` column show. Plain JSON. */
export interface FirstRows {
  /** The places of the columns in which some row has a value. */
  readonly used: readonly number[]
  /** Whether some cell of the column `uuid` is a UUID; null if all are empty. */
  readonly hasUuids: boolean | null
}

/** Null if the file has no `uuid` column. */
export function readFirstRows(headers: readonly string[], rows: readonly (readonly string[])[]): FirstRows | null {
  const place = exportNames(headers).indexOf('uuid')
  if (place < 0) return null
  const isFilled = (at: number) => rows.some(cells => cells[at] !== undefined && cells[at].trim() !== '')
  const used = [...headers.keys()].filter(isFilled)
  if (!used.includes(place)) return { used, hasUuids: null }
  // In the rejects file of an export all rows may have a bad uuid.
  const code = headers.length - REPORT_HEADERS.length + REPORT_HEADERS.indexOf('error_code')
  const isOfExport = reportColumns(headers) > 0 && rows.some(cells => cells[code] === 'ERR_INVALID_UUID')
  return { used, hasUuids: isOfExport || rows.some(cells => isUuid(cells[place]?.trim() ?? '')) }
}

/**
 * Whether the file is one of our exports, possibly with columns added or removed: it has a `uuid` column, and every other
 * header that its rows use is the name of a field or not known at all. If there is a `uuid` column but the file is not an
 * export, the result is the reason, to show to people. Without `rows` all headers count as used.
 */
export function recogniseExport(headers: readonly string[], rows: FirstRows | null): boolean | string {
  const names = exportNames(headers)
  if (!names.includes('uuid')) return false
  const others = names.flatMap((name, place) => (name === '' || name === 'uuid' ? [] : [place]))
  if (!others.some(place => isFieldName(names[place]!)))
    return 'not read, because no other column has the name of a field'
  const used = new Set(rows?.used ?? headers.keys())
  const known = others.filter(place => used.has(place) && !isFieldName(names[place]!) && isAlias(headers[place]!))
  if (known.length > 0) return notNamedAsFields(known.map(place => headers[place]!))
  return rows?.hasUuids === false ? 'not read, because its values are not UUIDs' : true
}

const HEADERS_SHOWN = 3
const HEADER_SHOWN = 40

function notNamedAsFields(headers: readonly string[]): string {
  const shown = headers.slice(0, HEADERS_SHOWN).map(header => quote(header.trim(), HEADER_SHOWN))
  const more = headers.length > HEADERS_SHOWN ? ', …' : ''
  return `not read, because other columns do not have the names of fields: ${shown.join(', ')}${more}`
}

function isFieldName(name: string): boolean {
  const isField = findField('company', name) !== undefined || findField('contact', name) !== undefined
  return isField || companyViews.has(name) || name === DELETED_AT
}

/** The number of columns at the end that a rejects file added; 0 in any other file. */
export function reportColumns(headers: readonly string[]): number {
  const report = headers.slice(-REPORT_HEADERS.length).map(header => header.trim().toLowerCase())
  return REPORT_HEADERS.every((name, index) => report[index] === name) ? report.length : 0
}

/** The headers as names of fields; '' for the columns that a rejects file added. */
function exportNames(headers: readonly string[]): string[] {
  const fields = headers.length - reportColumns(headers)
  return headers.map((header, index) => (index < fields ? header.trim().toLowerCase() : ''))
}

const PLURAL: Readonly<Record<Service, string>> = { company: 'companies', contact: 'contacts' }

export function readExport(
  headers: readonly string[],
  mapping: ReadonlyMap<number, string | null>,
  service: Service | undefined,
): Meaning {
  const written = exportNames(headers)
  const recognised = exportService(written)
  if (recognised !== null && service !== undefined && service !== recognised)
    throw unreadable(
      'service',
      `this is an export of ${PLURAL[recognised]}, but \`service\` is ${JSON.stringify(service)}: correct or remove \`service\``,
    )
  const of = recognised ?? service
  if (of === undefined)
    throw unreadable('service', 'this export may contain companies or contacts: set `service` in job_data to say which')
  const firstOf = new Map(written.map((name, index) => [name, index] as const).reverse())
  return {
    service: of,
    form: 'fields',
    columns: headers.map((header, index) => {
      const name = written[index]!
      const ignored = ignoredInExport(of, name, header, firstOf.get(name)! < index, mapping.get(index))
      return ignored === null ? chosenColumn(header, name, 'field', { rank: index }) : ignoredColumn(header, ignored)
    }),
  }
}

function ignoredInExport(
  service: Service,
  name: string,
  header: string,
  repeated: boolean,
  mapped: string | null | undefined,
): IgnoredReason | null {
  if (mapped === null) return 'mapping'
  if (name === '') return header.trim() === '' ? 'empty' : 'report'
  if (repeated) return 'duplicate'
  if (name === 'uuid') return null
  const field = findField(service, name)
  if (field !== undefined) return field.settable ? null : 'system'
  if (name === DELETED_AT) return 'system'
  if (companyViews.has(name)) return 'view'
  return isFieldName(name) ? 'other_service' : 'not_field'
}

/**
 * Null if the names fit both. `company_name_for_emails` does not count: it is a field of companies and a view of
 * contacts.
 */
function exportService(written: readonly string[]): Service | null {
  const telling = written.filter(name => name !== 'company_name_for_emails')
  if (telling.some(name => isOnly('contact', 'company', name) || companyViews.has(name))) return 'contact'
  return telling.some(name => isOnly('company', 'contact', name)) ? 'company' : null
}

function isOnly(service: Service, other: Service, name: string): boolean {
  return findField(service, name) !== undefined && findField(other, name) === undefined
}
