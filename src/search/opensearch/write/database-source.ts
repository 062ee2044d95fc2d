/** Reads the records of the index from PostgreSQL. */
import { type Database, openPool } from '../../../database/pool.ts'
import { LONG_STATEMENT, limitAnswers, WORK_LIMITS } from '../../../database/time-limits.ts'
import { fetchContactsOf, fetchJoined, fetchJoinedPages } from '../../../records/read/joined.ts'
import type { Log } from '../../../runtime/log.ts'
import type { RecordSource } from './record-source.ts'

/** The channel on which positions are announced. */
export const CHANNEL = 'search_position'

/** Contacts that are read at once. */
const PORTION = 1_000
/** Companies whose contacts are looked up together. */
const COMPANIES = 500
/** Pages of 8 kB that are read at once: about 2,000 records. */
const PAGES = 64
/** Without the index on contacts by company, PostgreSQL reads the whole table before it answers. Milliseconds. */
const CONTACTS_WITHIN = 600_000

export interface DatabaseSource extends RecordSource {
  close(): Promise<void>
}

export function openDatabaseSource(databaseUrl: string): DatabaseSource {
  const database = openPool(databaseUrl, { max: 2 })
  return {
    read: (service, uuids) => fetchJoined(database, service, uuids),
    async *contactsOf(companies) {
      const connection = await database.connect()
      try {
        limitAnswers(connection, CONTACTS_WITHIN)
        for (let place = 0; place < companies.length; place += COMPANIES)
          yield* fetchContactsOf(connection, companies.slice(place, place + COMPANIES), PORTION)
      } finally {
        connection.release()
      }
    },
    async *all(service, { snapshotId, pages }) {
      const connection = await database.connect()
      try {
        await connection.query(
          `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${snapshotId}'; SET LOCAL idle_in_transaction_session_timeout = 0`,
        )
        const last = pages[service]
        for (let from = 0; from <= last; from += PAGES) {
          // The table may have grown since its pages were counted.
          const to = from + PAGES > last ? null : from + PAGES
          const records = await fetchJoinedPages(connection, service, { from, to })
          yield { records, done: last === 0 ? 1 : Math.min(1, from / last) }
        }
      } finally {
        connection.release(true)
      }
    },
    async announce(text) {
      await database.query('SELECT pg_notify($1, $2)', [CHANNEL, text])
    },
    async close() {
      await database.end()
    },
  }
}

const INDEX = 'contacts_company'
const CREATE = `CREATE INDEX CONCURRENTLY ${INDEX} ON contacts (company_id, uuid) WHERE deleted_at IS NULL`
/** A large table takes minutes, and PostgreSQL waits for the end of all older transactions, such as a backup. */
const CREATION_LIMITS = { ...WORK_LIMITS, answer: LONG_STATEMENT, lock: LONG_STATEMENT / 2 }

/**
 * Creates the index by which the contacts of a company are found. Only this engine needs it. Without it everything works, but a
 * change of a company takes as long as reading all contacts. Never rejects.
 */
export async function createCompanyIndex(databaseUrl: string, log: Log): Promise<void> {
  const database = openPool(databaseUrl, { max: 1, limits: CREATION_LIMITS })
  try {
    const { rows } = await database.query<{ valid: boolean }>(
      `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('${INDEX}')`,
    )
    if (rows[0]?.valid === true || (await isBeingCreated(database))) return
    // An interrupted creation leaves an invalid index.
    if (rows.length > 0) await database.query(`DROP INDEX CONCURRENTLY IF EXISTS ${INDEX}`)
    await database.query(CREATE)
    log.info({}, 'created the index of contacts by their company')
  } catch (error) {
    log.warn(
      { err: error },
      `the index of contacts by their company could not be created, so changes of companies will be slow: as the owner of the table, run ${CREATE}`,
    )
  } finally {
    await database.end()
  }
}

/** A former leader, or its session that is still running, may not have finished. Dropping its index would undo its work. */
async function isBeingCreated(database: Database): Promise<boolean> {
  const { rows } = await database.query<{ running: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_stat_progress_create_index
       WHERE datname = current_database() AND relid = to_regclass('contacts')) AS running`,
  )
  return rows[0]!.running
}
