/**
 * A file of people repeats its companies: what the same cells say of one is read once. Of the 25 columns of a usual file that
 * spares cleaning and hashing ten.
 */
import { COMPANY_KEYS, type Row, type RowOptions, readCompany } from './parse-row.ts'
import { beginReading, type Reading } from './reading.ts'
import type { RecordWrite } from './record.ts'

/** About 30 MB; then it forgets, which costs nothing but time. */
const REMEMBERED = 20_000

/** No cell that has this in it is remembered. */
const BETWEEN = '\0'

/** A `readCompany` for rows of one file. Rows that say the same of a company share one object. */
export function rememberCompanies(): typeof readCompany {
  const known = new Map<string, RecordWrite | null>()
  return (row, reading, options) => {
    const cells = joinedCells(row, options)
    const remembered = known.get(cells)
    if (remembered !== undefined) return remembered
    const company = readJoined(cells, reading, options)
    if (company === undefined) return readCompany(row, reading, options)
    if (known.size >= REMEMBERED) known.clear()
    known.set(cells, company)
    return company
  }
}

function joinedCells(row: Row, { scales }: RowOptions): string {
  let cells = scales === undefined ? '' : [...scales].join()
  for (const { key } of COMPANY_KEYS) cells += BETWEEN + (row[key] ?? '')
  return cells
}

/**
 * Reads the cells from their copy: values that were views of the file's text would keep that in memory. Undefined when something
 * is wrong with them, which is to be said of every row.
 */
function readJoined(cells: string, { index }: Reading, options: RowOptions): RecordWrite | null | undefined {
  const [, ...values] = cells.split(BETWEEN)
  if (values.length !== COMPANY_KEYS.length) return undefined
  const own = beginReading(index)
  const row = Object.fromEntries(COMPANY_KEYS.map(({ key }, place) => [key, values[place]]))
  const company = readCompany(row, own, options)
  return own.problems.length + own.warnings.length === 0 ? company : undefined
}
