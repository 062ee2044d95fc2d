/** `select_columns` and `company_config`: which fields of a record are returned. */
import { DELETED_AT, FIELDS, queryableNames, resolveField, type Service } from '../fields.ts'
import { at, failure, readBoolean, readList, readObject, show, unknownField } from '../json/read.ts'
import type { Query } from './query.ts'

/** Names of the service's own fields, without duplicates. Null if none are given, which means all. */
export function parseSelect(service: Service, json: unknown, path: string): readonly string[] | null {
  return parseNames(json, path, [...FIELDS[service].map(field => field.name), DELETED_AT], name =>
    resolveField(service, name) === undefined
      ? ''
      : ' (a company field: request it with company_config.populate and company_config.select_columns)',
  )
}

/** For an export: `company_<field>` is allowed too. Throws ERR_MISSING_SELECT_COLUMNS if no columns are given. */
export function parseExportSelect(service: Service, json: unknown, path: string): readonly string[] {
  const names = parseNames(json, path, [...queryableNames(service), DELETED_AT], () => '')
  if (names === null) throw failure('ERR_MISSING_SELECT_COLUMNS', path, 'is required for an export; name its columns')
  return names
}

/** Whether contacts are returned with their companies, and with which fields of these. */
export function parseCompanyConfig(json: unknown, path: string): Query['populate'] {
  const parts = readObject(json, path, ['populate', 'select_columns'])
  const select = parseSelect('company', parts.get('select_columns'), at(path, 'select_columns'))
  return readBoolean(parts.get('populate'), at(path, 'populate')) ? Object.freeze({ select }) : null
}

function parseNames(
  json: unknown,
  path: string,
  known: readonly string[],
  hint: (name: string) => string,
): readonly string[] | null {
  const asked = readList(json, path)
  if (asked.length === 0) return null
  const names = new Set(known)
  asked.forEach((name, index) => {
    if (typeof name !== 'string') {
      throw failure('ERR_INVALID_VALUE', at(path, index), `must be the name of a column, not ${show(name)}`)
    }
    if (!names.has(name)) throw unknownField(at(path, index), name, known, hint(name))
  })
  return Object.freeze([...new Set(asked as readonly string[])])
}
