/** What a class of queries is. */
import type { Service } from '../../src/fields.ts'
import type { Random } from '../data/random.ts'
import type { Draw, Json } from './draws.ts'

/** plain: keywords, ranges, words and phrases. heavy: typing errors, substrings, fields of companies in a search for contacts. */
export type Group = 'plain' | 'heavy' | 'other'

export interface FacetDraw {
  readonly service: Service
  readonly key: string
  readonly where: Json
  readonly searchText: string
}

export interface ExtentDraw extends Draw {
  /** A field of numbers or dates. */
  readonly key: string
}

export type NamedDraw = readonly [name: string, group: Group, draw: (random: Random) => Draw]

export type QueryClass = { readonly name: string; readonly group: Group } & (
  | { readonly kind: 'search' | 'count'; draw(random: Random): Draw }
  | { readonly kind: 'facet'; draw(random: Random): FacetDraw }
  | { readonly kind: 'extent'; draw(random: Random): ExtentDraw }
)
