import { type Database, transaction } from '../../src/database/pool.ts'
import { streamForIndex } from '../../src/records/fetch.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import type { Records } from '../engines/reference.ts'

/** The live records in the database, as the reference evaluator takes them. */
export async function readAll(database: Database): Promise<Records> {
  const records = { company: [] as IndexedRecord[], contact: [] as IndexedRecord[] }
  await transaction(database, async connection => {
    for await (const changes of streamForIndex(connection))
      for (const { service, record } of changes) records[service].push(record!)
  })
  return records
}
