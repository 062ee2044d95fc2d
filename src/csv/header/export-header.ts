/** The header of our own exports, which consists of names of fields. */
import { ConnectraError } from '../../errors.ts'
import { companyFieldAlias, FIELDS, findField, isSystemField, type Service } from '../../fields.ts'
import { chosenColumn, type IgnoredReason, ignoredColumn, type Meaning } from './meaning.ts'

/** The columns that a rejects file adds after those of the imported file. */
export const REPORT_HEADERS = ['line', 'error_code', 'error_message'] as const

/** Columns of a contact export that show fields of its company. */
const companyViews = new Set(FIELDS.company.flatMap(field => companyFieldAlias(field) ?? []))

/** True if there is a `uuid` column and all other headers are names of fields. */
export function isExport(headers: readonly string[]): boolean {
  const written = exportNames(headers).filter(name => name !== '')
  return written.includes('uuid') && written.length > 1 && written.every(isFieldName)
}

function isFieldName(name: string): boolean {
  return findField('company', name) !== undefined || findField('contact', name) !== undefined || companyViews.has(name)
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

export function readExport(
  headers: readonly string[],
  mapping: ReadonlyMap<number, string | null>,
  service: Service | undefined,
): Meaning {
  const written = exportNames(headers)
  const of = exportService(written) ?? service
  if (of === undefined)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      'this export may contain companies or contacts: set `service` in job_data to say which',
    )
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
  if (field === undefined) return companyViews.has(name) ? 'view' : 'other_service'
  return isSystemField(field) ? 'system' : null
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
