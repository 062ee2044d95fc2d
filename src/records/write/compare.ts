/** Determines what an upsert would do, without doing it. */
import type { Connection, Database } from '../../database/pool.ts'
import type { Service } from '../../fields.ts'
import type { RecordWrite } from '../record.ts'
import { foldDuplicates } from './fold.ts'
import { comparisonSql } from './merge-sql.ts'
import { jsonSource, stagedJson } from './stage.ts'

export type Effect = 'created' | 'updated' | 'unchanged'

/**
 * Returns, by UUID, what upserting `writes` in one batch would do to each record now, with a single statement that
 * locks and writes nothing. For a few hundred records at most.
 */
export async function compareRecords(
  database: Database | Connection,
  service: Service,
  writes: readonly RecordWrite[],
): Promise<ReadonlyMap<string, Effect>> {
  if (writes.length === 0) return new Map()
  const { rows } = await (database as Connection).query<{ uuid: string; created: boolean; changed: boolean }>(
    comparisonSql(service, jsonSource(service)),
    [stagedJson(service, foldDuplicates(service, writes))],
  )
  return new Map(
    rows.map(({ uuid, created, changed }) => [uuid, created ? 'created' : changed ? 'updated' : 'unchanged']),
  )
}
