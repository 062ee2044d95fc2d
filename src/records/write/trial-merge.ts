/**
 * Merges batches into temporary tables that shadow the real ones. A dry run thus counts exactly what the import would, with
 * the import's own statements. It locks and writes no row of the real tables, draws no id and announces nothing.
 */
import type { Connection, Database } from '../../database/pool.ts'
import { SERVICES, type Service } from '../../fields.ts'
import { TABLES } from '../columns.ts'
import { copyStaged, type StagedLines, tableSource } from './stage.ts'
import type { StagedBatch } from './stage-batch.ts'
import { STAGED_COLUMNS } from './staged-columns.ts'
import { mergeBatch, type UpsertResult } from './upsert.ts'

export interface TrialMerge {
  /** Returns what `mergeBatch` would return after all earlier batches. */
  merge(batch: StagedBatch): Promise<UpsertResult>
  /** Closes the connection, which drops the temporary tables. */
  close(): void
}

/** Occupies one connection. The temporary tables grow with the records in the batches. */
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

/** Creates the temporary tables and returns the schema of the real ones. */
async function makeTables(connection: Connection): Promise<string> {
  const { rows } = await connection.query<{ schema: string }>('SELECT quote_ident(current_schema()) AS schema')
  const schema = rows[0]!.schema
  for (const service of SERVICES)
    await connection.query(
      `CREATE TEMPORARY TABLE ${TABLES[service]} (
         LIKE ${schema}.${TABLES[service]} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY, PRIMARY KEY (uuid))`,
    )
  // With this search_path no statement can reach a real table by its plain name. The planner settings force index lookups,
  // because there are no statistics on the new tables.
  await connection.query(
    `SET search_path = pg_temp; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off`,
  )
  return schema
}

async function mergeOnTrial(connection: Connection, schema: string, batch: StagedBatch): Promise<UpsertResult> {
  // One transaction per batch, as in an import: the merge recognises records it created by the transaction's time.
  await connection.query('BEGIN')
  await copyRealRows(connection, schema, 'company', batch.companies.lines)
  await copyRealRows(connection, schema, 'contact', batch.contacts.lines)
  const result = await mergeBatch(connection, batch)
  await connection.query('COMMIT')
  return result
}

/** Copies the real rows of these records, unless an earlier batch has. */
async function copyRealRows(
  connection: Connection,
  schema: string,
  service: Service,
  lines: StagedLines,
): Promise<void> {
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
