/**
 * Cells that a spreadsheet would run as formulas. Writing puts a `'` before them, and before values that already look
 * guarded, so that reading removes exactly what writing added.
 */
const GUARDED = /^'*[=+\-@\t\r]/
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*$/
const PHONE = /^\+\d[\d ().-]*\d$/

export function guard(value: string): string {
  if (!GUARDED.test(value) || NUMBER.test(value) || PHONE.test(value)) return value
  return `'${value}`
}

/**
 * The inverse of `guard`. It also removes the apostrophe that spreadsheets put before phone numbers (`'+1
 * 512-850-5498`).
 */
export function unguard(cell: string): string {
  return cell.charCodeAt(0) === 39 && GUARDED.test(cell) ? cell.slice(1) : cell
}
