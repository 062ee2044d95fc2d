/**
 * Facets. `terms` aggregations are approximate over several shards, so all distinct values are read through a `composite` one.
 * The uuids that belong to the values of the page are then looked up: as a part of the aggregation they took ten times as long.
 */
import { compareUtf8 } from '../../../text/order.ts'
import type { Facet, FacetRequest } from '../../engine.ts'
import { nameIn, termOf } from '../fields.ts'
import { allOf, compileCondition, containing, type Json } from './condition.ts'

/** Distinct values that are read at once. */
const PORTION = 10_000

export interface CountedValue {
  readonly folded: string
  readonly count: number
}

/** The next values after `after`, with their counts. */
export function compileValues(request: FacetRequest, after: Json | null): Json {
  const path = valuePath(request)
  return {
    query: matching(request),
    size: 0,
    track_total_hits: false,
    aggs: {
      values: {
        composite: {
          size: PORTION,
          sources: [{ value: { terms: { field: path } } }],
          ...(after !== null && { after }),
        },
      },
    },
  }
}

function valuePath({ service, field }: FacetRequest): string {
  return `${nameIn(service, field)}.exact`
}

/** Records without a value that contains the text are left out. Those of a list may have other values, too. */
function matching(request: FacetRequest): Json {
  const { service, where, contains } = request
  const query = compileCondition(service, where)
  return contains === '' ? query : allOf([query, containing(valuePath(request), contains)])
}

/** Collects values, and returns those of the page: the most frequent first, then in the order of their UTF-8 bytes. */
export function collectValues({ contains, offset, limit }: FacetRequest): {
  add(values: readonly CountedValue[]): void
  page(): readonly CountedValue[]
} {
  const most = offset + limit
  let best: CountedValue[] = []
  const prune = () => {
    best = best.sort((a, b) => b.count - a.count || compareUtf8(a.folded, b.folded)).slice(0, most)
  }
  return {
    add(values) {
      for (const value of values) if (value.folded.includes(contains)) best.push(value)
      if (best.length > most + 5 * PORTION) prune()
    },
    page() {
      prune()
      return best.slice(offset)
    },
  }
}

/** Searches for the smallest uuid of each value, and after each of them, if the field has spellings, for the smallest uuid of those. */
export function compileFirsts(request: FacetRequest, values: readonly CountedValue[]): Json[] {
  const { service, field, where } = request
  const query = compileCondition(service, where)
  const first = (conditions: readonly Json[]) => ({
    query: allOf([query, ...conditions]),
    sort: [{ 'uuid.exact': { order: 'asc' } }],
    size: 1,
    track_total_hits: false,
    _source: false,
  })
  const spelled = { term: { [`${nameIn(service, field)}.spelled`]: true } }
  return values.flatMap(({ folded }) => {
    const equal = { term: { [valuePath(request)]: termOf(folded) } }
    return field.answered === 'lower' ? [first([equal]), first([equal, spelled])] : [first([equal])]
  })
}

/** `firsts`: the results of `compileFirsts`. A value whose records are gone by now is left out. */
export function joinFirsts(
  { field }: FacetRequest,
  values: readonly CountedValue[],
  firsts: readonly (string | null)[],
): Facet[] {
  const each = field.answered === 'lower' ? 2 : 1
  return values.flatMap(({ folded, count }, index) => {
    const uuid = firsts[index * each] ?? null
    return uuid === null
      ? []
      : [{ folded, count, uuid, spelled: each === 2 ? (firsts[index * each + 1] ?? null) : null }]
  })
}
