import type { Connection } from '../../src/database/pool.ts'
import { SERVICES } from '../../src/fields.ts'
import { fetchForIndex } from '../../src/records/read/fetch.ts'
import type { Change } from '../../src/search/engine.ts'

/** Reads every record that is not deleted, in the form that an engine reads. */
export async function readRecords(connection: Connection): Promise<Change[]> {
  const changes: Change[] = []
  for (const service of SERVICES) {
    const table = service === 'company' ? 'companies' : 'contacts'
    const { rows } = await connection.query<{ uuid: string }>(`SELECT uuid FROM ${table} WHERE deleted_at IS NULL`)
    changes.push(
      ...(await fetchForIndex(
        connection,
        service,
        rows.map(row => row.uuid),
      )),
    )
  }
  return changes
}
