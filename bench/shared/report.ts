/** Figures and tables of the benchmarks. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchOptions } from '../options.ts'

const DOCUMENT = join(import.meta.dirname, '../../docs/performance.md')

/** Value at quantile `q` (0 to 1) of `values`, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Three significant digits: "0.0123", "1.23", "123". */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
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

/**
 * Prints what was measured as the options say: `figures` as JSON, or `tables`; with the command and the commit. With `--document`
 * the tables replace what docs/performance.md has of the same command.
 */
export function printReport(options: BenchOptions, figures: object, tables: readonly Table[]): void {
  const { command, sizes } = options
  const commit = describeCommit()
  if (options.json) {
    console.log(JSON.stringify({ command, commit, sizes, ...figures }))
    return
  }
  const origin = `\`${command}\` at commit ${commit}`
  const markdown = [...tables.map(({ header, rows }) => markdownTable(header, rows)), `${origin}.`].join('\n\n')
  if (options.document) writeFileSync(DOCUMENT, replaceTables(readFileSync(DOCUMENT, 'utf8'), command, markdown))
  const shown = [...tables.map(({ header, rows }) => table(header, rows)), origin].join('\n\n')
  console.log(options.markdown ? markdown : shown)
}

/** "-dirty" when what is measured is not as committed; the document is, table by table. */
function describeCommit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' }).trim()
  const dirty = git('status', '--porcelain', '--', 'src', 'bench', 'migrations', 'package-lock.json') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${dirty ? '-dirty' : ''}`
}

/** In the document the tables of a command stand between two comments. */
function replaceTables(document: string, command: string, markdown: string): string {
  const begin = `<!-- ${command} -->\n`
  const from = document.indexOf(begin)
  const to = document.indexOf('<!-- end -->', from)
  if (from < 0 || to < 0) throw new Error(`docs/performance.md has no place for ${command}`)
  return `${document.slice(0, from + begin.length)}\n${markdown}\n\n${document.slice(to)}`
}

/** Writes lines about a long run to standard error, each with the seconds since the first call. */
export function tellProgress(): (line: string) => void {
  const started = performance.now()
  return line => console.error(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`)
}

/** Resident memory of this process, in MB. */
export function residentMegabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1e6)
}
