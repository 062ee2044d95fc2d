/** Reads field names in a query. */
import { type Field, queryableNames, resolveField, resolveText, type Service, textNames } from '../fields.ts'
import { failure, show, unknownField } from '../json/read.ts'
import type { Budget } from './limits.ts'

/** Shared by all parsers of a query. */
export interface Scope {
  readonly service: Service
  readonly budget: Budget
}

/** Reads the name of a field of the service or, in a query of contacts, of their company. */
export function readField(scope: Scope, json: unknown, path: string): Field {
  return read(scope, json, path, resolveField, queryableNames)
}

/** The same, or the full name of contacts. */
export function readTextField(scope: Scope, json: unknown, path: string): Field {
  return read(scope, json, path, resolveText, textNames)
}

function read(
  scope: Scope,
  json: unknown,
  path: string,
  resolve: (service: Service, name: string) => Field | undefined,
  names: (service: Service) => readonly string[],
): Field {
  if (typeof json !== 'string' || json === '') {
    throw failure('ERR_INVALID_VALUE', path, `must be the name of a field, not ${show(json)}`)
  }
  const field = resolve(scope.service, json)
  if (field === undefined) throw unknownField(path, json, names(scope.service))
  return field
}
