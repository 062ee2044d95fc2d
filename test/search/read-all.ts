import { type Database, transaction } from '../../src/database/pool.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import type { Records } from '../engines/reference.ts'
import { readRecords } from '../helpers/read-records.ts'

/** The live records in the database, as input for the reference evaluator. */
export async function readAll(database: Database): Promise<Records> {
  const records = { company: [] as IndexedRecord[], contact: [] as IndexedRecord[] }
  await transaction(database, async connection => {
    for (const { service, record } of await readRecords(connection)) records[service].push(record!)
  })
  return records
}
