/** Reads fields from their tables and decodes PostgreSQL's text format. */
import type { Case, Field, Service } from '../fields.ts'
import { lowerSql } from './case-sql.ts'
import type { Value } from './record.ts'

export const TABLES: Readonly<Record<Service, string>> = { company: 'companies', contact: 'contacts' }

/** The form of dates: ISO 8601 in UTC with milliseconds, or milliseconds since 1970. */
export type Dates = 'iso' | 'milliseconds'

/** The expression that reads `field` from the table named `alias`. */
export function columnSql(field: Field, alias: string, dates: Dates, casing: Case = 'original'): string {
  const column = `${alias}.${field.name}`
  if (casing === 'lower' && field.answered === 'lower') return lowerSql(column)
  if (field.kind !== 'date') return column
  if (dates === 'milliseconds') return `(extract(epoch FROM ${column}) * 1000)::bigint`
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

export type Decode = (text: string) => Value

export function decoderOf(field: Field, dates: Dates): Decode {
  if (field.kind === 'list') return decodeList
  if (field.kind === 'integer' || (field.kind === 'date' && dates === 'milliseconds')) return Number
  return text => text
}

/** Decodes PostgreSQL's array notation, `{a,"b, c"}`. No item may be NULL. */
export function decodeList(text: string): string[] {
  const inner = text.slice(1, -1)
  if (inner === '') return []
  if (!inner.includes('"')) return inner.split(',')
  const items: string[] = []
  for (const match of inner.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)"|[^,]+/gs))
    items.push(match[1] === undefined ? match[0] : match[1].replace(/\\(.)/gs, '$1'))
  return items
}

const SPECIAL = /["\\]/

/** The inverse of `decodeList`. */
export function encodeList(items: readonly string[]): string {
  let text = ''
  for (const item of items)
    text += `${text === '' ? '' : ','}"${SPECIAL.test(item) ? item.replace(/["\\]/g, '\\$&') : item}"`
  return `{${text}}`
}

/**
 * Options of a query whose rows arrive as arrays of undecoded text. The decoders above are faster than those of `pg`.
 */
export const RAW = { rowMode: 'array', types: { getTypeParser: () => (text: string) => text } } as const
export type RawRow = (string | null)[]
