/** Which values a filter lists, and in which order. */
import type { FilterValue } from '../../../api/records.ts'
import { foldValue } from '../value-names.ts'

export interface ListedValue {
  readonly value: string
  /** Undefined for a value that is not among the most frequent ones. */
  readonly found: FilterValue | undefined
}

/**
 * First `pinned`, which were chosen when the list was opened or searched, then other chosen values that are not among the most
 * frequent ones, then the most frequent ones. A value that is ticked stays where it is.
 */
export function listValues(
  pinned: readonly string[],
  chosen: readonly string[],
  rows: readonly FilterValue[],
): readonly ListedValue[] {
  const byValue = new Map(rows.map(row => [foldValue(row.value), row]))
  const listed = new Map<string, ListedValue>()
  for (const value of pinned) listed.set(foldValue(value), { value, found: byValue.get(foldValue(value)) })
  for (const value of chosen) {
    const key = foldValue(value)
    if (!byValue.has(key) && !listed.has(key)) listed.set(key, { value, found: undefined })
  }
  for (const [key, row] of byValue) if (!listed.has(key)) listed.set(key, { value: row.value, found: row })
  return [...listed.values()]
}

/**
 * The values of a list whose counts have changed, in the order in which they were listed before. While there is room, those that
 * are gone stay with a count of 0. `isWhole`: a value that is not among `listed` has no records.
 */
export function keepPlaces(
  before: readonly ListedValue[],
  listed: readonly ListedValue[],
  room: number,
  isWhole: boolean,
): readonly ListedValue[] {
  const left = new Map(listed.map(one => [foldValue(one.value), one]))
  let free = isWhole ? room - listed.length : 0
  const kept = before.flatMap(({ value, found }) => {
    const now = left.get(foldValue(value))
    left.delete(foldValue(value))
    if (now) return now
    return found && free-- > 0 ? { value, found: { ...found, count: 0 } } : []
  })
  return [...kept, ...left.values()]
}
