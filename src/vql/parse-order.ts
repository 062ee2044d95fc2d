/** `order_by`: the fields by which the result is sorted. */
import { FULL_NAME, FULL_NAME_PARTS, isSortable } from '../fields.ts'
import { at, failure, readChoice, readList, readObject } from '../json/read.ts'
import type { Order } from './query.ts'
import { readTextField, type Scope } from './read-field.ts'

export const ORDER_DIRECTIONS = ['asc', 'desc'] as const

export function parseOrder(scope: Scope, json: unknown, path: string): readonly Order[] {
  const entries = readList(json, path)
  scope.budget.check('orders', entries.length, path)
  return Object.freeze(entries.flatMap((entry, index) => parseEntry(scope, entry, at(path, index))))
}

function parseEntry(scope: Scope, json: unknown, path: string): Order[] {
  const parts = readObject(json, path, ['order_by', 'order_direction'])
  const field = readTextField(scope, parts.get('order_by'), at(path, 'order_by'))
  if (!isSortable(field)) {
    throw failure(
      'ERR_NOT_SORTABLE',
      at(path, 'order_by'),
      `${field.name} is a list; results cannot be sorted by a list`,
    )
  }
  const direction = readChoice(parts.get('order_direction'), at(path, 'order_direction'), ORDER_DIRECTIONS)
  const descending = direction === 'desc'
  if (field !== FULL_NAME) return [Object.freeze({ field, descending })]
  const [first, last] = FULL_NAME_PARTS
  return [Object.freeze({ field: last, descending }), Object.freeze({ field: first, descending, continues: true })]
}
