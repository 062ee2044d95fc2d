/** What can be asked of a field in the filter as a tree. */
import type { Filter } from '../../../api/records.ts'
import { TEXT_TYPES, type TextType } from '../../view-state.ts'
import type { FieldCondition } from '../edit-filter.ts'
import { isComplete } from '../where.ts'

/** The kind of a condition, and of a text how it is compared. */
export type Operator = 'values' | 'range' | 'exists' | TextType

const OPERATORS: Readonly<Record<Filter['filter_type'], readonly Operator[]>> = {
  keyword: ['values', 'substring', 'match', 'match_phrase', 'match_phrase_prefix', 'exists'],
  text: ['match', 'match_phrase', 'match_phrase_prefix', 'substring', 'values', 'exists'],
  range: ['range', 'values', 'exists'],
}

/** The usual one first. The full name of a contact is not stored, so it cannot be missing. */
export function operatorsFor(key: string, filter: Filter | undefined): readonly Operator[] {
  const operators = OPERATORS[filter?.filter_type ?? 'text']
  return key === 'full_name' ? operators.filter(operator => operator !== 'exists') : operators
}

export function operatorOf(condition: FieldCondition): Operator {
  return condition.kind === 'text' ? condition.type : condition.kind
}

export function newCondition(key: string, operator: Operator): FieldCondition {
  if (operator === 'values') return { kind: 'values', key, values: [] }
  if (isTextType(operator)) return { kind: 'text', key, type: operator, value: '' }
  return { kind: operator, key }
}

/** The same condition with another operator. What was typed is kept where it makes sense. */
export function changeOperator(condition: FieldCondition, operator: Operator): FieldCondition {
  const next = newCondition(condition.key, operator)
  const not = condition.not ? ({ not: true } as const) : {}
  const text =
    condition.kind === 'text' ? condition.value : condition.kind === 'values' ? (condition.values[0] ?? '') : ''
  if (next.kind === 'text') {
    const fuzzy = next.type === 'match' && condition.kind === 'text' && condition.fuzzy === true
    return { ...next, value: text, ...(fuzzy && { fuzzy }), ...not }
  }
  if (next.kind === 'values') return { ...next, values: text === '' ? [] : [text], ...not }
  return { ...next, ...not }
}

/** The same question about another field, if there is one and it can be asked of it. Values belong to their field. */
export function changeField(condition: FieldCondition, key: string, filter: Filter | undefined): FieldCondition {
  const operators = operatorsFor(key, filter)
  const asked = isComplete(condition) ? operators.find(one => one === operatorOf(condition)) : undefined
  const operator = asked ?? operators[0]!
  if (condition.kind === 'text' && isTextType(operator)) return { ...changeOperator(condition, operator), key }
  const next = newCondition(key, operator)
  return condition.not ? { ...next, not: true } : next
}

function isTextType(operator: Operator): operator is TextType {
  return TEXT_TYPES.some(type => type === operator)
}
