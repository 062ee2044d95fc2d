import type { Database } from '../../src/database/pool.ts'
import type { Service } from '../../src/fields.ts'
import { fetchPage } from '../../src/records/fetch.ts'
import type { StoredRecord } from '../../src/records/record.ts'

/** The live ones of `uuids` with the named columns; null: all own fields. */
export async function fetchRecords(
  database: Database,
  service: Service,
  uuids: readonly string[],
  columns: readonly string[] | null,
): Promise<Map<string, StoredRecord>> {
  const rows = await fetchPage(database, { service, select: columns, populate: null }, uuids)
  return new Map(rows.flatMap((row, place) => (row === null ? [] : [[uuids[place]!, row] as const])))
}
