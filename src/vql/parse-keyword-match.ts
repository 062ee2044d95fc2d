/** `keyword_match`: a field equals one of several values. */
import { type Field, FULL_NAME } from '../fields.ts'
import { at, failure, isEmpty, readEntries, show } from '../json/read.ts'
import { cleanKeyword } from '../records/values/clean.ts'
import { fold } from '../text/fold.ts'
import { and, inRanges, NONE, not, or } from './conditions.ts'
import { readGroups } from './groups.ts'
import { charactersOf } from './limits.ts'
import { parseDate } from './parse-date.ts'
import { equalsFullName } from './parse-full-name.ts'
import { equalsPhone, type SentPhone } from './parse-phone.ts'
import type { Condition } from './query.ts'
import { readTextField, type Scope } from './read-field.ts'

export function parseKeywordMatch(scope: Scope, json: unknown, path: string): Condition | null {
  const { must, mustNot } = readGroups(json, path)
  return and([...parseKeys(scope, must, at(path, 'must')), ...parseKeys(scope, mustNot, at(path, 'must_not')).map(not)])
}

function parseKeys(scope: Scope, json: unknown, path: string): (Condition | null)[] {
  return readEntries(json, path).map(([name, values]) => {
    const here = at(path, name)
    const field = readTextField(scope, name, here)
    if (isEmpty(values)) return null
    scope.budget.spend('clauses', 1, here)
    const list = readValues(scope, values, here)
    return field === FULL_NAME ? equalsAnyFullName(scope, list, here) : equalsAny(field, list)
  })
}

/** Empty items of a list are kept. They equal no value, but the condition must not match everything because of them. */
function readValues(scope: Scope, json: unknown, path: string): (string | number)[] {
  const list = Array.isArray(json) ? json : [json]
  scope.budget.spend('values', list.length, path)
  return list.map((value: unknown, index) => {
    if (typeof value === 'string') scope.budget.spend('characters', charactersOf(value), path)
    if (typeof value === 'string' || typeof value === 'number') return value
    if (value === null) return ''
    const here = Array.isArray(json) ? at(path, index) : path
    throw failure('ERR_INVALID_VALUE', here, `must be a string or a number, not ${show(value)}`)
  })
}

/** A value that the field cannot have, such as `n/a` for a number, matches nothing. */
function equalsAny(field: Field, values: readonly (string | number)[]): Condition {
  if (field.kind === 'integer') {
    const numbers = values.map(value => cleanKeyword(field, value)).filter(value => value !== null)
    return inRanges(
      field,
      numbers.map(number => ({ from: Number(number), to: Number(number) })),
    )
  }
  if (field.kind === 'date') {
    const moments = values.map(value => parseDate(String(value).trim())).filter(moment => moment !== null)
    return inRanges(
      field,
      moments.map(({ start, end }) => ({ from: Math.ceil(start), to: Math.floor(end) })),
    )
  }
  if (field.format === 'phone')
    return equalsPhone(
      field,
      values.flatMap(value => sentPhone(field, value)),
    )
  const terms = new Set(values.map(value => termOf(field, value)).filter(term => term !== null))
  return terms.size === 0 ? NONE : Object.freeze({ type: 'terms', field, values: Object.freeze([...terms]) })
}

/** Each way to split a name costs as much as a value, and as much as its characters. */
function equalsAnyFullName(scope: Scope, values: readonly (string | number)[], path: string): Condition {
  const names = new Set(values.map(value => termOf(FULL_NAME, value)).filter(name => name !== null))
  return (
    or(
      [...names].map(name => {
        const ways = name.split(' ').length
        scope.budget.spend('values', ways, path)
        scope.budget.spend('characters', (ways - 1) * name.length, path)
        return equalsFullName(name)
      }),
    ) ?? NONE
  )
}

function sentPhone(field: Field, value: string | number): SentPhone[] {
  const stored = termOf(field, value)
  return stored === null ? [] : [{ stored, sent: fold(String(value)) }]
}

function termOf(field: Field, value: string | number): string | null {
  const stored = cleanKeyword(field, value)
  return stored === null ? null : fold(stored)
}
