/**
 * Cells that a spreadsheet would run as formulas. Writing puts a `'` before them, and before values that already look
 * guarded, so that reading removes exactly what writing added.
 *
 * A formula begins with one of these characters, also in their fullwidth forms. Within a cell it may begin after a delimiter
 * of another locale, because a spreadsheet of that locale may split the cell there, or after a line break.
 */
const GUARDED = /^'*[=+\-@\t\r＝＋－＠]|[;\t\r\n]"?[=+\-@＝＋－＠]/
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
  return isGuarded(cell) ? cell.slice(1) : cell
}

/** Guards a cell of a file that was read, unless it already is. Reading the result gives the same value as reading the cell. */
export function guardCell(cell: string): string {
  return isGuarded(cell) ? cell : guard(cell)
}

function isGuarded(cell: string): boolean {
  return cell.charCodeAt(0) === APOSTROPHE && GUARDED.test(cell)
}

const APOSTROPHE = 39
