/**
 * Cells that a spreadsheet would run. Written, they get a leading `'`; so do values that already look like that, so
 * that reading takes back exactly what writing added.
 */
const GUARDED = /^'*[=+\-@\t\r]/
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*$/
const PHONE = /^\+\d[\d ().-]*\d$/

export function guard(value: string): string {
  if (!GUARDED.test(value) || NUMBER.test(value) || PHONE.test(value)) return value
  return `'${value}`
}

/** The inverse of `guard`; also what others' spreadsheets left before a phone number (`'+1 512-850-5498`). */
export function unguard(cell: string): string {
  return cell.charCodeAt(0) === 39 && GUARDED.test(cell) ? cell.slice(1) : cell
}
