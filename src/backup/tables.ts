/** What a backup contains. A migration that adds a table or a sequence has to add it here, or to `LEFT_OUT` with the reason. */
import type { Connection } from '../database/pool.ts'

export interface Table {
  readonly name: string
  /**
   * `records`: the table has to be empty before a restore. `shared`: the first start adds rows to it. They are kept, unless the backup
   * has another row in the same place.
   */
  readonly holds: 'records' | 'shared'
}

/** In an order that satisfies the foreign keys. */
export const TABLES: readonly Table[] = [
  { name: 'companies', holds: 'records' },
  { name: 'contacts', holds: 'records' },
  { name: 'jobs', holds: 'records' },
  { name: 'job_rejects', holds: 'records' },
  { name: 'job_warnings', holds: 'records' },
  { name: 'api_keys', holds: 'shared' },
  { name: 'secrets', holds: 'shared' },
  { name: 'console_views', holds: 'records' },
]

/** They continue where they were, so that no number is used twice: an ID, a claim, a position of the feed that a client remembers. */
export const SEQUENCES = [
  'companies_id_seq',
  'contacts_id_seq',
  'jobs_id_seq',
  'job_claims',
  'api_keys_id_seq',
  'changes_seq_seq',
] as const

export const LEFT_OUT: Readonly<Record<string, string>> = {
  store_identity: 'a restored database gets the directory of files of the first process that opens one',
  changes: 'a restore starts a new feed, so that every engine rebuilds its index',
  sign_in_codes: 'they are valid for minutes',
  migrations: 'their names are in the header, and the target keeps its own',
}

/** The stored columns of a table, in order, without generated ones. */
export async function storedColumns(connection: Connection, table: string): Promise<StoredColumn[]> {
  const { rows } = await connection.query<StoredColumn>(
    `SELECT attname AS name, attidentity <> '' AS identity FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [table],
  )
  return rows
}

interface StoredColumn {
  readonly name: string
  readonly identity: boolean
}

export function columnList(columns: readonly string[]): string {
  return columns.map(name => `"${name}"`).join(', ')
}
