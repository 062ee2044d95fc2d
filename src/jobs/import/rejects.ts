/** The rejected rows of an import. They are stored with each batch and finally written to a file. */

import { guard, guardCell } from '../../csv/formula.ts'
import { REPORT_HEADERS, reportColumns } from '../../csv/header/export-header.ts'
import { writeCells } from '../../csv/write.ts'
import type { Connection, Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Reject } from './read-batches.ts'

/** Stores rejected rows within the transaction of their batch. */
export async function keepRejects(connection: Connection, job: string, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return
  await connection.query(
    `INSERT INTO job_rejects (job_uuid, line, cells, error_code, error_message)
     SELECT $1, line, cells, code, message
     FROM json_to_recordset($2) AS reject (line bigint, cells text[], code text, message text)`,
    [job, JSON.stringify(rejects)],
  )
}

export interface KeptRejects {
  readonly job: string
  readonly header: readonly string[]
  readonly expected: number
}

/** Limits of a portion: rows, and bytes of all rows but the last. A row may have 1 MB. */
const PORTION = 1000
const PORTION_BYTES = 4 << 20
const NEXT = "line, octet_length(array_to_string(cells, '')) AS bytes FROM job_rejects WHERE job_uuid = $1 AND line"
/** The next rows of job $1 after line $2, as many as fit in a portion. Rows that do not fit are not read. */
const PORTION_SQL = `
  WITH RECURSIVE portion AS (
    (SELECT 1 AS rows, ${NEXT} > $2 ORDER BY line LIMIT 1)
    UNION ALL
    SELECT rows + 1, next.line, portion.bytes + next.bytes
    FROM portion, LATERAL (SELECT ${NEXT} > portion.line ORDER BY line LIMIT 1) AS next
    WHERE rows < ${PORTION} AND portion.bytes < ${PORTION_BYTES}
  )
  SELECT line, cells, error_code AS code, error_message AS message FROM job_rejects
  WHERE job_uuid = $1 AND line > $2 AND line <= (SELECT max(line) FROM portion) ORDER BY line`

/**
 * Writes the file of rejected rows: the cells as they were, guarded like those of an export, then the line, code and message.
 * Once the rows are fixed, the file can be imported as it is. If there are not `expected` rows, another worker has the job: then it throws and leaves no
 * file.
 */
export async function writeRejects(
  database: Database,
  store: ObjectStore,
  key: string,
  kept: KeptRejects,
  signal: AbortSignal,
): Promise<void> {
  await store.put(key, rejectLines(database, kept), { signal })
}

async function* rejectLines(database: Database, { job, header, expected }: KeptRejects): AsyncGenerator<string> {
  const own = header.slice(0, header.length - reportColumns(header))
  yield writeCells([...own.map(guardCell), ...REPORT_HEADERS])
  let written = 0
  for (let after = 0; ; ) {
    const { rows } = await database.query<{ line: number; cells: string[]; code: string; message: string }>(
      PORTION_SQL,
      [job, after],
    )
    const last = rows.at(-1)
    if (last === undefined) break
    written += rows.length
    after = last.line
    yield rows
      .map(row => writeCells([...row.cells.map(guardCell), String(row.line), row.code, guard(row.message)]))
      .join('')
  }
  if (written !== expected)
    throw new Error(`found ${written} stored rejects instead of ${expected}: another worker has the job`)
}
