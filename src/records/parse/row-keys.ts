/** The keys of CSV-like rows. */
import { FIELDS, type Field, isSystemField, type Service } from '../../fields.ts'

const KEYS: ReadonlyMap<string, Field> = new Map(
  [...FIELDS.company, ...FIELDS.contact].flatMap(field =>
    field.rowKey === null ? [] : [[field.rowKey, field] as const],
  ),
)

/** The keys that a row may have, each with the field it fills. */
export function rowKeys(): ReadonlyMap<string, Field> {
  return KEYS
}

/** Their order in a row of cells. */
export const ROW_KEYS: readonly string[] = [...KEYS.keys()]

/** The same for a row of an export of ours: `uuid`, and the fields that clients may set. */
export const FIELD_KEYS: Readonly<Record<Service, readonly string[]>> = {
  company: fieldKeys('company'),
  contact: fieldKeys('contact'),
}

function fieldKeys(service: Service): string[] {
  return ['uuid', ...FIELDS[service].filter(field => !isSystemField(field)).map(field => field.name)]
}
