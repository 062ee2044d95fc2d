/** A parsed query: what `parseQuery` returns and every search engine evaluates. Frozen data, no behaviour. */
import type { Field, Service } from '../fields.ts'

export interface Query {
  readonly service: Service
  readonly where: Condition
  /** As asked for; the uuid, ascending, always comes after. */
  readonly orderBy: readonly Order[]
  readonly cursor: Cursor | null
  /** Names to return, as asked for; null: all own fields. In an export also `company_<field>`. */
  readonly select: readonly string[] | null
  readonly populate: { readonly select: readonly string[] | null } | null
  /** From 1. */
  readonly page: number
  /** Rows a page. In an export, Infinity when not given. */
  readonly limit: number
}

export interface Order {
  /** A field of the service or, in a query of contacts, of their company (`field.service` tells). */
  readonly field: Field
  readonly descending: boolean
}

/** The place of a row in the order: the result starts right after it. */
export interface Cursor {
  /** One per `orderBy`: a folded text, a number (dates in milliseconds), or null for a missing value. */
  readonly values: readonly (string | number | null)[]
  readonly uuid: string
}

/**
 * The boolean tree. `field.service` says whether a leaf is about the record or, in a query of contacts,
 * about its company. A missing value satisfies no leaf. `all` and `none` stand alone only, never within another condition.
 */
export type Condition =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'and'; readonly of: readonly Condition[] }
  | { readonly type: 'or'; readonly of: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }
  | Leaf

export type Leaf = TermsLeaf | RangeLeaf | MatchLeaf | PhraseLeaf | SubstringLeaf | ExistsLeaf

/** The whole folded value (of a list: of some item) is one of `values` (folded, distinct). Text, keyword, list, uuid. */
export interface TermsLeaf {
  readonly type: 'terms'
  readonly field: Field
  readonly values: readonly string[]
}

/** The number lies in one of the ranges, both ends included (Infinity where open). Integers; dates in milliseconds. */
export interface RangeLeaf {
  readonly type: 'range'
  readonly field: Field
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
}

/** Words in any order, anywhere in the value (in a list: in all items together). */
export interface MatchLeaf {
  readonly type: 'match'
  readonly field: Field
  /** Folded words, distinct, at least one. */
  readonly words: readonly string[]
  readonly operator: 'and' | 'or'
  /** Each word may differ by `allowedEdits(word)` edits (text/distance.ts). */
  readonly fuzzy: boolean
}

/** Words in order within one value (in a list: within one item), at most `slop` others in between in total. */
export interface PhraseLeaf {
  readonly type: 'phrase'
  readonly field: Field
  /** Folded words in order, repeats kept, at least one. */
  readonly words: readonly string[]
  readonly slop: number
  /** The last word is a prefix. */
  readonly prefix: boolean
}

export interface SubstringLeaf {
  readonly type: 'substring'
  readonly field: Field
  /** Text field: folded words, each inside some word of the value. Otherwise one folded part, inside the value or some item. */
  readonly parts: readonly string[]
}

export interface ExistsLeaf {
  readonly type: 'exists'
  readonly field: Field
}
