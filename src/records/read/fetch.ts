/** Reads values of records for exports, filters and the index. Soft-deleted records are never returned. */
import type { Connection, Database } from '../../database/pool.ts'
import { FIELDS, type Field, resolveField, type Service } from '../../fields.ts'
import { columnSql, decoderOf, RAW, type RawRow, TABLES } from '../columns.ts'
import type { IndexChange, Value } from '../record.ts'
import { known, readRows } from './statements.ts'

/**
 * Returns rows in the order of `uuids`, with one value per column and without deleted records. A column of contacts may be a
 * field of their company (`company_<field>`).
 */
export async function fetchValues(
  database: Database | Connection,
  service: Service,
  columns: readonly string[],
  uuids: readonly string[],
): Promise<(Value | null)[][]> {
  const fields = columns.map(name => known(resolveField(service, name), name))
  const rows = await readValues(database, service, fields, uuids)
  return uuids.flatMap(uuid => {
    const values = rows.get(uuid)
    return values === undefined ? [] : [values]
  })
}

/**
 * Returns the current state of records for an engine. Dates are in milliseconds; `record` is null if it was deleted.
 */
export async function fetchForIndex(
  connection: Connection,
  service: Service,
  uuids: readonly string[],
): Promise<IndexChange[]> {
  const { rows } = await connection.query<RawRow>({
    text: `SELECT ${indexColumns(service)} FROM ${TABLES[service]} t WHERE uuid = ANY($1::uuid[]) AND deleted_at IS NULL`,
    values: [`{${uuids.join(',')}}`],
    ...RAW,
  })
  const decode = indexDecoder(service)
  const live = rows.map(decode)
  if (live.length === uuids.length) return live
  const found = new Set(live.map(change => change.uuid))
  const gone = uuids.filter(uuid => !found.has(uuid)).map(uuid => ({ service, uuid, record: null }))
  return [...live, ...gone]
}

function indexColumns(service: Service): string {
  return FIELDS[service].map(field => columnSql(field, 't', 'milliseconds')).join(', ')
}

function indexDecoder(service: Service): (row: RawRow) => IndexChange {
  const names = FIELDS[service].map(field => field.name)
  const decoders = FIELDS[service].map(field => decoderOf(field, 'milliseconds'))
  return row => {
    const record: { [field: string]: Value | null; uuid: string } = { uuid: '' }
    for (let place = 0; place < names.length; place++) {
      const text = row[place]!
      record[names[place]!] = text === null ? null : decoders[place]!(text)
    }
    return { service, uuid: record.uuid, record }
  }
}

/**
 * The values of `fields` by UUID, for live records. For contacts, fields of companies are read through `company_id`.
 */
async function readValues(
  database: Database | Connection,
  service: Service,
  fields: readonly Field[],
  uuids: readonly string[],
): Promise<Map<string, (Value | null)[]>> {
  const key = JSON.stringify([service, fields.map(field => [field.service, field.name])])
  const rows = await readRows(database, key, () => valuesSql(service, fields), uuids)
  const decoders = fields.map(field => decoderOf(field, 'iso'))
  return new Map(
    rows.map(([uuid, ...texts]) => [
      uuid!,
      texts.map((text, place) => (text === null ? null : decoders[place]!(text))),
    ]),
  )
}

function valuesSql(service: Service, fields: readonly Field[]): string {
  const joined = fields.some(field => field.service !== service)
  const columns = fields.map(field => columnSql(field, field.service === service ? 't' : 'company', 'iso'))
  return `SELECT ${['t.uuid', ...columns].join(', ')} FROM ${TABLES[service]} t
      ${joined ? 'LEFT JOIN companies company ON company.uuid = t.company_id AND company.deleted_at IS NULL' : ''}
      WHERE t.uuid = ANY($1::uuid[]) AND t.deleted_at IS NULL`
}
