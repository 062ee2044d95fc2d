/** Quantiles of measured values, and the format of figures in tables. */

/** Value at quantile `q` (0 to 1) of `values`, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Formats a value with three significant digits: "0.0123", "1.23", "123". */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001)))))
}

/** Reads a figure back from the cell of a table. A unit may follow it: "28,986×". Throws if the cell has no figure. */
export function parseFigure(cell: string): number {
  const digits = /^-?[\d,]+(\.\d+)?/.exec(cell)?.[0]
  if (digits === undefined) throw new Error(`not a figure: ${JSON.stringify(cell)}`)
  return Number(digits.replaceAll(',', ''))
}
