/** Figures and tables of the benchmarks. */
import { execFileSync } from 'node:child_process'
import type { BenchOptions } from './main.ts'

/** Value at quantile `q` (0 to 1) of `values`, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Three significant digits: "0.0123", "1.23", "123". */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 0.001)))))
}

/** A table as text: the first column to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
  return [line(header), widths.map(width => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** The same for a document. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Prints what was measured as the options say: `figures` as JSON, or `tables`; with the command and the commit. */
export function printReport(options: BenchOptions, figures: object, tables: readonly Table[]): void {
  const { command, sizes } = options
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  }).trim()
  const origin = `\`${command}\` at commit ${commit}`
  if (options.json) console.log(JSON.stringify({ command, commit, sizes, ...figures }))
  else if (options.markdown)
    console.log([...tables.map(({ header, rows }) => markdownTable(header, rows)), `${origin}.`].join('\n\n'))
  else console.log([...tables.map(({ header, rows }) => table(header, rows)), origin].join('\n\n'))
}

/** Resident memory of this process, in MB. */
export function residentMegabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1e6)
}
