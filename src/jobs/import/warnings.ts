/** What an import did not take of the rows that it stored: kept with its checkpoints, in the end written to a file. */
import { unguard } from '../../csv/formula.ts'
import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import type { CsvRecord } from '../../csv/parse.ts'
import { keysOf } from '../../csv/row.ts'
import { writeRow } from '../../csv/write.ts'
import type { Connection, Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Stored } from './read-record.ts'
import { type Kind, kindOf } from './tally.ts'

export interface ListedWarning {
  readonly line: number
  /** Among the warnings of its row, from 0. */
  readonly place: number
  /** The header of the column; empty when the value was made from several, or from a part of one. */
  readonly column: string
  /** The row key; in an export of ours the field. */
  readonly field: string | null
  readonly code: string
  /** What the file says, or its beginning. */
  readonly value: string
  readonly message: string
}

/** Of each kind the file lists so many, the first; the rest is counted. */
export const LISTED_OF_A_KIND = 10_000
const VALUE_SHOWN = 200

/**
 * Returns a function of a stored row: its warnings as the file lists them, without those that are past the limit since the function
 * was made.
 */
export function warningLister(meaning: HeaderMeaning): (record: CsvRecord, row: Stored) => ListedWarning[] {
  const listed = new Map<string, number>()
  const keys = keysOf(meaning)
  return (record, { warnings, values }) =>
    warnings.flatMap((warning, place) => {
      const before = listed.get(kindOf(warning)) ?? 0
      if (before === LISTED_OF_A_KIND) return []
      listed.set(kindOf(warning), before + 1)
      const { field, code, message } = warning
      const value = (field === null ? undefined : values[keys.indexOf(field)]) ?? ''
      return {
        line: record.line,
        place,
        column: headerOf(meaning, record, field, value),
        field,
        code,
        value: value.slice(0, VALUE_SHOWN).toWellFormed(),
        message,
      }
    })
}

/** Of several columns of that key the one with the value; a cell may also have changed the key of its column. */
function headerOf({ columns }: HeaderMeaning, { cells }: CsvRecord, field: string | null, value: string): string {
  if (value === '') return ''
  const says = (place: number) => unguard(cells[place] ?? '') === value
  const place = [
    columns.findIndex((column, at) => column.key === field && says(at)),
    columns.findIndex((column, at) => column.by !== null && says(at)),
  ].find(found => found >= 0)
  return place === undefined ? '' : columns[place]!.header.slice(0, VALUE_SHOWN).toWellFormed()
}

/** Within the transaction of their batch; `before`: what was counted before it. */
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
 * Writes the file of warnings; below them a line for each kind of which there are more. Throws, and leaves no file, when not all are
 * there: then another worker has the job.
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
    throw new Error(`${written} warnings are kept, not ${expected}: the job is another worker's`)
  for (const { code, field, count } of kinds)
    if (count > LISTED_OF_A_KIND)
      yield writeRow([null, null, field, code, null, `${count - LISTED_OF_A_KIND} more of this kind are not listed`])
}
