/**
 * The soft delete. A deleted record is never returned, counted, populated or exported. Upserting it again creates a new
 * record.
 */
import { type Database, transaction } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { TABLES } from '../columns.ts'
import { cleanUuid } from '../values/clean.ts'
import { announceAndCommit } from './upsert.ts'

/** Deletes the live records of `uuids` and returns their UUIDs. Engines that have reached `seq` no longer find them. */
export async function softDelete(
  database: Database,
  service: Service,
  uuids: readonly string[],
): Promise<{ deleted: string[]; seq: number }> {
  const malformed = uuids.find(uuid => cleanUuid(uuid) === null)
  if (malformed !== undefined)
    throw new ConnectraError('ERR_INVALID_UUID', `${JSON.stringify(malformed)} is not a UUID (8-4-4-4-12 hex digits)`)
  return await transaction(database, async connection => {
    const { rows } = await connection.query<{ uuid: string }>(
      // Locks rows in the same order as upserts, to avoid deadlocks.
      `WITH live AS MATERIALIZED (
         SELECT uuid FROM ${TABLES[service]} WHERE uuid = ANY($1::uuid[]) AND deleted_at IS NULL ORDER BY uuid FOR UPDATE
       )
       UPDATE ${TABLES[service]} t SET deleted_at = now() FROM live WHERE t.uuid = live.uuid RETURNING t.uuid`,
      [`{${uuids.map(cleanUuid).join(',')}}`],
    )
    const deleted = rows.map(row => row.uuid).sort()
    const written = `{${deleted.join(',')}}`
    const [companies, contacts] = service === 'company' ? [written, '{}'] : ['{}', written]
    return { deleted, seq: await announceAndCommit(connection, companies, contacts) }
  })
}
