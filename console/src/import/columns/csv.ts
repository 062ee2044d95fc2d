/**
 * Reads and writes CSV, for rows that are shown and corrected here. Only that: the server reads the files that are imported, and
 * copes with many more defects.
 */
export interface CsvRecord {
  /** The line on which it begins. The first is 1. */
  readonly line: number
  readonly cells: readonly string[]
}

interface CsvOptions {
  readonly delimiter?: string
  /** The number of records after which reading ends. */
  readonly limit?: number
  /** False for the beginning of a file, whose last record may be cut: it is left out. */
  readonly isWhole?: boolean
}

/** The records of a text. Empty lines are not records. */
export function parseCsv(text: string, options: CsvOptions = {}): CsvRecord[] {
  const { delimiter = ',', limit = Number.POSITIVE_INFINITY, isWhole = true } = options
  const newline = text.includes('\n') || !text.includes('\r') ? '\n' : '\r'
  const stop = new RegExp(`[${delimiter}${newline}]`, 'g')
  const records: CsvRecord[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  for (let line = 1; at < text.length && records.length < limit; ) {
    const { cells, end } = readRecord(text, at, delimiter, stop)
    if (end === text.length && !isWhole) break
    const source = text.slice(at, end)
    if (source.trim() !== '' || cells.length > 1) records.push({ line, cells })
    line += source.split(newline).length - 1 + (end < text.length ? 1 : 0)
    at = end + 1
  }
  return records
}

/** `end`: the position of the line break after the record, or the end of the text. */
function readRecord(text: string, start: number, delimiter: string, stop: RegExp) {
  const cells: string[] = []
  for (let at = start; ; ) {
    let cell = ''
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1)
      cell = text.slice(at + 1, close).replaceAll('""', '"')
      at = close + 1
    }
    stop.lastIndex = at
    const end = stop.exec(text)?.index ?? text.length
    // Also text after a closing quote belongs to the cell.
    const plain = text.slice(at, end)
    if (text[end] === delimiter) {
      cells.push(cell + plain)
      at = end + 1
    } else {
      cells.push(cell + plain.replace(/\r$/, ''))
      return { cells, end }
    }
  }
}

/** The position of the quote that ends a quoted cell; the end of the text for a cell that is never closed. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at
  return text.length
}

/** Writes rows with commas, `\n`, and quotes where they are needed. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map(writeLine).join('')
}

function writeLine(cells: readonly string[]): string {
  // An empty line would not be a row.
  if (cells.length === 1 && cells[0] === '') return '""\n'
  return `${cells.map(quote).join(',')}\n`
}

const SPECIAL = /[",\r\n]|^[\s\ufeff]|\s$/

function quote(cell: string): string {
  return SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/**
 * A spreadsheet would run these cells as formulas. Files of Connectra have an apostrophe before them (docs/exporting.md), and
 * before cells that look as if they had one.
 */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]|[;\t\r\n]"?[=+\-@＝＋－＠]/
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*$/
const PHONE = /^\+\d[\d ().-]*\d$/

export function guardCell(value: string): string {
  return FORMULA.test(value) && !NUMBER.test(value) && !PHONE.test(value) ? `'${value}` : value
}

/** The inverse of `guardCell`. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}
