/**
 * Warnings on values of stored rows that an import ignored. They are stored with each batch and finally written to a
 * file.
 */

import { keysOf } from '../../csv/columns.ts'
import { unguard } from '../../csv/formula.ts'
import type { ColumnMeaning, HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvRecord } from '../../csv/parse.ts'
import { writeRow } from '../../csv/write.ts'
import type { Connection, Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { valueInCell } from '../../records/values/row-cell.ts'
import type { Stored } from './read-record.ts'
import { type Kind, kindOf } from './tally.ts'

export interface ListedWarning {
  readonly line: number
  /** The index among the warnings of its row. */
  readonly place: number
  /** The header of the column; empty if the value came from several columns or from part of one. */
  readonly column: string
  /** The row key, or the field in an export of ours. */
  readonly field: string | null
  readonly code: string
  /** The value in the file, cut to its beginning. */
  readonly value: string
  readonly message: string
}

/** The file lists this many warnings of each kind. The others are only counted. */
export const LISTED_OF_A_KIND = 10_000
const VALUE_SHOWN = 200

/**
 * Returns a function that returns the warnings of a stored row as the file lists them. Warnings beyond the limit, counted
 * since the function was created, are left out.
 */
export function warningLister(meaning: HeaderMeaning): (record: CsvRecord, row: Stored) => ListedWarning[] {
  const listed = new Map<string, number>()
  const keys = keysOf(meaning)
  return (record, { warnings, values, unread }) => {
    // The warnings about cells that are not read come last.
    const others = warnings.length - (unread?.length ?? 0)
    return warnings.flatMap((warning, place) => {
      const before = listed.get(kindOf(warning)) ?? 0
      if (before === LISTED_OF_A_KIND) return []
      listed.set(kindOf(warning), before + 1)
      const { field, code, message } = warning
      const cell = unread?.[place - others]
      const value = cell?.cell ?? (field === null ? undefined : values[keys.indexOf(field)]) ?? ''
      const column = cell?.index ?? columnOf(meaning, record, field, value)
      return {
        line: record.line,
        place,
        column: column < 0 ? '' : meaning.columns[column]!.header.slice(0, VALUE_SHOWN).toWellFormed(),
        field,
        code,
        value: value.slice(0, VALUE_SHOWN).toWellFormed(),
        message,
      }
    })
  }
}

/**
 * The index of the column of that key with the value, or -1. A cell rule may have changed the key, so columns with a rule are
 * searched too.
 */
function columnOf({ columns, form }: HeaderMeaning, { cells }: CsvRecord, field: string | null, value: string): number {
  if (value === '') return -1
  const hasValue = ({ key }: ColumnMeaning, at: number) => {
    const cell = unguard(cells[at] ?? '')
    return cell === value || (form === 'rows' && key !== null && valueInCell(cell, key) === value)
  }
  const places = [
    columns.findIndex((column, at) => column.key === field && hasValue(column, at)),
    columns.findIndex((column, at) => column.by !== null && hasValue(column, at)),
    // The text of the cell was repaired.
    columns.findIndex((column, at) => column.key === field && (cells[at] ?? '') !== ''),
  ]
  return places.find(found => found >= 0) ?? -1
}

/** Stores warnings within the transaction of their batch. `before`: the counts before the batch. */
export async function keepWarnings(
  connection: Connection,
  job: string,
  warnings: readonly ListedWarning[],
  before: readonly Kind[],
): Promise<void> {
  const counts = new Map(before.map(kind => [kindOf(kind), kind.count]))
  const kept = warnings.filter(warning => {
    const count = (counts.get(kindOf(warning)) ?? 0) + 1
    counts.set(kindOf(warning), count)
    return count <= LISTED_OF_A_KIND
  })
  if (kept.length === 0) return
  await connection.query(
    `INSERT INTO job_warnings (job_uuid, line, place, column_header, field, code, value, message)
     SELECT $1, line, place, "column", field, code, value, message
     FROM json_to_recordset($2) AS warning
       (line bigint, place int, "column" text, field text, code text, value text, message text)`,
    [job, JSON.stringify(kept)],
  )
}

const HEADER = ['line', 'column', 'field', 'code', 'value', 'message']
const PORTION = 1000

/**
 * Writes the file of warnings, followed by a line for each kind with more warnings than listed. If not all warnings are
 * stored, another worker has the job: then it throws and leaves no file.
 */
export async function writeWarnings(
  database: Database,
  store: ObjectStore,
  key: string,
  { job, kinds }: { readonly job: string; readonly kinds: readonly Kind[] },
  signal: AbortSignal,
): Promise<void> {
  await store.put(key, warningLines(database, job, kinds), { signal })
}

async function* warningLines(database: Database, job: string, kinds: readonly Kind[]): AsyncGenerator<string> {
  yield writeRow(HEADER)
  const expected = kinds.reduce((sum, { count }) => sum + Math.min(count, LISTED_OF_A_KIND), 0)
  let written = 0
  for (let [line, place] = [0, 0]; ; ) {
    const { rows } = await database.query<ListedWarning>(
      `SELECT line, place, column_header AS "column", field, code, value, message FROM job_warnings
       WHERE job_uuid = $1 AND (line, place) > ($2, $3) ORDER BY line, place LIMIT ${PORTION}`,
      [job, line, place],
    )
    const last = rows.at(-1)
    if (last === undefined) break
    written += rows.length
    ;({ line, place } = last)
    yield rows.map(row => writeRow([row.line, row.column, row.field, row.code, row.value, row.message])).join('')
  }
  if (written !== expected)
    throw new Error(`found ${written} stored warnings instead of ${expected}: another worker has the job`)
  for (const { code, field, count } of kinds)
    if (count > LISTED_OF_A_KIND)
      yield writeRow([null, null, field, code, null, `${count - LISTED_OF_A_KIND} more of this kind are not listed`])
}
