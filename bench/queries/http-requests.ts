/** HTTP requests of the API, from drawn queries. */
import type { Service } from '../../src/fields.ts'
import type { Draw } from './draws.ts'
import type { FacetDraw } from './query-class.ts'

/** A POST request. `body` is JSON. */
export interface HttpRequest {
  readonly path: string
  readonly body: string
}

const PATHS: Readonly<Record<Service, string>> = { company: '/companies', contact: '/contacts' }

export function listRequest({ service, query }: Draw): HttpRequest {
  return { path: `${PATHS[service]}/`, body: JSON.stringify(query) }
}

export function countRequest({ service, query }: Draw): HttpRequest {
  return { path: `${PATHS[service]}/count`, body: JSON.stringify(query) }
}

export function facetRequest({ service, key, where, searchText }: FacetDraw, more: object = {}): HttpRequest {
  const body = { filter_key: key, where, ...(searchText === '' ? {} : { search_text: searchText }), ...more }
  return { path: `/common/${service}/filters/data`, body: JSON.stringify(body) }
}
