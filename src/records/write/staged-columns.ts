/** What of an incoming record is staged for the merge: the columns of its fields, and a company's hidden domains. */
import { FIELDS, type Field, isSystemField, type Service } from '../../fields.ts'
import type { RecordWrite, Value } from '../record.ts'
import { registrableDomain } from '../values/domain.ts'

export interface StagedColumn {
  readonly name: string
  readonly type: 'text' | 'text[]' | 'bigint' | 'uuid'
  /** The field that it stores; null: it follows from others. */
  readonly field: string | null
  /** Its bit in `cleared`: set when the record clears the field that this column stores or follows. */
  readonly bit: number
  /** What the record says; null and undefined alike: nothing. */
  readonly read: (write: RecordWrite) => Value | null | undefined
}

const TYPES = { text: 'text', keyword: 'text', list: 'text[]', integer: 'bigint', date: 'text', uuid: 'uuid' } as const

/** The field whose clearing sets the bit of that number. */
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
      read: ({ values }) => (typeof values.website === 'string' ? registrableDomain(values.website) : null),
    },
    {
      name: 'email_domain',
      type: 'text',
      field: null,
      bit: bitOf('company', 'normalized_domain'),
      read: write => write.emailDomain,
    },
  ],
  contact: settableFields('contact').map(fieldColumn),
}

function settableFields(service: Service): Field[] {
  return FIELDS[service].filter(field => !isSystemField(field))
}

function bitOf(service: Service, name: string): number {
  return 1 << CLEARABLE[service].indexOf(name)
}

function fieldColumn(field: Field, place: number): StagedColumn {
  if (place > 31) throw new Error(`no bit of \`cleared\`, an int, is left for ${field.name}: make it a bigint`)
  return {
    // The domain that shows is generated from what was sent, the website's and an e-mail's.
    name: field.name === 'normalized_domain' ? 'sent_domain' : field.name,
    type: TYPES[field.kind],
    field: field.name,
    bit: 1 << place,
    read: ({ values }) => values[field.name],
  }
}
