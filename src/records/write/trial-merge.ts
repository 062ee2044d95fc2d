/**
 * Merges batches for real, but into temporary tables that stand before the real ones: so a dry run counts exactly what the import would, by the
 * import's own statements, while no row of the real tables is locked or written, no id is drawn and nothing is announced.
 */
import type { Connection, Database } from '../../database/pool.ts'
import { SERVICES, type Service } from '../../fields.ts'
import { TABLES } from '../columns.ts'
import { copyStaged, type StagedLines, tableSource } from './stage.ts'
import type { StagedBatch } from './stage-batch.ts'
import { STAGED_COLUMNS } from './staged-columns.ts'
import { mergeBatch, type UpsertResult } from './upsert.ts'

export interface TrialMerge {
  /** What `mergeBatch` would return after all batches before. */
  merge(batch: StagedBatch): Promise<UpsertResult>
  /** Drops the temporary tables, with the connection. */
  close(): void
}

/** Takes a connection for itself. The temporary tables grow with the records that the batches name. */
export async function openTrialMerge(database: Database): Promise<TrialMerge> {
  const connection = await database.connect()
  const close = () => connection.release(true)
  try {
    const real = await makeTables(connection)
    return { merge: batch => mergeOnTrial(connection, real, batch), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Returns the schema of the real tables. */
async function makeTables(connection: Connection): Promise<string> {
  const { rows } = await connection.query<{ schema: string }>('SELECT quote_ident(current_schema()) AS schema')
  const schema = rows[0]!.schema
  for (const service of SERVICES)
    await connection.query(
      `CREATE TEMPORARY TABLE ${TABLES[service]} (
         LIKE ${schema}.${TABLES[service]} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY, PRIMARY KEY (uuid))`,
    )
  // On this path no statement can reach a real table by its name. The planner knows nothing of how many rows the new ones have.
  await connection.query(
    `SET search_path = pg_temp; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off`,
  )
  return schema
}

async function mergeOnTrial(connection: Connection, schema: string, batch: StagedBatch): Promise<UpsertResult> {
  // A transaction each, as in an import: the time of the transaction tells what it has made.
  await connection.query('BEGIN')
  await bring(connection, schema, 'company', batch.companies)
  await bring(connection, schema, 'contact', batch.contacts)
  const result = await mergeBatch(connection, batch)
  await connection.query('COMMIT')
  return result
}

/** Copies the real rows of these records, where an earlier batch has not. */
async function bring(connection: Connection, schema: string, service: Service, lines: StagedLines): Promise<void> {
  if (lines.records === 0) return
  const columns = [
    'uuid',
    'id',
    'created_at',
    'updated_at',
    'deleted_at',
    ...STAGED_COLUMNS[service].map(({ name }) => name),
  ]
  await copyStaged(connection, service, lines)
  await connection.query(
    `INSERT INTO ${TABLES[service]} (${columns.join(', ')})
     SELECT ${columns.map(name => `stored.${name}`).join(', ')}
     FROM ${tableSource(service)} JOIN ${schema}.${TABLES[service]} stored USING (uuid)
     ON CONFLICT (uuid) DO NOTHING`,
  )
}
