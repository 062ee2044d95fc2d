/** Describes for people what an import did, or what a dry run would do. */
import type { DryRun } from '../jobs/import/dry-run.ts'
import type { PreviewRecord, PreviewRow } from '../jobs/import/preview.ts'
import type { ImportReport } from '../jobs/import/report.ts'
import { count, counted, duration } from './format.ts'

const COLUMNS_SHOWN = 5
const VALUE_SHOWN = 60
const HEADER_SHOWN = 40
const KIND_SHOWN = 10

/** The figures below the first line about a file; `would` is set for a dry run. */
export function reportLines(report: ImportReport, would: boolean): string[] {
  const { counts, rejected, warnings, kind } = report
  const named = (of: 'companies' | 'contacts') => {
    const { created, updated, unchanged } = counts[of]
    const names = would ? ['would be created', 'would be updated', 'unchanged'] : ['created', 'updated', 'unchanged']
    const numbers = [created, updated, unchanged]
    return `  ${of}: ${numbers.map((number, at) => `${count(number)} ${names[at]}`).join(', ')}`
  }
  return [
    ...(kind === 'contact' ? [] : [named('companies')]),
    ...(kind === 'company' ? [] : [named('contacts')]),
    ...kindLines('rejected', rejected),
    ...kindLines('warning', warnings),
    ...droppedLines(report),
    ...(counts.rows.empty > 0 ? [`  empty: ${counted(counts.rows.empty, 'row')}`] : []),
    ...(counts.lines_skipped > 0 ? [skippedLine(report)] : []),
  ]
}

export function countsLine({ counts: { rows } }: ImportReport, would: boolean): string {
  const warned = rows.warned > 0 ? ` (${count(rows.warned)} with warnings)` : ''
  return `${counted(rows.read, 'row')} read, ${count(rows.stored)} ${would ? 'would be ' : ''}stored${warned}, ${count(rows.rejected)} rejected`
}

/** In less time than this a rate says nothing. Seconds. */
const SHORT = 0.1

export function tookLine({ seconds, rows_per_second: rate }: ImportReport): string {
  if (seconds < SHORT) return `took less than ${SHORT} s`
  return `took ${seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)}, ${counted(rate, 'row')}/s`
}

/** Headers of the mapping that the file does not have. */
export function unmatchedLines({ unmatched_mapping: headers }: Pick<ImportReport, 'unmatched_mapping'>): string[] {
  return headers.map(header => `  the mapping names the column ${JSON.stringify(header)}, which is not in the file`)
}

/** Why no row was stored; null if at least one was. */
export function whyNothingStored({ counts: { rows } }: ImportReport): string | null {
  if (rows.stored > 0) return null
  if (rows.read === 0) return 'the file has a header but no rows'
  if (rows.rejected === 0) return 'every row is empty'
  return rows.empty === 0 ? 'every row was rejected' : 'every row is empty or was rejected'
}

function kindLines(what: string, kinds: ImportReport['rejected']): string[] {
  const shown = [...kinds].sort((a, b) => b.count - a.count).slice(0, KIND_SHOWN)
  return [
    ...shown.map(
      ({ code, count: number, line, message }) =>
        `  ${what}: ${count(number)} ${code}, first on line ${line}: ${message}`,
    ),
    ...(kinds.length > shown.length ? [`  ${what}: ${counted(kinds.length - shown.length, 'more kind')}`] : []),
  ]
}

function droppedLines({ dropped_values: dropped }: ImportReport): string[] {
  return dropped
    .filter(({ count: number }) => number > 0)
    .slice(0, KIND_SHOWN)
    .map(
      ({ column, count: number, reason }) =>
        `  not used: ${counted(number, 'value')} of ${JSON.stringify(cut(column, HEADER_SHOWN))}, ${reason}`,
    )
}

function skippedLine({ counts, skipped_lines: lines }: ImportReport): string {
  const shown = lines.slice(0, 3).map(({ line, text }) => `${line} ${JSON.stringify(cut(text, HEADER_SHOWN))}`)
  return `  skipped: ${counted(counts.lines_skipped, 'line')}: ${shown.join(', ')}${counts.lines_skipped > 3 ? ', …' : ''}`
}

export function ignoredLine({ ignored_columns: ignored }: Pick<ImportReport, 'ignored_columns'>): string[] {
  const names = ignored.map(({ column }) => cut(onOneLine(column), HEADER_SHOWN))
  const more = names.length - COLUMNS_SHOWN
  const shown = more > 1 ? `${names.slice(0, COLUMNS_SHOWN).join(', ')} and ${more} more` : names.join(', ')
  const surprising = ignored.filter(({ reason }) => reason.startsWith(NOT_READ))
  return [
    ...(names.length === 0 ? [] : [`  ignored columns: ${shown}`]),
    ...surprising.map(({ column, reason }) => `  ${JSON.stringify(cut(column, HEADER_SHOWN))} was ${reason}`),
  ]
}

/** How the reason of a `uuid` column begins (csv/header/export-header.ts). Without it, records may be created again. */
const NOT_READ = 'not read, because'

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

const ENCODINGS: Readonly<Record<string, string>> = {
  mixed: 'UTF-8 and Windows-1252 by line',
  'utf-8 twice': 'UTF-8, encoded twice',
}
const DELIMITERS: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }
const KINDS = { company: 'companies', contact: 'contacts', both: 'contacts and their companies' } as const

/** Everything that a dry run found out about the file `name`. */
export function dryRunLines(name: string, found: DryRun): string[] {
  const packed = found.compression === null ? '' : `${found.compression}, `
  const from = found.form === 'export' ? ', exported by Connectra' : ''
  return [
    `${name}: ${packed}${ENCODINGS[found.encoding] ?? found.encoding}, ${DELIMITERS[found.delimiter]}, header on line ${found.header_line}`,
    `  ${KINDS[found.kind]}${from}`,
    '',
    ...columnTable(found),
    ...unmatchedLines(found),
    '',
    found.rows.length === 0 ? '  no rows' : '  first rows:',
    ...found.rows.flatMap(rowLines),
    '',
    `  ${countsLine(found, true)}`,
    ...reportLines(found, true),
    '  Dry run: nothing was stored. Run it again without --dry-run to import.',
  ]
}

function columnTable({ columns, columns_total: total }: DryRun): string[] {
  const rows = [
    ['column', 'read as', 'why'],
    ...columns.map(({ column, key, explanation }) => [cut(onOneLine(column), HEADER_SHOWN), key ?? '-', explanation]),
  ]
  const widths = [0, 1].map(place => Math.max(...rows.map(row => row[place]!.length)))
  return [
    ...rows.map(([column, key, why]) => `  ${column!.padEnd(widths[0]!)}  ${key!.padEnd(widths[1]!)}  ${why}`),
    ...(total > columns.length ? [`  and ${counted(total - columns.length, 'more column')}`] : []),
  ]
}

function rowLines({ line, becomes, company, contact, code, message, warnings }: PreviewRow): string[] {
  if (becomes === 'rejected') return [`  line ${line}: rejected: ${code}: ${message}`]
  if (becomes === 'empty') return [`  line ${line}: empty`]
  return [
    ...(contact === null ? [] : recordLines(line, 'contact', contact)),
    ...(company === null ? [] : recordLines(line, 'company', company)),
    ...warnings.map(({ message: what, column }) => `    warning: ${column === '' ? '' : `${column}: `}${what}`),
  ]
}

function recordLines(line: number, service: string, { uuid, effect, values }: PreviewRecord): string[] {
  const says = effect === 'unchanged' ? 'unchanged' : `would be ${effect}`
  const shown = Object.entries(values).filter(([field]) => field !== 'company_id')
  const texts = shown.map(
    ([field, value]) => `${field}: ${cut(Array.isArray(value) ? value.join(', ') : String(value), VALUE_SHOWN)}`,
  )
  return [`  line ${line}: ${service} ${uuid} ${says}`, `    ${texts.join(' | ')}`]
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text
}
