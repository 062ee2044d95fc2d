/** The rejected rows of an import: read from their file, corrected, and written as a file to import. */
import { guardCell, parseCsv, unguardCell, writeCsv } from '../columns/csv.ts'
import type { Corrections } from '../items/corrections.ts'

/** The columns that the server adds after those of the file. */
const ADDED = ['line', 'error_code', 'error_message'] as const

interface RejectedRow {
  /** In the imported file. */
  readonly line: number
  readonly code: string
  readonly message: string
  /** As many as there are headers, or more. */
  readonly cells: readonly string[]
}

export interface Rejects {
  readonly header: readonly string[]
  readonly rows: readonly RejectedRow[]
  /** The number of columns: a row may have more cells than the header. */
  readonly width: number
}

/** Rows that are shown. A person does not correct more by hand. */
const REJECTS_SHOWN = 1000

/** Null if the text is not such a file. */
export function readRejects(text: string, isWhole: boolean): Rejects | null {
  const [first, ...records] = parseCsv(text, { isWhole, limit: REJECTS_SHOWN + 1 })
  if (first === undefined || ADDED.some((name, at) => first.cells.at(at - ADDED.length) !== name)) return null
  const header = first.cells.slice(0, -ADDED.length).map(unguardCell)
  const rows = records.map(({ cells }) => {
    const [line = '', code = '', message = ''] = cells.slice(-ADDED.length)
    const own = cells.slice(0, -ADDED.length).map(unguardCell)
    while (own.length < header.length) own.push('')
    return { line: Number(line), code, message: unguardCell(message), cells: own }
  })
  return { header, rows, width: Math.max(header.length, ...rows.map(row => row.cells.length)) }
}

/** Sets a cell. A cell that is again as it was is no correction. */
export function correctCell(
  corrections: Corrections,
  { rows }: Rejects,
  row: number,
  column: number,
  value: string,
): Corrections {
  const cells = new Map(corrections.get(row))
  if (value === (rows[row]!.cells[column] ?? '')) cells.delete(column)
  else cells.set(column, value)
  const next = new Map(corrections)
  if (cells.size === 0) next.delete(row)
  else next.set(row, cells)
  return next
}

export function cellOf(rejects: Rejects, corrections: Corrections, row: number, column: number): string {
  return corrections.get(row)?.get(column) ?? rejects.rows[row]!.cells[column] ?? ''
}

/** The corrected rows as a file with the columns of the imported one. */
export function writeCorrected(rejects: Rejects, corrections: Corrections): string {
  const rows = [...corrections.keys()]
    .sort((a, b) => a - b)
    .map(row => {
      const cells = Array.from({ length: rejects.width }, (_, column) => cellOf(rejects, corrections, row, column))
      // Emptied cells beyond the header are gone. Others are rejected again: only a person knows where they belong.
      while (cells.length > rejects.header.length && cells.at(-1) === '') cells.pop()
      return cells
    })
  return writeCsv([rejects.header, ...rows].map(cells => cells.map(guardCell)))
}

/** `contacts.csv` → `contacts-corrected.csv` */
export function correctedName(name: string): string {
  const base = withoutEnding(name)
  return `${base.replace(/-corrected(-\d+)?$/, '')}-corrected${nextNumber(base)}.csv`
}

/** `contacts.csv` → `contacts-rejected.csv` */
export function reportName(name: string, part: 'rejected' | 'warnings'): string {
  return `${withoutEnding(name)}-${part}.csv`
}

function withoutEnding(name: string): string {
  return name.replace(/\.(csv|tsv|tab|txt|gz|zip)$/i, '').replace(/\.(csv|tsv|tab|txt)$/i, '')
}

function nextNumber(base: string): string {
  const before = /-corrected(?:-(\d+))?$/.exec(base)
  return before === null ? '' : `-${Number(before[1] ?? 1) + 1}`
}
