/**
 * The roles of the embedded PostgreSQL. `connectra` is its superuser, for creating roles and databases. Everything else uses
 * a role without special rights, which owns the database. Earlier versions used the superuser for everything, so existing
 * data is handed over.
 */
import pg from 'pg'

export const SUPERUSER = 'connectra'
export const APP_ROLE = 'connectra_app'

/** Runs `work` on a connection of its own. */
async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** `url`: as the superuser. */
export async function ensureRole(url: string): Promise<void> {
  await onConnection(url, async client => {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [APP_ROLE])
    // For the checkpoint at the beginning of a shutdown.
    if (rowCount === 0)
      await client.query(`BEGIN; CREATE ROLE ${APP_ROLE} LOGIN; GRANT pg_checkpoint TO ${APP_ROLE}; COMMIT`)
  })
}

/**
 * Makes sure that the database exists and belongs to the role. Returns false if it does not exist and `create` is false.
 * `url`: as the superuser.
 */
export async function ensureDatabase(
  url: (database: string) => string,
  name: string,
  create: boolean,
): Promise<boolean> {
  const owner = await onConnection(url('postgres'), async client => {
    const { rows } = await client.query<{ owner: string }>(
      'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
      [name],
    )
    if (rows.length > 0) return rows[0]!.owner
    if (create) await client.query(`CREATE DATABASE ${name} OWNER ${APP_ROLE}`)
    return create ? APP_ROLE : null
  })
  if (owner !== null && owner !== APP_ROLE) await onConnection(url(name), client => handOver(client, name))
  return owner !== null
}

/** Gives the superuser's tables, sequences and functions to the role, in one transaction. REASSIGN OWNED refuses this superuser. */
async function handOver(client: pg.Client, name: string): Promise<void> {
  // A sequence of a column follows its table. What belongs to an extension stays.
  await client.query(`
    BEGIN;
    DO $$
    DECLARE
      statement text;
    BEGIN
      FOR statement IN
        SELECT format('ALTER %s %s OWNER TO ${APP_ROLE}',
          CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
          oid::regclass)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v', 'm') AND NOT EXISTS
          (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i', 'e'))
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO ${APP_ROLE}', oid::regprocedure)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS
          (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
      LOOP
        EXECUTE statement;
      END LOOP;
    END $$;
    ALTER SCHEMA public OWNER TO pg_database_owner;
    ALTER DATABASE ${name} OWNER TO ${APP_ROLE};
    COMMIT`)
}
