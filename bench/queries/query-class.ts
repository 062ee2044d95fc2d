/** Types of the classes of queries. */
import type { Service } from '../../src/fields.ts'
import type { Random } from '../data/random.ts'
import type { Draw, Json } from './draws.ts'

export type Group = 'plain' | 'heavy' | 'other'

/** Each group has its own goals. "company" means conditions on companies, or their fields, in a search for contacts. */
export const GROUPS: Readonly<Record<Group, string>> = {
  plain: 'keyword, range, phrase',
  heavy: 'fuzzy, substring, company',
  other: 'facets, extents',
}

export interface FacetDraw {
  readonly service: Service
  readonly key: string
  readonly where: Json
  readonly searchText: string
}

export interface ExtentDraw extends Draw {
  /** A field with numbers or dates. */
  readonly key: string
}

export type NamedDraw = readonly [name: string, group: Group, draw: (random: Random) => Draw]

export type QueryClass = { readonly name: string; readonly group: Group } & (
  | { readonly kind: 'search' | 'count'; draw(random: Random): Draw }
  | { readonly kind: 'facet'; draw(random: Random): FacetDraw }
  | { readonly kind: 'extent'; draw(random: Random): ExtentDraw }
)
