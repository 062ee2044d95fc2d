/** Lists of values that are pasted into a filter. */

/** The server takes so many values in a query. */
export const MAX_VALUES = 10_000

/** The lines of a list that was copied from a spreadsheet or a text, each once. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split(/[\r\n\t]+/).map(line => line.trim())
  return [...new Set(lines.filter(line => line !== ''))]
}

interface JoinedValues {
  readonly values: readonly string[]
  /** How many are too many, and left out. */
  readonly excess: number
}

/** The values with those that are added, each once. */
export function joinValues(values: readonly string[], added: readonly string[]): JoinedValues {
  const joined = [...new Set([...values, ...added])]
  return { values: joined.slice(0, MAX_VALUES), excess: Math.max(0, joined.length - MAX_VALUES) }
}
