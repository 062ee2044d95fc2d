/** The classes of queries that `bench search` measures, each with parameters drawn from the data anew per request. */
import type { Service } from '../src/fields.ts'
import { conditionDraws } from './condition-draws.ts'
import { countDraws, extentDraws, facetDraws } from './count-draws.ts'
import { createDraws, type Draw, type Json } from './draws.ts'
import type { Generator as RecordGenerator } from './generate.ts'
import { listDraws } from './list-draws.ts'
import type { Random } from './random.ts'

export type { Draw } from './draws.ts'

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

export function queryClasses(generator: RecordGenerator): readonly QueryClass[] {
  const draws = createDraws(generator)
  return [
    ...[...conditionDraws(draws), ...listDraws(draws)].map(([name, group, draw]) => ({
      name,
      group,
      kind: 'search' as const,
      draw,
    })),
    ...countDraws(draws).map(([name, group, draw]) => ({ name, group, kind: 'count' as const, draw })),
    ...facetDraws(draws).map(([name, group, draw]) => ({ name, group, kind: 'facet' as const, draw })),
    ...extentDraws(draws).map(([name, group, draw]) => ({ name, group, kind: 'extent' as const, draw })),
  ]
}
