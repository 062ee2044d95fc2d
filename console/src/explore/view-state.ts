/** What a list of records shows: the search box, the filter, the order, the columns. It is in the address and in saved views. */
import type { Bound, Order, Service } from '../api/records.ts'

/** One condition of the filter panel. `not` turns it around. */
export type Condition =
  | { readonly kind: 'values'; readonly key: string; readonly values: readonly string[]; readonly not?: boolean }
  | { readonly kind: 'range'; readonly key: string; readonly gte?: Bound; readonly lte?: Bound; readonly not?: boolean }
  | { readonly kind: 'text'; readonly key: string; readonly type: TextType; readonly value: string; readonly fuzzy?: boolean; readonly not?: boolean }
  | { readonly kind: 'exists'; readonly key: string; readonly not?: boolean }

export type TextType = 'match' | 'match_phrase' | 'match_phrase_prefix' | 'substring'

/** All, any or none of its items hold. */
export interface Group {
  readonly kind: 'group'
  readonly op: 'all' | 'any' | 'none'
  readonly items: readonly (Condition | Group)[]
}

export interface ViewState {
  readonly service: Service
  /** The text in the search box. */
  readonly search: string
  /** The group at the top is of the kind `all`. */
  readonly filter: Group
  readonly order: readonly Order[]
  /** Names of columns in their order; null: the default columns. */
  readonly columns: readonly string[] | null
  /** The uuid of the record in the drawer. */
  readonly open: string | null
}

export const NO_FILTER: Group = { kind: 'group', op: 'all', items: [] }
