/** What a backup is of. A migration that adds a table or a sequence adds it here, or to what is left out and why. */
import type { Connection } from '../database/pool.ts'

export interface Table {
  readonly name: string
  /**
   * `records`: it has to be empty before a restore. `shared`: a first start fills it, so what it holds stays, unless the backup has
   * another row in its place.
   */
  readonly holds: 'records' | 'shared'
}

/** In an order in which foreign keys hold. */
export const TABLES: readonly Table[] = [
  { name: 'companies', holds: 'records' },
  { name: 'contacts', holds: 'records' },
  { name: 'jobs', holds: 'records' },
  { name: 'job_rejects', holds: 'records' },
  { name: 'job_warnings', holds: 'records' },
  { name: 'api_keys', holds: 'shared' },
  { name: 'secrets', holds: 'shared' },
]

/** They go on where they were, so that no number is given out twice: an id, a claim, a place of the feed that a client remembers. */
export const SEQUENCES = [
  'companies_id_seq',
  'contacts_id_seq',
  'jobs_id_seq',
  'job_claims',
  'api_keys_id_seq',
  'changes_seq_seq',
] as const

export const LEFT_OUT: Readonly<Record<string, string>> = {
  changes: 'a restore begins the feed anew, so that every engine rebuilds itself',
  migrations: 'their names are in the header; those of the target stay',
}

/** The columns of a table that a row is made of, in their order: no generated ones. */
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
