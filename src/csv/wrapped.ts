/** Files in which each line is one quoted cell, `"a,b,c"`, because a program quoted finished lines of CSV. */
import { BEGINNING, type CsvRecord, createParser, type Dialect } from './parse.ts'

/** The record with the cells that are in its only cell. The record itself if it has several cells, or nothing to split. */
export function unwrap(record: CsvRecord, dialect: Dialect): CsvRecord {
  const [cell] = record.cells
  if (record.cells.length !== 1 || record.tooLong || !cell!.includes(dialect.delimiter)) return record
  const inner = createParser(dialect, null, BEGINNING).push(cell!, true)
  // A cell with a line break is not a line of CSV.
  return inner.length === 1 ? { ...record, cells: inner[0]!.cells } : record
}

/**
 * Whether each of the first rows is a single cell that holds others, and most of them hold at least as many as the header has.
 * Rows with more are rejected later.
 */
export function areWrapped(rows: readonly CsvRecord[], width: number, dialect: Dialect): boolean {
  if (width < 2) return false
  let [wrapped, whole] = [0, 0]
  for (const row of rows) {
    if (row.cells.every(cell => cell.trim() === '')) continue
    const { cells } = unwrap(row, dialect)
    if (cells === row.cells) return false
    wrapped++
    // `Byron, Ada` below two headers is a name.
    if (cells.length >= width && (width > 2 || !cells[1]!.startsWith(' '))) whole++
  }
  return wrapped > 0 && whole * 2 > wrapped
}
