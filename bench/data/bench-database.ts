/** A PostgreSQL of a benchmark's own, in a temporary directory, gone when the benchmark ends however it ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type Connection, type Database, openPool } from '../../src/database/pool.ts'
import { FIELDS, type Service } from '../../src/fields.ts'
import type { Generator as RecordGenerator } from './generate.ts'

export interface BenchDatabase {
  readonly directory: string
  readonly url: string
  readonly database: Database
}

/** Runs `work` with a migrated, empty database; Ctrl-C ends it in order too. */
export async function withDatabase(work: (bench: BenchDatabase) => Promise<void>): Promise<void> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`interrupted by ${signal}`)))
  })
  // It may come while nothing waits for it yet.
  interrupted.catch(() => {})
  const directory = await mkdtemp(join(tmpdir(), 'connectra-bench-'))
  const server = await startEmbeddedServer(directory, { command: 'bench' })
  let database: Database | undefined
  try {
    const admin = openPool(server.url('postgres'), { max: 1 })
    await admin.query('CREATE DATABASE bench')
    await admin.end()
    const url = server.url('bench')
    database = openPool(url)
    await migrate(database)
    await Promise.race([work({ directory, url, database }), interrupted])
  } finally {
    await server.stop()
    await database?.end().catch(() => {})
    await rm(directory, { recursive: true, force: true })
  }
}

/** One cell of COPY's text format. Arrays are written as PostgreSQL writes them. */
export function copyCell(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  if (Array.isArray(value)) return copyCell(`{${value.map(item => JSON.stringify(item)).join(',')}}`)
  return String(value).replace(/[\\\n\r\t]/g, found => COPY_ESCAPES[found]!)
}

const COPY_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** COPY of `lines` (each with its line feed) into `target`, "table (columns)"; 64 kB at a time. */
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

/** Puts all records of the generator straight into the tables. */
export async function loadRecords(database: Database, generator: RecordGenerator): Promise<void> {
  const sizes = { company: generator.sizes.companies, contact: generator.sizes.contacts }
  for (const service of ['company', 'contact'] as const) {
    const columns = FIELDS[service].map(field => field.name).filter(name => name !== 'normalized_domain')
    const target = `${TABLE[service]} (${[...columns, ...(service === 'company' ? ['website_domain'] : [])].join(', ')})`
    await copyLines(database, target, recordLines(generator, service, sizes[service], columns))
    // The records came with their ids: those that follow are to get others.
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
