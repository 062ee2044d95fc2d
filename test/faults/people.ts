/** The file that is imported under faults, and checks of the records it results in. */
import assert from 'node:assert/strict'
import { CSV_HEADER, createGenerator, csvLine } from '../../bench/data/generate.ts'
import { type Database, transaction } from '../../src/database/pool.ts'

const TITLE = CSV_HEADER.indexOf('Title')

/** Contacts, some of which repeat earlier ones with another title, and some of which are rejected. */
export function* peopleCsv(rows: number): Generator<string> {
  const generator = createGenerator({ companies: Math.ceil(rows / 5), contacts: rows })
  yield csvLine(CSV_HEADER)
  for (let index = 0; index < rows; index++) {
    const repeats = index % 50 === 49
    const cells = generator.row(repeats ? index - 25 : index)
    if (repeats) cells[TITLE] = `Promoted ${index}`
    if (index % 97 === 0) cells[TITLE] = 'x'.repeat(2001)
    yield csvLine(cells)
  }
}

const VALUES = `to_jsonb(record) - 'id' - 'created_at' - 'updated_at'`
const TABLES = ['companies', 'contacts']

/** Keeps the current records as those that `assertRecords` expects. */
export async function keepRecords(database: Database): Promise<void> {
  for (const table of TABLES)
    await database.query(`CREATE TABLE expected_${table} AS SELECT ${VALUES} AS record FROM ${table} AS record`)
}

/** Empties the tables and makes every engine rebuild its index. Returns the latest seq of the feed. */
export async function clearRecords(database: Database): Promise<number> {
  return await transaction(database, async connection => {
    await connection.query('TRUNCATE companies, contacts')
    await connection.query('UPDATE changes SET token = gen_random_uuid()')
    const { rows } = await connection.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
    await connection.query(`SELECT pg_notify('changes', '')`)
    return rows[0]!.seq
  })
}

/** Asserts that the records are those kept, and that each was announced after `seq`. */
export async function assertRecords(database: Database, seq: number): Promise<void> {
  for (const table of TABLES) {
    const expected = `SELECT record FROM expected_${table}`
    const found = `SELECT ${VALUES} AS record FROM ${table} AS record`
    const { rows } = await database.query<{ lost: number; extra: number; unannounced: number }>(
      `SELECT (SELECT count(*) FROM (${expected} EXCEPT ALL ${found}) AS lost) AS lost,
         (SELECT count(*) FROM (${found} EXCEPT ALL ${expected}) AS extra) AS extra,
         (SELECT count(*) FROM (SELECT uuid FROM ${table}
           EXCEPT SELECT unnest(uuids) FROM changes WHERE seq > $1) AS unannounced) AS unannounced`,
      [seq],
    )
    assert.deepEqual(rows[0], { lost: 0, extra: 0, unannounced: 0 }, table)
  }
}
