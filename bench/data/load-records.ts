/** Copies generated records into a database. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Connection, Database } from '../../src/database/pool.ts'
import { FIELDS, type Service } from '../../src/fields.ts'
import type { Generator as RecordGenerator } from './generate.ts'

/** One cell in COPY's text format. Arrays are written in PostgreSQL's syntax. */
export function copyCell(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  if (Array.isArray(value)) return copyCell(`{${value.map(item => JSON.stringify(item)).join(',')}}`)
  return String(value).replace(/[\\\n\r\t]/g, found => COPY_ESCAPES[found]!)
}

const COPY_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Copies `lines`, each with its line feed, into `target`, such as "table (columns)". Sends 64 kB at a time. */
export async function copyLines(database: Database, target: string, lines: Iterable<string>): Promise<void> {
  const connection: Connection = await database.connect()
  try {
    await pipeline(Readable.from(portions(lines)), connection.query(copyFrom(`COPY ${target} FROM STDIN`)))
  } finally {
    connection.release(true)
  }
}

function* portions(lines: Iterable<string>): Generator<string> {
  let portion = ''
  for (const line of lines) {
    portion += line
    if (portion.length < 65_536) continue
    yield portion
    portion = ''
  }
  if (portion !== '') yield portion
}

const TABLE: Record<Service, string> = { company: 'companies', contact: 'contacts' }

/** Copies all records of the generator into the tables. */
export async function loadRecords(database: Database, generator: RecordGenerator): Promise<void> {
  const sizes = { company: generator.sizes.companies, contact: generator.sizes.contacts }
  for (const service of ['company', 'contact'] as const) {
    const columns = FIELDS[service]
      .filter(field => field.name !== 'normalized_domain' && !field.computed)
      .map(field => field.name)
    const target = `${TABLE[service]} (${[...columns, ...(service === 'company' ? ['website_domain'] : [])].join(', ')})`
    await copyLines(database, target, recordLines(generator, service, sizes[service], columns))
    // The records have ids already, so the sequence has to continue after them.
    await database.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`, [TABLE[service], sizes[service]])
    await database.query(`ANALYZE ${TABLE[service]}`)
  }
}

function* recordLines(generator: RecordGenerator, service: Service, count: number, columns: readonly string[]) {
  for (let index = 0; index < count; index++) {
    const record = generator.record(service, index)
    const cells = columns.map(name => {
      const value = record[name]
      return copyCell(name.endsWith('d_at') && typeof value === 'number' ? new Date(value).toISOString() : value)
    })
    if (service === 'company') cells.push(copyCell(record.normalized_domain))
    yield `${cells.join('\t')}\n`
  }
}
