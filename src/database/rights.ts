/** What the role of DATABASE_URL lacks, as a message with the statement that grants it. */
import { ConnectraError } from '../errors.ts'
import type { Database } from './pool.ts'

/** Names are quoted for SQL. */
export interface Rights {
  readonly role: string
  readonly database: string
  /** The server is in recovery: a standby. */
  readonly standby: boolean
  readonly readOnly: boolean
  /** The schema in which tables are created; null if the role may not use any. */
  readonly schema: string | null
  readonly create: boolean
  /** Whether temporary tables can be created. */
  readonly temporary: boolean
  /** The owner of the tables; null if there are none, or if this role has the owner's rights. */
  readonly owner: string | null
  /** Whether all tables and sequences that exist can be read and written. */
  readonly tables: boolean
}

/** Throws if the role cannot do what Connectra does. `migrates`: tables have to be created or changed. */
export async function assertRights(database: Pick<Database, 'query'>, migrates: boolean): Promise<void> {
  const problem = missingRight(await readRights(database), migrates)
  if (problem !== null) throw new ConnectraError('ERR_UNAVAILABLE', problem)
}

/** Null if nothing is missing. */
export function missingRight(rights: Rights, migrates: boolean): string | null {
  const { role, database, schema, owner } = rights
  if (rights.standby)
    return `the PostgreSQL at DATABASE_URL is a read-only standby: point DATABASE_URL at the primary server`
  if (rights.readOnly)
    return `the database ${database} is read-only (default_transaction_read_only is on): turn it off with ALTER DATABASE ${database} SET default_transaction_read_only = off, or check whether the disk of a managed PostgreSQL is full`
  const grants: string[] = []
  if (schema === null) grants.push(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`)
  else if (migrates && !rights.create) grants.push(`GRANT CREATE ON SCHEMA ${schema} TO ${role}`)
  if (!rights.temporary) grants.push(`GRANT TEMPORARY ON DATABASE ${database} TO ${role}`)
  // Only the owner of a table may change it.
  if (migrates && owner !== null) grants.push(`GRANT ${owner} TO ${role}`)
  else if (!rights.tables)
    grants.push(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
      `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
    )
  if (grants.length === 0) return null
  return `the role ${role} lacks rights in the database ${database}. Run as its owner or as an administrator: ${grants.join('; ')}`
}

async function readRights(database: Pick<Database, 'query'>): Promise<Rights> {
  // The tables are those that belong to the owner of `migrations`, in its schema.
  const { rows } = await database.query<Rights>(`
    WITH known AS (SELECT relowner, relnamespace FROM pg_class WHERE oid = to_regclass('migrations')),
    relations AS (
      SELECT oid, relkind FROM pg_class JOIN known USING (relowner, relnamespace) WHERE relkind IN ('r', 'S')
    )
    SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
      pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS "readOnly",
      quote_ident(current_schema()) AS schema,
      coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS create,
      has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
      (SELECT quote_ident(pg_get_userbyid(relowner)) FROM known WHERE NOT pg_has_role(relowner, 'USAGE')) AS owner,
      (SELECT coalesce(bool_and(CASE relkind
         WHEN 'S' THEN has_sequence_privilege(oid, 'USAGE') AND has_sequence_privilege(oid, 'SELECT')
           AND has_sequence_privilege(oid, 'UPDATE')
         ELSE has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
           AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE') END), true)
       FROM relations) AS tables`)
  return rows[0]!
}
