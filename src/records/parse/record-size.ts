/** Refuses records of a request that are far too long, before anything is done to their values. */
import { MAX_RECORD_BYTES } from '../../fields.ts'
import { addProblem, type Reading } from './reading.ts'

/** In UTF-16 units. Cleaning may shorten a record, but hardly to half its length. */
const MAX_RECORD_UNITS = 2 * MAX_RECORD_BYTES

/** Whether the values of these names have too many characters, which is reported for the longest of them. */
export function refuseTooLong(
  reading: Reading,
  names: readonly string[],
  record: Readonly<Record<string, unknown>>,
): boolean {
  let total = 0
  let longest: { readonly name: string; readonly units: number } | null = null
  for (const name of names) {
    const units = unitsOf(record[name])
    total += units
    if (longest === null || units > longest.units) longest = { name, units }
  }
  if (total <= MAX_RECORD_UNITS) return false
  const message = `the record has ${total} characters, but a record has at most ${MAX_RECORD_BYTES} bytes: shorten it`
  addProblem(reading, longest!.name, 'ERR_VALUE_TOO_LONG', message)
  return true
}

function unitsOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (!Array.isArray(value)) return 0
  let units = value.length
  if (units > MAX_RECORD_UNITS) return units
  for (const item of value) if (typeof item === 'string') units += item.length
  return units
}
