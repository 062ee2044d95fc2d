/**
 * Writes rows as CSV: commas, `\n`, quotes where needed. Reading the result gives the same values. PostgreSQL writes the
 * lines of exports by the same rules (records/read/export-sql.ts); a test compares the two.
 */
import { guard } from './formula.ts'

export type CsvValue = string | number | Date | readonly string[] | null | undefined

export function writeRow(values: readonly CsvValue[]): string {
  return writeCells(values.map(writeValue))
}

/** Writes cells unchanged, quoted where needed. */
export function writeCells(cells: readonly string[]): string {
  // An unquoted single empty cell would be an empty line, which is not a row. A line with only `\.` ends the input of
  // PostgreSQL's COPY before version 18.
  if (cells.length === 1 && (cells[0] === '' || cells[0] === '\\.')) return `"${cells[0]}"\n`
  let line = ''
  for (let i = 0; i < cells.length; i++) line += i === 0 ? quote(cells[i]!) : `,${quote(cells[i]!)}`
  return `${line}\n`
}

function writeValue(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return guard(value)
  if (typeof value === 'number') return String(value)
  if (value instanceof Date) return value.toISOString()
  return guard(writeList(value))
}

/** Joins the items with commas, or writes them as JSON if joined items would not be read back the same. */
export function writeList(items: readonly string[]): string {
  return items.some(item => SPLIT.test(item)) ? JSON.stringify(items) : items.join(', ')
}

/** An item that would be split, or read as JSON. */
const SPLIT = /[,;|]| ::: |^\[/

const SPECIAL = /[",\r\n]|^[\s\ufeff]|\s$/

function quote(cell: string): string {
  return SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
