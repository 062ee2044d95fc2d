/** Cursors: the position of a row in the order of a query, as strings that a client sends back. */
import type { Field } from '../fields.ts'
import { at, failure, isEmpty, show } from '../json/read.ts'
import { isUuid } from '../records/values/uuid.ts'
import { fold } from '../text/fold.ts'
import { parseDate } from './parse-date.ts'
import type { Cursor, Order } from './query.ts'

const INTEGER = /^-?\d{1,16}$/
const LARGEST = 2 ** 53

/** The cursor of a row. `values` are its sort values: folded text, number or milliseconds; null if missing. */
export function formatCursor(
  orderBy: readonly Order[],
  values: readonly (string | number | null)[],
  uuid: string,
): readonly string[] {
  const parts: string[] = []
  orderBy.forEach(({ field, continues }, index) => {
    if (continues) parts[parts.length - 1] = formatPair(values[index - 1], values[index])
    else parts.push(formatValue(field, values[index]))
  })
  return [...parts, uuid]
}

type Value = string | number | null

/** Two texts in one string, as a JSON array. */
function formatPair(first: Value, second: Value): string {
  return first === null && second === null ? '' : JSON.stringify([first, second])
}

/** Anything but a pair is the first text of one: the page starts after all rows with it. */
function parsePair(part: string): Value[] {
  if (part === '') return [null, null]
  try {
    const pair: unknown = JSON.parse(part)
    if (Array.isArray(pair) && pair.length === 2 && pair.every(text => text === null || typeof text === 'string'))
      return pair.map(text => (text === null ? null : fold(text)))
  } catch {
    // Not a pair.
  }
  return [fold(part), null]
}

function formatValue(field: Field, value: string | number | null): string {
  if (value === null) return ''
  return field.kind === 'date' ? new Date(value).toISOString() : String(value)
}

/** After all rows with the same sort values. */
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Returns null if there is none. A cursor without the uuid starts after all rows with its values. Clients may write the values
 * themselves: as numbers, as null, in any case. Throws ERR_INVALID_CURSOR if it does not fit this order.
 */
export function parseCursor(json: unknown, orderBy: readonly Order[], path: string): Cursor | null {
  if (isEmpty(json)) return null
  const entries = orderBy.filter(order => !order.continues)
  const parts = readParts(json, entries.length)
  if (parts === null) {
    const message = `does not fit the query; send the cursor of a row from a query with the same order_by (${entries.length + 1} string(s))`
    throw failure('ERR_INVALID_CURSOR', path, message)
  }
  const uuid = parts[entries.length] ?? LAST_UUID
  if (!isUuid(uuid)) throw misfit(at(path, entries.length), 'a uuid', uuid)
  const values = entries.flatMap((order, index) => {
    const next = orderBy[orderBy.indexOf(order) + 1]
    return next?.continues ? parsePair(parts[index]) : [parseValue(order.field, parts[index], at(path, index))]
  })
  return Object.freeze({ values: Object.freeze(values), uuid: uuid.toLowerCase() })
}

/** Null if these are not the values of so many orders, with or without a uuid. */
function readParts(json: unknown, orders: number): readonly string[] | null {
  if (!Array.isArray(json) || (json.length !== orders && json.length !== orders + 1)) return null
  const known = json.every(part => part === null || typeof part === 'string' || typeof part === 'number')
  return known ? json.map(part => (part === null ? '' : String(part))) : null
}

function parseValue(field: Field, part: string, path: string): string | number | null {
  if (part === '') return null
  if (field.kind === 'integer') {
    const number = Number(part)
    if (!INTEGER.test(part) || Math.abs(number) > LARGEST) throw misfit(path, 'a whole number', part)
    return number
  }
  if (field.kind === 'date') {
    const moment = parseDate(part)
    if (moment === null) throw misfit(path, 'a date', part)
    return moment.start
  }
  if (field.kind === 'uuid') {
    if (!isUuid(part)) throw misfit(path, 'a uuid', part)
    return part.toLowerCase()
  }
  return fold(part)
}

function misfit(path: string, expected: string, part: string): Error {
  const message = `must be ${expected}, not ${show(part)}; send the cursor of a row unchanged, with the same order_by`
  return failure('ERR_INVALID_CURSOR', path, message)
}
