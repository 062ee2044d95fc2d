/**
 * Rows to CSV text: comma, `\n`, quoted where needed. What is written here, src/csv reads back as the same values. The lines of exports
 * are written by PostgreSQL (records/read/export-sql.ts), by the same rules; a test compares them.
 */
import { guard } from './formula.ts'

export type CsvValue = string | number | Date | readonly string[] | null | undefined

export function writeRow(values: readonly CsvValue[]): string {
  return writeCells(values.map(writeValue))
}

/** Cells as they are, quoted where needed. */
export function writeCells(cells: readonly string[]): string {
  // A lone empty cell would be an empty line, which is no row; a lone `\.` ended the file for PostgreSQL's COPY before version 18.
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

/** Items with commas between them; as JSON when that would not be read back as the same items. */
export function writeList(items: readonly string[]): string {
  const ambiguous = items.some(item => item.includes(',') || item.startsWith('['))
  const otherwiseSplit = items.length === 1 && /[;|]| ::: /.test(items[0]!)
  return ambiguous || otherwiseSplit ? JSON.stringify(items) : items.join(', ')
}

const SPECIAL = /[",\r\n]|^[\s\ufeff]|\s$/

function quote(cell: string): string {
  return SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
