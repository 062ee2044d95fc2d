/** The columns in which records are staged for the merge: one per field, plus a company's hidden domains. */
import { FIELDS, type Field, type Service } from '../../fields.ts'
import type { RecordWrite, Value } from '../record.ts'
import { registrableDomain } from '../values/domain.ts'

export interface StagedColumn {
  readonly name: string
  readonly type: 'text' | 'text[]' | 'bigint' | 'uuid'
  /** The field it stores; null if it is derived from another field. */
  readonly field: string | null
  /**
   * Its bit in `cleared`, set if the record clears the field that the column stores or is derived from. If it is set beside a
   * value, the value replaces the stored one even if they differ in case alone (`RecordWrite.replaces`).
   */
  readonly bit: number
  /** Whether the stored value stays when the record changes only its case. */
  readonly keepsSpelling: boolean
  /**
   * The value to stage. For a field, null clears it and undefined keeps it; a derived column has no value in both
   * cases.
   */
  readonly read: (write: RecordWrite) => Value | null | undefined
}

const TYPES = { text: 'text', keyword: 'text', list: 'text[]', integer: 'bigint', date: 'text', uuid: 'uuid' } as const

/** Bit number → the field whose clearing sets it. */
const CLEARABLE: Readonly<Record<Service, readonly string[]>> = {
  company: settableFields('company').map(field => field.name),
  contact: settableFields('contact').map(field => field.name),
}

export const STAGED_COLUMNS: Readonly<Record<Service, readonly StagedColumn[]>> = {
  company: [
    ...settableFields('company').map(fieldColumn),
    {
      name: 'website_domain',
      type: 'text',
      field: null,
      bit: bitOf('company', 'website'),
      keepsSpelling: false,
      read: ({ values }) => (typeof values.website === 'string' ? registrableDomain(values.website) : null),
    },
    {
      name: 'email_domain',
      type: 'text',
      field: null,
      bit: bitOf('company', 'normalized_domain'),
      keepsSpelling: false,
      read: write => write.emailDomain,
    },
  ],
  contact: settableFields('contact').map(fieldColumn),
}

function settableFields(service: Service): Field[] {
  return FIELDS[service].filter(field => field.settable)
}

function bitOf(service: Service, name: string): number {
  return 1 << CLEARABLE[service].indexOf(name)
}

function fieldColumn(field: Field, place: number): StagedColumn {
  if (place > 31) throw new Error(`the int column \`cleared\` has no bit left for ${field.name}: make it a bigint`)
  return {
    // The visible domain is generated from the one sent, the website's and an e-mail's.
    name: field.name === 'normalized_domain' ? 'sent_domain' : field.name,
    type: TYPES[field.kind],
    field: field.name,
    bit: 1 << place,
    keepsSpelling: field.answered === 'lower',
    read: ({ values }) => values[field.name],
  }
}
