/** A parsed query: returned by `parseQuery` and evaluated by search engines. Frozen data without behaviour. */
import type { Case, Field, Service } from '../fields.ts'

export interface Query {
  readonly service: Service
  readonly where: Condition
  /** As requested. Ties are always ordered by uuid, ascending. */
  readonly orderBy: readonly Order[]
  readonly cursor: Cursor | null
  /** The names of the fields to return, as requested. Null means all own fields. In an export also `company_<field>`. */
  readonly select: readonly string[] | null
  readonly populate: { readonly select: readonly string[] | null } | null
  /** The case of names of people and places in the rows. */
  readonly case: Case
  /** Starts at 1. */
  readonly page: number
  /** Rows per page. In an export, Infinity if not given. */
  readonly limit: number
}

export interface Order {
  /** A field of the service or, in a query of contacts, of their company (see `field.service`). */
  readonly field: Field
  readonly descending: boolean
  /** It belongs to the same entry of `order_by` as the previous one, and shares its string in cursors. */
  readonly continues?: true
}

/** The position of a row in the order. The result starts right after it. */
export interface Cursor {
  /** One per element of `orderBy`: a folded text, a number (dates in milliseconds), or null for a missing value. */
  readonly values: readonly (string | number | null)[]
  readonly uuid: string
}

/**
 * A tree of conditions. `field.service` says whether a leaf applies to the record or, in a query of contacts, to its company.
 * A missing value satisfies no leaf. `all` and `none` never occur within another condition.
 */
export type Condition =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'and'; readonly of: readonly Condition[] }
  | { readonly type: 'or'; readonly of: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }
  | Leaf

export type Leaf = TermsLeaf | RangeLeaf | MatchLeaf | PhraseLeaf | SubstringLeaf | PhoneLeaf | ExistsLeaf

/** The whole folded value (in a list: of any item) is one of `values` (folded, distinct). For text, keyword, list, uuid. */
export interface TermsLeaf {
  readonly type: 'terms'
  readonly field: Field
  readonly values: readonly string[]
}

/** The number is in one of the ranges, both ends included (Infinity if open). For integers, and dates in milliseconds. */
export interface RangeLeaf {
  readonly type: 'range'
  readonly field: Field
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
}

/** Words in any order, anywhere in the value (in a list: in all items together). */
export interface MatchLeaf {
  readonly type: 'match'
  readonly field: Field
  /** Folded and distinct; at least one. */
  readonly words: readonly string[]
  readonly operator: 'and' | 'or'
  /** Each word may differ by `allowedEdits(word)` edits (text/distance.ts). */
  readonly fuzzy: boolean
}

/** Words in order within one value (in a list: one item), with at most `slop` other words in between in total. */
export interface PhraseLeaf {
  readonly type: 'phrase'
  readonly field: Field
  /** Folded, in order, with duplicates; at least one. */
  readonly words: readonly string[]
  readonly slop: number
  /** The last word is a prefix. */
  readonly prefix: boolean
  /** The words of this field follow those of `field`, as if the two were one value. Neither is a list. */
  readonly followedBy?: Field
}

export interface SubstringLeaf {
  readonly type: 'substring'
  readonly field: Field
  /**
   * For a text field, folded parts, each of which is contained in some word of the value. Otherwise a single folded part,
   * which is contained in the value or in some item.
   */
  readonly parts: readonly string[]
}

/** The digits of the number in a phone (text/phone-digits.ts) satisfy any of these. All are digits, none is empty. */
export interface PhoneLeaf {
  readonly type: 'phone'
  readonly field: Field
  /** They are equal. */
  readonly whole: readonly string[]
  /** They are equal, or follow a calling code. */
  readonly national: readonly string[]
  /** They are the beginning, or follow a calling code. */
  readonly starts: readonly string[]
  /** They occur anywhere. */
  readonly inside: readonly string[]
}

export interface ExistsLeaf {
  readonly type: 'exists'
  readonly field: Field
}
