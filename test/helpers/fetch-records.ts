import type { Database } from '../../src/database/pool.ts'
import type { Service } from '../../src/fields.ts'
import type { Value } from '../../src/records/record.ts'
import { fetchPage } from './fetch-page.ts'

/** Values by field name. Dates are in ISO 8601; a missing value is null. */
type StoredRecord = Readonly<Record<string, Value | null>>

/** Fetches those of `uuids` that are not deleted, with the named columns. With null, all fields of the service. */
export async function fetchRecords(
  database: Database,
  service: Service,
  uuids: readonly string[],
  columns: readonly string[] | null,
): Promise<Map<string, StoredRecord>> {
  const rows = await fetchPage(database, { service, select: columns, populate: null }, uuids)
  return new Map(
    rows.flatMap((row, place) => (row === null ? [] : [[uuids[place]!, JSON.parse(row) as StoredRecord] as const])),
  )
}
