/**
 * How values of filters are shown to people. The server says it with every list of values; what it said is remembered, so that a
 * chip shows "United States" for `united states`.
 */
import type { FilterValue } from '../../api/records.ts'
import { onSignOut } from '../../api/session-state.ts'

const remembered = new Map<string, string>()
const MAX_REMEMBERED = 20_000

onSignOut(() => remembered.clear())

/** Fields whose values the server would show in title case. */
const TITLED = /^(company_)?(country|state|city|seniority|departments|email_status|stage)$/

export function rememberNames(key: string, values: readonly FilterValue[]): void {
  if (remembered.size > MAX_REMEMBERED) remembered.clear()
  for (const { value, display_value } of values) remembered.set(nameKey(key, value), display_value)
}

export function nameOfValue(key: string, value: string): string {
  const name = remembered.get(nameKey(key, value))
  if (name !== undefined) return name
  if (!TITLED.test(key) || value !== value.toLowerCase()) return value
  return value.replaceAll('_', ' ').replace(/(?<![\p{L}\p{M}'’])\p{L}/gu, letter => letter.toUpperCase())
}

/** The same for all spellings of a value. The server answers one of them, which depends on the query. */
export function foldValue(value: string): string {
  return value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

const nameKey = (key: string, value: string): string => `${key} ${foldValue(value)}`
