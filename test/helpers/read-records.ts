import type { Connection } from '../../src/database/pool.ts'
import { SERVICES } from '../../src/fields.ts'
import { fetchForIndex } from '../../src/records/read/fetch.ts'
import type { Change } from '../../src/search/engine.ts'

/** Every live record, as an engine takes it. */
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
