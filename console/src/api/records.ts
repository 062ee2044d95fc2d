/** Searches, counts and changes of records, for both services. */
import { api, type ErrorDetail, take } from './client.ts'
import type { Query, Where } from './query.ts'
import type { components, paths } from './schema.d.ts'
import { PATHS, type Service } from './services.ts'

export type { Bound, Keyword, Order, Query, Range, TextMatch, Where } from './query.ts'
export { PATHS, type Service }

type Schemas = components['schemas']
type Body<Reply> = Reply extends { content: { 'application/json': infer Json } } ? Json : never

/** A value of a field as the API answers it. */
export type Value = string | number | readonly string[] | null

/** A record: the selected fields by name, `cursor`, and for a contact `company` if it was populated. */
export interface RecordRow {
  readonly uuid: string
  readonly cursor?: readonly string[]
  readonly company?: RecordRow | null
  readonly [field: string]: Value | RecordRow | undefined
}

export type Filter = Readonly<Body<paths['/common/{service}/filters']['get']['responses']['200']>['data'][number]>

export async function searchRecords(
  service: Service,
  query: Query,
  signal?: AbortSignal,
): Promise<readonly RecordRow[]> {
  // The console shows names and places as they were written.
  const body: Query = { case: 'original', ...query }
  const options = { signal: signal ?? null }
  const { data } =
    service === 'contact'
      ? await take(api.POST('/contacts', { body: body as Schemas['ContactQuery'], ...options }))
      : await take(api.POST('/companies', { body: body as Schemas['CompanyQuery'], ...options }))
  return data as readonly RecordRow[]
}

/** Exact. */
export async function countRecords(service: Service, where: Where, signal?: AbortSignal): Promise<number> {
  const options = { signal: signal ?? null }
  const query: Query = { where }
  const reply =
    service === 'contact'
      ? await take(api.POST('/contacts/count', { body: query as Schemas['ContactQuery'], ...options }))
      : await take(api.POST('/companies/count', { body: query as Schemas['CompanyQuery'], ...options }))
  return reply.count
}

export async function getRecord(service: Service, uuid: string, signal?: AbortSignal): Promise<RecordRow> {
  const options = { signal: signal ?? null }
  const reply =
    service === 'contact'
      ? await take(
          api.GET('/contacts/{uuid}', {
            params: { path: { uuid }, query: { populate: 'company', case: 'original' } },
            ...options,
          }),
        )
      : await take(
          api.GET('/companies/{uuid}', { params: { path: { uuid }, query: { case: 'original' } }, ...options }),
        )
  return reply.data as RecordRow
}

export async function listFilters(service: Service, signal?: AbortSignal): Promise<readonly Filter[]> {
  const options = { params: { path: { service } }, signal: signal ?? null }
  return (await take(api.GET('/common/{service}/filters', options))).data
}

type ValuesPath = paths['/common/{service}/filters/data']['post']
type ApiValuesRequest = Body<NonNullable<ValuesPath['requestBody']>>

interface FilterValuesRequest extends Pick<ApiValuesRequest, 'search_text' | 'limit' | 'page'> {
  readonly filter_key: string
  readonly where?: Where
}

/** `min` and `max` are those of a range filter: a number, or a date in ISO 8601; null without values. */
type FilterValues = Readonly<Body<ValuesPath['responses']['200']>>
export type FilterValue = Readonly<FilterValues['data'][number]>

export async function listFilterValues(
  service: Service,
  request: FilterValuesRequest,
  signal?: AbortSignal,
): Promise<FilterValues> {
  const body = request as ApiValuesRequest
  const options = { params: { path: { service } }, body, signal: signal ?? null }
  return await take(api.POST('/common/{service}/filters/data', options))
}

/**
 * Changes fields of a record that is stored. `null` clears a field. Returns when searches see the change, with the server's
 * warnings: a value that was not stored, or not as it was sent.
 */
export async function updateRecord(
  service: Service,
  uuid: string,
  changes: Readonly<Record<string, Value>>,
): Promise<readonly ErrorDetail[]> {
  const record = { uuid, ...changes }
  const reply =
    service === 'contact'
      ? await take(api.POST('/contacts/batch-upsert', { body: [record as Schemas['ContactRecord']] }))
      : await take(api.POST('/companies/batch-upsert', { body: [record as Schemas['CompanyRecord']] }))
  return reply.warnings ?? []
}
