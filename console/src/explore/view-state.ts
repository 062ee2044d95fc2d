/** What a list of records shows: the search box, the filter, the order, the columns. It is in the address and in saved views. */
import type { Bound, Order, Where } from '../api/query.ts'
import type { Service } from '../api/services.ts'

/** One condition of the filter. `not` turns it around. */
export type Condition = ValuesCondition | RangeCondition | TextCondition | ExistsCondition | VqlCondition

/** The field has one of the values. */
export interface ValuesCondition {
  readonly kind: 'values'
  readonly key: string
  readonly values: readonly string[]
  readonly not?: boolean
}

/** At most one lower and one upper bound. `gt` and `lt` come from VQL; the panel keeps them. */
export interface RangeCondition {
  readonly kind: 'range'
  readonly key: string
  readonly gte?: Bound
  readonly gt?: Bound
  readonly lte?: Bound
  readonly lt?: Bound
  readonly not?: boolean
}

export interface TextCondition {
  readonly kind: 'text'
  readonly key: string
  readonly type: TextType
  readonly value: string
  readonly fuzzy?: boolean
  readonly not?: boolean
}

interface ExistsCondition {
  readonly kind: 'exists'
  readonly key: string
  readonly not?: boolean
}

/** A part of a query that the panel cannot show, such as a phrase with words in between. It is edited as VQL. */
export interface VqlCondition {
  readonly kind: 'vql'
  readonly where: Where
}

export const TEXT_TYPES = ['match', 'match_phrase', 'match_phrase_prefix', 'substring'] as const
export type TextType = (typeof TEXT_TYPES)[number]

/** All, any or none of its items hold. */
export interface Group {
  readonly kind: 'group'
  readonly op: GroupOp
  readonly items: readonly Item[]
}

export const GROUP_OPS = ['all', 'any', 'none'] as const
export type GroupOp = (typeof GROUP_OPS)[number]

export type Item = Condition | Group

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

/** The list without the record in the drawer. */
export type ListView = Omit<ViewState, 'open'>

export const NO_FILTER: Group = { kind: 'group', op: 'all', items: [] }
