/** The classes of queries that `bench search` measures. Each draws the parameters of every request from the data. */
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { conditionDraws } from './condition-draws.ts'
import { countDraws, extentDraws, facetDraws } from './count-draws.ts'
import { createDraws } from './draws.ts'
import { listDraws } from './list-draws.ts'
import type { QueryClass } from './query-class.ts'

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
