/** The keys of CSV-like rows. */
import { FIELDS, type Field, type Service } from '../../fields.ts'

const KEYS: ReadonlyMap<string, Field> = new Map(
  [...FIELDS.company, ...FIELDS.contact].flatMap(field =>
    field.rowKey === null ? [] : [[field.rowKey, field] as const],
  ),
)

/** Row key → the field it fills. */
export function rowKeys(): ReadonlyMap<string, Field> {
  return KEYS
}

/** The order of a row's cells. */
export const ROW_KEYS: readonly string[] = [...KEYS.keys()]

/** The order of the cells in a row of our own export: `uuid`, then the fields that clients may set. */
export const FIELD_KEYS: Readonly<Record<Service, readonly string[]>> = {
  company: fieldKeys('company'),
  contact: fieldKeys('contact'),
}

function fieldKeys(service: Service): string[] {
  return ['uuid', ...FIELDS[service].filter(field => field.settable).map(field => field.name)]
}
