/** The values in the cells of rows and of other tools' files. */
import type { Problem } from '../../errors.ts'
import { quote } from '../../text/shorten.ts'
import { isPlaceholder } from './tables/placeholder.ts'
import { unwrap } from './wrapper.ts'

const EMPTY_FORMULA = '=""'

/** The value within a cell of this row key; null if it is a placeholder. */
export function valueInCell(cell: string, key: string): string | null {
  if (cell === EMPTY_FORMULA) return ''
  if (isPlaceholder(cell, key)) return null
  const value = unwrap(cell, key)
  return value !== cell && isPlaceholder(value, key) ? null : value
}

export function placeholderWarning(index: number, key: string, cell: string): Problem {
  return {
    index,
    field: key,
    code: 'ERR_PLACEHOLDER',
    message: `${key} ${quote(cell)} is a placeholder; it counts as empty`,
  }
}

/** The warning about a cell, or a part of one, that is not used. */
export function ignoredCell(key: string, text: string, why: string): Problem {
  return { field: key, code: 'ERR_INVALID_VALUE', message: `${key} ${quote(text)} ${why}; the value is ignored` }
}
