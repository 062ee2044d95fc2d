/** `select_columns` and `company_config`: what of a record is returned. */
import { FIELDS, queryableNames, resolveField, type Service } from '../fields.ts'
import { at, failure, readBoolean, readList, readObject, show, unknownField } from '../json/read.ts'
import type { Query } from './query.ts'

/** Own fields of a service, each once. Null when none are asked for, which means all of them. */
export function parseSelect(service: Service, json: unknown, path: string): readonly string[] | null {
  return parseNames(
    json,
    path,
    FIELDS[service].map(field => field.name),
    name =>
      resolveField(service, name) === undefined
        ? ''
        : ' (a field of the company: ask for it by company_config.populate and company_config.select_columns)',
  )
}

/** For an export: also `company_<field>`, and something has to be asked for (ERR_MISSING_SELECT_COLUMNS). */
export function parseExportSelect(service: Service, json: unknown, path: string): readonly string[] {
  const names = parseNames(json, path, queryableNames(service), () => '')
  if (names === null) throw failure('ERR_MISSING_SELECT_COLUMNS', path, 'name the columns of the export')
  return names
}

/** Whether the companies of contacts are returned with them, and what of each. */
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
