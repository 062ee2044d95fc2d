/** Rejected rows that were corrected and imported, by the key of their file. They are kept in the session, as their corrections are. */
import { onSignOut } from '../../api/session-state.ts'

interface ImportedRow {
  /** The uuid of the job that imports it. */
  readonly job: string
  /** The corrected cells, by their column. */
  readonly cells: ReadonlyMap<number, string>
}

/** By row, from 0. */
export type ImportedRows = ReadonlyMap<number, ImportedRow>

const PREFIX = 'connectra.imported-rows.'
const kept = new Map<string, ImportedRows>()

onSignOut(() => kept.clear())

export function readImportedRows(s3Key: string): ImportedRows {
  const rows = kept.get(s3Key) ?? restore(sessionStorage.getItem(PREFIX + s3Key))
  kept.set(s3Key, rows)
  return rows
}

export function keepImportedRows(
  s3Key: string,
  job: string,
  corrections: ReadonlyMap<number, ReadonlyMap<number, string>>,
): void {
  const rows = new Map(readImportedRows(s3Key))
  for (const [row, cells] of corrections) rows.set(row, { job, cells })
  kept.set(s3Key, rows)
  try {
    sessionStorage.setItem(
      PREFIX + s3Key,
      JSON.stringify([...rows].map(([row, one]) => [row, one.job, [...one.cells]])),
    )
  } catch {
    // Without space they are known until the page is left.
  }
}

/** Of anything that the session may hold. */
function restore(json: string | null): ImportedRows {
  try {
    const stored = JSON.parse(json ?? '[]') as [unknown, unknown, [unknown, unknown][]][]
    return new Map(
      stored.map(([row, job, cells]) => [
        Number(row),
        { job: String(job), cells: new Map(cells.map(([column, cell]) => [Number(column), String(cell)])) },
      ]),
    )
  } catch {
    return new Map()
  }
}
