/** What was chosen for the last file in this browser, for the next one. Not how many rows: a limit would be overlooked. */
import type { Service } from '../../api/services.ts'
import type { ExportOptions } from './export-query.ts'

export interface LastChoice extends Pick<ExportOptions, 'format' | 'bom' | 'lowerCase'> {
  /** Null: those of the table. */
  readonly columns: readonly string[] | null
}

const FIRST: LastChoice = { columns: null, format: 'csv', bom: false, lowerCase: false }

export function readLastChoice(service: Service): LastChoice {
  const { columns, format, bom, lowerCase } = parse(localStorage.getItem(nameOf(service)))
  return {
    columns: Array.isArray(columns) ? columns.filter(name => typeof name === 'string') : FIRST.columns,
    format: format === 'ndjson' ? format : FIRST.format,
    bom: bom === true,
    lowerCase: lowerCase === true,
  }
}

export function keepLastChoice(service: Service, choice: LastChoice): void {
  localStorage.setItem(nameOf(service), JSON.stringify(choice))
}

function nameOf(service: Service): string {
  return `connectra.export.${service}`
}

/** Anything may be stored under the name. */
function parse(json: string | null): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json ?? '{}') ?? {}
  } catch {
    return {}
  }
}
