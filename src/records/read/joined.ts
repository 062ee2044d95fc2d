/** Reads contacts together with their companies, for an index that has both in one document. */
import type { Connection, Database } from '../../database/pool.ts'
import { FIELDS, type Service } from '../../fields.ts'
import { columnSql, decoderOf, RAW, type RawRow, TABLES } from '../columns.ts'
import type { IndexChange, Value } from '../record.ts'
import type { Pages } from './binary-rows.ts'

type LiveRecord = NonNullable<IndexChange['record']>

/** Dates are in milliseconds. `company` is null for companies, and for contacts whose company is unknown or deleted. */
export interface Joined {
  readonly record: LiveRecord
  readonly company: LiveRecord | null
}

/** The live records of `uuids`. */
export async function fetchJoined(
  database: Database,
  service: Service,
  uuids: readonly string[],
): Promise<readonly Joined[]> {
  return await select(database, service, 't.uuid = ANY($1::uuid[])', [`{${uuids.join(',')}}`])
}

/** The live records on these pages, within the caller's transaction. */
export async function fetchJoinedPages(
  connection: Connection,
  service: Service,
  pages: Pages,
): Promise<readonly Joined[]> {
  const upTo = pages.to === null ? '' : ` AND t.ctid < '(${pages.to},0)'`
  return await select(connection, service, `t.ctid >= '(${pages.from},0)'${upTo}`, [])
}

/**
 * The live contacts of these companies, `limit` at a time, ordered by company and UUID. Each portion is read when it is requested, so
 * that contacts that arrive meanwhile may be left out.
 */
export async function* fetchContactsOf(
  database: Database | Connection,
  companies: readonly string[],
  limit: number,
): AsyncGenerator<readonly Joined[]> {
  let after = { company: NIL, contact: NIL }
  for (;;) {
    const portion = await select(
      database,
      'contact',
      `t.company_id = ANY($1::uuid[]) AND (t.company_id, t.uuid) > ($2::uuid, $3::uuid)
       ORDER BY t.company_id, t.uuid LIMIT ${limit}`,
      [`{${companies.join(',')}}`, after.company, after.contact],
    )
    if (portion.length > 0) yield portion
    if (portion.length < limit) return
    const { record } = portion.at(-1)!
    after = { company: record.company_id as string, contact: record.uuid }
  }
}

const NIL = '00000000-0000-0000-0000-000000000000'

const companyPlace = FIELDS.contact.length

async function select(
  database: Database | Connection,
  service: Service,
  condition: string,
  values: readonly string[],
): Promise<readonly Joined[]> {
  const own = FIELDS[service].map(field => columnSql(field, 't', 'milliseconds'))
  const joins = service === 'contact'
  const columns = joins ? [...own, ...FIELDS.company.map(field => columnSql(field, 'c', 'milliseconds'))] : own
  const join = joins ? 'LEFT JOIN companies c ON c.uuid = t.company_id AND c.deleted_at IS NULL' : ''
  const text = `SELECT ${columns.join(', ')} FROM ${TABLES[service]} t ${join} WHERE t.deleted_at IS NULL AND ${condition}`
  const { rows } = await (database as Connection).query<RawRow>({ text, values: [...values], ...RAW })
  return rows.map(row => ({
    record: decode(service, row, 0)!,
    company: joins ? decode('company', row, companyPlace) : null,
  }))
}

const decoders = {
  company: FIELDS.company.map(field => decoderOf(field, 'milliseconds')),
  contact: FIELDS.contact.map(field => decoderOf(field, 'milliseconds')),
}

/** Null if the record was not found by the join. */
function decode(service: Service, row: RawRow, from: number): LiveRecord | null {
  const record: { [field: string]: Value | null; uuid: string } = { uuid: '' }
  FIELDS[service].forEach(({ name }, index) => {
    const text = row[from + index]!
    record[name] = text === null ? null : decoders[service][index]!(text)
  })
  return record.uuid === null ? null : record
}
