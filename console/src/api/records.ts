/** Searches, counts and changes of records, for both services. */
import { api, type ErrorDetail, take } from './client.ts'

export type Service = 'contact' | 'company'

/** A value of a field as the API answers it. */
export type Value = string | number | readonly string[] | null

/** A record: the selected fields by name, `cursor`, and for a contact `company` if it was populated. */
export interface RecordRow {
  readonly uuid: string
  readonly cursor?: readonly string[]
  readonly company?: RecordRow | null
  readonly [field: string]: Value | RecordRow | undefined
}

/** The `where` of a VQL query (docs/querying.md). */
export interface Where {
  text_matches?: { must?: TextMatch[]; must_not?: TextMatch[] }
  keyword_match?: { must?: Record<string, Keyword | Keyword[]>; must_not?: Record<string, Keyword | Keyword[]> }
  range_query?: { must?: Record<string, Range>; must_not?: Record<string, Range> }
  exists?: { must?: string[]; must_not?: string[] }
  search?: string
  and?: Where[]
  or?: Where[]
  not?: Where
}

export type Keyword = string | number
export type Bound = string | number

export interface TextMatch {
  text_value: string
  filter_key: string
  search_type?: 'match' | 'match_phrase' | 'match_phrase_prefix' | 'substring'
  fuzzy?: boolean
  operator?: 'and' | 'or'
  slop?: number
}

export interface Range {
  gte?: Bound
  gt?: Bound
  lte?: Bound
  lt?: Bound
}

export interface Order {
  readonly order_by: string
  readonly order_direction: 'asc' | 'desc'
}

export interface Query {
  where?: Where
  order_by?: readonly Order[]
  cursor?: readonly string[]
  select_columns?: readonly string[]
  company_config?: { populate: boolean; select_columns?: readonly string[] }
  limit?: number
  /** Starts at 1. `page * limit` can reach 10,000; `cursor` goes further. */
  page?: number
  case?: 'original' | 'lower'
}

export interface FilterValue {
  readonly value: string
  readonly display_value: string
  readonly count: number
}

export interface Filter {
  readonly key: string
  readonly service: Service
  readonly filter_type: 'keyword' | 'text' | 'range'
  readonly display_name: string
  readonly active: boolean
}

/** The path of each service's endpoints. */
export const PATHS = { contact: '/contacts', company: '/companies' } as const

export async function searchRecords(
  service: Service,
  query: Query,
  signal?: AbortSignal,
): Promise<readonly RecordRow[]> {
  // The console shows names and places as they were written.
  const body = { case: 'original', ...query } as never
  const reply = await take(api.POST(PATHS[service], { body, signal: signal ?? null }))
  return reply.data as unknown as readonly RecordRow[]
}

/** Exact. */
export async function countRecords(service: Service, where: Where, signal?: AbortSignal): Promise<number> {
  const path = service === 'contact' ? '/contacts/count' : '/companies/count'
  const reply = await take(api.POST(path, { body: { where } as never, signal: signal ?? null }))
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
  return reply.data as unknown as RecordRow
}

export async function listFilters(service: Service, signal?: AbortSignal): Promise<readonly Filter[]> {
  const reply = await take(
    api.GET('/common/{service}/filters', { params: { path: { service } }, signal: signal ?? null }),
  )
  return reply.data as readonly Filter[]
}

export interface FilterValuesRequest {
  readonly filter_key: string
  readonly search_text?: string
  readonly limit?: number
  readonly page?: number
  readonly where?: Where
}

export interface FilterValues {
  readonly data: readonly FilterValue[]
  /** Of a range filter: a number, or a date in ISO 8601; null without values. */
  readonly min?: Bound | null
  readonly max?: Bound | null
}

export async function listFilterValues(
  service: Service,
  body: FilterValuesRequest,
  signal?: AbortSignal,
): Promise<FilterValues> {
  const call = api.POST('/common/{service}/filters/data', {
    params: { path: { service } },
    body: body as never,
    signal: signal ?? null,
  })
  return (await take(call)) as unknown as FilterValues
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
  const path = service === 'contact' ? '/contacts/batch-upsert' : '/companies/batch-upsert'
  const reply = await take(api.POST(path, { body: [{ uuid, ...changes }] as never }))
  return ((reply as { warnings?: unknown }).warnings ?? []) as readonly ErrorDetail[]
}
