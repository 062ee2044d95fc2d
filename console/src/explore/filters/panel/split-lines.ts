/** The bound of the server for the values of a query. */
export const MAX_VALUES = 10_000

/** The lines of a list that was copied from a spreadsheet or a text, each once. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split(/[\r\n\t]+/).map(line => line.trim())
  return [...new Set(lines.filter(line => line !== ''))].slice(0, MAX_VALUES)
}
