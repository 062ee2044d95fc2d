/** `order_by`: the fields by which the result is sorted. */
import { isSortable } from '../fields.ts'
import { at, failure, readChoice, readList, readObject } from '../json/read.ts'
import type { Order } from './query.ts'
import { readField, type Scope } from './read-field.ts'

export const ORDER_DIRECTIONS = ['asc', 'desc'] as const

export function parseOrder(scope: Scope, json: unknown, path: string): readonly Order[] {
  const entries = readList(json, path)
  scope.budget.check('orders', entries.length, path)
  return Object.freeze(entries.map((entry, index) => parseEntry(scope, entry, at(path, index))))
}

function parseEntry(scope: Scope, json: unknown, path: string): Order {
  const parts = readObject(json, path, ['order_by', 'order_direction'])
  const field = readField(scope, parts.get('order_by'), at(path, 'order_by'))
  if (!isSortable(field)) {
    throw failure(
      'ERR_NOT_SORTABLE',
      at(path, 'order_by'),
      `${field.name} is a list; results cannot be sorted by a list`,
    )
  }
  const direction = readChoice(parts.get('order_direction'), at(path, 'order_direction'), ORDER_DIRECTIONS)
  return Object.freeze({ field, descending: direction === 'desc' })
}
