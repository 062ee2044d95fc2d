/** The query behind an export, how it is carried out, and how large its file will be. */
import type { Order, Query, Where } from '../../api/query.ts'
import { PATHS, type Service } from '../../api/services.ts'

type Format = 'csv' | 'ndjson'

export interface ExportOptions {
  readonly format: Format
  /** A byte order mark, without which Excel does not read UTF-8. */
  readonly bom: boolean
  readonly lowerCase: boolean
  /** Null without a limit. */
  readonly limit: number | null
  /** As in the file. */
  readonly columns: readonly string[]
}

/** More rows than a direct download may have are exported by a job. The server says so itself if its limit is lower. */
export const MAX_DOWNLOAD_ROWS = 50_000
export const SAMPLE_ROWS = 100

export type ExportQuery = Query & { readonly select_columns: readonly string[] }

export function writeExport(
  where: Where,
  order: readonly Order[],
  options: Pick<ExportOptions, 'columns' | 'limit' | 'lowerCase'>,
): ExportQuery {
  const { columns, limit, lowerCase } = options
  return {
    where,
    select_columns: columns,
    ...(order.length > 0 && { order_by: order }),
    ...(limit !== null && { limit }),
    // Files have names and places as written unless the query says otherwise.
    ...(lowerCase && { case: 'lower' }),
  }
}

/** Null if it is not a number of rows. Empty: without a limit. */
export function parseLimit(text: string): { readonly limit: number | null } | null {
  const digits = text.trim().replaceAll(/[,\s]/g, '')
  if (digits === '') return { limit: null }
  return /^[1-9]\d{0,14}$/.test(digits) ? { limit: Number(digits) } : null
}

export interface Sample {
  /** Bytes before the first row. */
  readonly head: number
  /** Bytes of the rows. */
  readonly body: number
  readonly rows: number
}

/** A file ends each of its lines, and a value contains no line break. */
export function measureSample(file: Uint8Array, format: Format): Sample {
  const lineBreak = 10
  const head = format === 'csv' ? file.indexOf(lineBreak) + 1 : 0
  let rows = 0
  for (let at = head; at < file.length; at++) if (file[at] === lineBreak) rows++
  return { head, body: file.length - head, rows }
}

export function estimateBytes({ head, body, rows }: Sample, total: number): number {
  return Math.round(head + (rows === 0 ? 0 : (body / rows) * total))
}

/** contacts-2026-11-29.csv */
export function fileName(service: Service, format: Format, date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map(part => String(part).padStart(2, '0'))
    .join('-')
  return `${PATHS[service].slice(1)}-${day}.${format}`
}
