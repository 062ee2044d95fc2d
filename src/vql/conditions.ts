/**
 * Combines conditions. Null means no condition. The result is frozen and simplified: `all` and `none` never occur within
 * another condition, and there is no `and` directly within an `and`, no `or` within an `or`, and no `not` within a `not`.
 */
import type { Field } from '../fields.ts'
import type { Condition } from './query.ts'

export const ALL: Condition = Object.freeze({ type: 'all' })
export const NONE: Condition = Object.freeze({ type: 'none' })

export function and(conditions: readonly (Condition | null)[]): Condition | null {
  return join('and', conditions, ALL, NONE)
}

export function or(conditions: readonly (Condition | null)[]): Condition | null {
  return join('or', conditions, NONE, ALL)
}

function join(
  type: 'and' | 'or',
  conditions: readonly (Condition | null)[],
  neutral: Condition,
  decisive: Condition,
): Condition | null {
  const given = conditions.filter(condition => condition !== null)
  if (given.length === 0) return null
  if (given.some(condition => condition.type === decisive.type)) return decisive
  const of = given
    .filter(condition => condition.type !== neutral.type)
    .flatMap(condition => (condition.type === type ? condition.of : [condition]))
  if (of.length === 0) return neutral
  return of.length === 1 ? of[0] : Object.freeze({ type, of: Object.freeze(of) })
}

export function not(condition: Condition | null): Condition | null {
  if (condition === null) return null
  if (condition.type === 'all') return NONE
  if (condition.type === 'none') return ALL
  return condition.type === 'not' ? condition.of : Object.freeze({ type: 'not', of: condition })
}

/** A number in one of `ranges`, some of which may be empty. The ranges of the result are ascending and do not overlap. */
export function inRanges(field: Field, ranges: readonly { readonly from: number; readonly to: number }[]): Condition {
  const sorted = ranges
    .filter(({ from, to }) => from <= to && from < Infinity && to > -Infinity)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  if (merged.length === 0) return NONE
  return Object.freeze({ type: 'range', field, ranges: Object.freeze(merged.map(range => Object.freeze(range))) })
}
