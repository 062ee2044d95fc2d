/** Writes the whole database as one stream, read by COPY from one snapshot of the database. */
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { to as copyTo } from 'pg-copy-streams'
import type { Connection, Database } from '../database/pool.ts'
import { COMPRESSION_LEVEL, countRows, type Header, magic, packBlock, type TableEnd } from './format.ts'
import { onOwnConnection } from './own-connection.ts'
import { columnList, SEQUENCES, storedColumns, TABLES } from './tables.ts'

export interface BackupOptions {
  /** The version of Connectra, for the header. */
  readonly version: string
  readonly signal: AbortSignal
  /** Is called after every piece with the rows written so far, and PostgreSQL's estimate of their total (null if it has none). */
  readonly onProgress: (rows: number, estimate: number | null) => void
}

/** Rows of each table. */
export type Rows = Readonly<Record<string, number>>

/**
 * Writes a backup to `destination` and ends it. Others can read and write meanwhile; their changes are not in the backup. Memory use
 * does not depend on the size of the database.
 */
export async function writeBackup(
  database: Database,
  destination: NodeJS.WritableStream,
  options: BackupOptions,
): Promise<Rows> {
  const rows: Record<string, number> = {}
  await onOwnConnection(database, options.signal, async connection => {
    await pipeline(
      readAll(connection, rows, options),
      createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL } }),
      seal,
      destination,
      // Standard output cannot be closed.
      { signal: options.signal, end: destination !== process.stdout },
    )
  })
  return rows
}

async function* readAll(
  connection: Connection,
  rows: Record<string, number>,
  { version, onProgress }: BackupOptions,
): AsyncGenerator<Buffer> {
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  // Before the first query, which fixes the snapshot: no migration can change a table between reading its columns and its rows.
  await connection.query(`LOCK TABLE ${TABLES.map(({ name }) => name).join(', ')} IN ACCESS SHARE MODE`)
  const header = await readHeader(connection, version)
  const estimate = await estimateRows(connection)
  yield* packBlock('header', Buffer.from(JSON.stringify(header)))
  let before = 0
  for (const { name, columns } of header.tables) {
    const digest = createHash('sha256')
    let [count, bytes] = [0, 0]
    const copy = connection.query(copyTo(`COPY ${name} (${columnList(columns)}) TO STDOUT`))
    for await (const data of copy as AsyncIterable<Buffer>) {
      digest.update(data)
      bytes += data.length
      count += countRows(data)
      yield* packBlock('data', data)
      onProgress(before + count, estimate)
    }
    if (count !== copy.rowCount) throw new Error(`COPY sent ${count} rows of ${name}, but reports ${copy.rowCount}`)
    const end: TableEnd = { rows: count, bytes, sha256: digest.digest('hex') }
    yield* packBlock('end', Buffer.from(JSON.stringify(end)))
    rows[name] = count
    before += count
  }
  await connection.query('COMMIT')
}

async function readHeader(connection: Connection, version: string): Promise<Header> {
  const { rows } = await connection.query<{ created_at: Date; postgres: number; migrations: string[] }>(
    `SELECT now() AS created_at, current_setting('server_version_num')::int AS postgres,
       ARRAY(SELECT name FROM migrations ORDER BY name) AS migrations`,
  )
  const { created_at: createdAt, postgres, migrations } = rows[0]!
  const sequences = await connection.query<{ name: string; last: number }>(
    `SELECT sequencename AS name, coalesce(last_value, 0) AS last FROM pg_sequences
     WHERE schemaname = current_schema() AND sequencename = ANY ($1)`,
    [SEQUENCES],
  )
  const tables: { name: string; columns: string[] }[] = []
  for (const { name } of TABLES)
    tables.push({ name, columns: (await storedColumns(connection, name)).map(column => column.name) })
  return {
    version,
    created_at: createdAt.toISOString(),
    postgres,
    migrations,
    sequences: Object.fromEntries(sequences.rows.map(({ name, last }) => [name, last])),
    tables,
  }
}

/** Counts companies and contacts only: the other tables are small in comparison. */
async function estimateRows(connection: Connection): Promise<number | null> {
  const { rows } = await connection.query<{ estimate: number }>(
    `SELECT sum(reltuples)::bigint AS estimate FROM pg_class WHERE oid IN ('companies'::regclass, 'contacts'::regclass)`,
  )
  const { estimate } = rows[0]!
  return estimate > 0 ? estimate : null
}

async function* seal(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const digest = createHash('sha256')
  digest.update(magic())
  yield magic()
  for await (const chunk of compressed) {
    digest.update(chunk)
    yield chunk
  }
  yield digest.digest()
}
