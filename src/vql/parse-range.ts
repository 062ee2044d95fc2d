/** `range_query`: numbers and dates between bounds. */
import type { Field } from '../fields.ts'
import { at, failure, isEmpty, readEntries, readObject, show } from '../json/read.ts'
import { and, inRanges, not } from './conditions.ts'
import { readGroups } from './groups.ts'
import { type Moment, parseDate } from './parse-date.ts'
import type { Condition } from './query.ts'
import { readField, type Scope } from './read-field.ts'

export const RANGE_OPERATORS = ['gte', 'gt', 'lte', 'lt'] as const

/** A number in a string. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

export function parseRangeQuery(scope: Scope, json: unknown, path: string): Condition | null {
  const { must, mustNot } = readGroups(json, path)
  return and([
    ...parseRanges(scope, must, at(path, 'must')),
    ...parseRanges(scope, mustNot, at(path, 'must_not')).map(not),
  ])
}

function parseRanges(scope: Scope, json: unknown, path: string): (Condition | null)[] {
  return readEntries(json, path).map(([name, bounds]) => {
    const here = at(path, name)
    const field = readField(scope, name, here)
    if (field.kind !== 'integer' && field.kind !== 'date') {
      throw failure('ERR_INVALID_VALUE', here, 'is not a number or date field, so it has no ranges; use keyword_match')
    }
    return parseRange(scope, field, bounds, here)
  })
}

function parseRange(scope: Scope, field: Field, json: unknown, path: string): Condition | null {
  const bounds = [...readObject(json, path, RANGE_OPERATORS)].filter(([, bound]) => !isEmpty(bound))
  if (bounds.length === 0) return null
  scope.budget.spend('clauses', 1, path)
  let from = -Infinity
  let to = Infinity
  for (const [operator, bound] of bounds) {
    const { start, end } = parseBound(field, bound, at(path, operator))
    if (operator === 'gte') from = Math.max(from, wholeFrom(start))
    else if (operator === 'gt') from = Math.max(from, after(end))
    else if (operator === 'lte') to = Math.min(to, Math.floor(end))
    else to = Math.min(to, before(start))
  }
  return inRanges(field, [{ from, to }])
}

/** The smallest integer that is at least `bound`: stored numbers are integers. Adding 0 turns -0 into 0. */
function wholeFrom(bound: number): number {
  return Math.ceil(bound) + 0
}

/** The smallest integer above `bound`. Above 2^53, adding 1 has no effect, but no such numbers are stored. */
function after(bound: number): number {
  const next = Math.floor(bound) + 1
  return next > bound ? next : Infinity
}

function before(bound: number): number {
  const previous = Math.ceil(bound) - 1
  return previous < bound ? previous : -Infinity
}

function parseBound(field: Field, json: unknown, path: string): Moment {
  if (field.kind === 'date') {
    const moment = typeof json === 'string' ? parseDate(json.trim()) : null
    if (moment !== null) return moment
    throw failure(
      'ERR_INVALID_VALUE',
      path,
      `must be a date such as 2024-01-15 or 2024-01-15T10:30:00Z, not ${show(json)}`,
    )
  }
  const number = typeof json === 'string' && NUMBER.test(json.trim()) ? Number(json) : json
  if (typeof number === 'number' && Number.isFinite(number)) return { start: number, end: number }
  throw failure('ERR_INVALID_VALUE', path, `must be a number, not ${show(json)}`)
}
