/** The names of fields as enums, one for each place in a query that takes a name. Derived from the registry of fields. */
import { type TSchema, Type } from 'typebox'
import {
  DELETED_AT,
  FIELDS,
  type Field,
  FULL_NAME,
  filterType,
  isSortable,
  queryableNames,
  resolveField,
  SERVICES,
  type Service,
} from '../../fields.ts'

/** Used in the names of schemas: `CompanyColumn`. */
export const SCHEMA_NAMES: Readonly<Record<Service, 'Company' | 'Contact'>> = { company: 'Company', contact: 'Contact' }

/** The fields that a query of a service can name, those of the company of a contact included, that satisfy `test`. */
export function fieldNames(service: Service, test: (field: Field) => boolean = () => true): readonly string[] {
  return queryableNames(service).filter(name => test(resolveField(service, name)!))
}

/** The same for places that accept the full name of contacts, too. */
export function fieldAndFullNames(service: Service, test?: (field: Field) => boolean): readonly string[] {
  const names = fieldNames(service, test)
  return service === 'contact' ? [...names, FULL_NAME.name] : names
}

export function hasRanges(field: Field): boolean {
  return filterType(field) === 'range'
}

function hasWords(field: Field): boolean {
  return !hasRanges(field) && field.kind !== 'uuid'
}

function enumOf($id: string, names: readonly string[], description: string): TSchema {
  return Type.Unsafe({ $id, type: 'string', enum: [...names], description })
}

export function nameSchemas(): TSchema[] {
  return SERVICES.flatMap(service => {
    const name = SCHEMA_NAMES[service]
    const own = FIELDS[service].map(field => field.name)
    const ofCompany = service === 'contact' ? '; `company_<field>` is a field of the company' : ''
    return [
      enumOf(`${name}FilterKey`, fieldNames(service), `A field that can be filtered${ofCompany}`),
      enumOf(`${name}TextKey`, fieldAndFullNames(service, hasWords), `A text, keyword or list field${ofCompany}`),
      enumOf(
        `${name}SortKey`,
        fieldAndFullNames(service, isSortable),
        `A sortable field: any field except lists${ofCompany}`,
      ),
      enumOf(`${name}Column`, [...own, DELETED_AT], `A field of a ${service}`),
      enumOf(`${name}ExportColumn`, [...fieldNames(service), DELETED_AT], `A column of an export${ofCompany}`),
    ]
  })
}
