/**
 * Queries as the console writes them (docs/querying.md). Their members are those of the API: a member that is renamed there fails
 * the type check here. Names of fields are any strings, because the console learns them from the server.
 */
import type { components } from './schema.d.ts'

type Schemas = components['schemas']
type ApiWhere = Schemas['ContactWhere'] | Schemas['CompanyWhere']
type ApiQuery = Schemas['ContactQuery'] | Schemas['CompanyQuery']
/** Without null, which means the same as leaving a member out. */
type Given<Shape> = { [Name in keyof Shape]: Exclude<Shape[Name], null> }

export type Keyword = string | number
export type Range = Given<Schemas['Range']>
export type Bound = NonNullable<Range['gte']>

export type TextMatch = Omit<Given<Schemas['ContactTextMatch']>, 'filter_key'> & { filter_key: string }

type Sides<Content> = { [Side in keyof Given<NonNullable<ApiWhere['exists']>>]?: Content }

interface WhereParts {
  readonly search: string
  readonly text_matches: Sides<TextMatch[]>
  readonly keyword_match: Sides<Record<string, Keyword | Keyword[]>>
  readonly range_query: Sides<Record<string, Range>>
  readonly exists: Sides<string[]>
  readonly and: Where[]
  readonly or: Where[]
  readonly not: Where
}

export type Where = { [Part in keyof ApiWhere]?: WhereParts[Part] }

export type Order = Readonly<
  Omit<Required<Given<Schemas['ContactOrder']>>, 'order_by'> &
    Record<keyof Pick<Schemas['ContactOrder'], 'order_by'>, string>
>

interface QueryParts {
  readonly where: Where
  readonly order_by: readonly Order[]
  readonly cursor: readonly string[]
  readonly select_columns: readonly string[]
  readonly company_config: { readonly populate: boolean; readonly select_columns?: readonly string[] }
  readonly case: NonNullable<ApiQuery['case']>
  /** Starts at 1. `page * limit` can reach 10,000; `cursor` goes further. */
  readonly page: number
  readonly limit: number
}

export type Query = { [Part in keyof ApiQuery]?: QueryParts[Part] }
