/** Exports the records of a query to a file, as a stream: CSV or one JSON object per line, optionally compressed. */
import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { ConnectraError } from '../../errors.ts'
import { isService } from '../../fields.ts'
import { BYTE_ORDER_MARK, exportRows } from '../../records/read/export-rows.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../../records/read/export-sql.ts'
import { parseQuery } from '../../vql/parse-query.ts'
import type { Query } from '../../vql/query.ts'
import type { JobContext, JobResponse, Progress } from '../job/job-context.ts'
import { type JobData, readJobData, readText } from '../job/job-data.ts'
import { untilSearchable } from '../job/until-searchable.ts'
import { dropEarlierRuns, exportKey } from './unpublished-exports.ts'

export interface ExportData {
  readonly query: Query
  readonly format: ExportFormat
  readonly gzip: boolean
  /** The file begins with a byte order mark. Only for CSV. */
  readonly bom: boolean
}

/** Throws ERR_INVALID_JOB_DATA, or the error that a search would throw for the query. */
export function validateExportData(data: JobData): ExportData {
  readJobData(data, ['service', 'vql', 'format', 'gzip', 'bom', 's3_bucket'])
  const service = readText(data, 'service')
  if (!isService(service))
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      'service must be "company" or "contact": it selects what to export',
    )
  if (typeof data.vql !== 'object' || data.vql === null || Array.isArray(data.vql))
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      'vql must be an object: the query that selects the records to export',
    )
  const format = readText(data, 'format') ?? 'csv'
  if (!isExportFormat(format))
    throw new ConnectraError('ERR_INVALID_JOB_DATA', `format must be one of ${EXPORT_FORMATS.join(', ')}`)
  const [gzip, bom] = [readBoolean(data, 'gzip'), readBoolean(data, 'bom')]
  if (bom && format !== 'csv')
    throw new ConnectraError('ERR_INVALID_JOB_DATA', 'bom is only possible with the format csv')
  return { query: parseQuery(service, data.vql, { export: true }), format, gzip, bom }
}

function readBoolean(data: JobData, key: string): boolean {
  const value = data[key] ?? false
  if (typeof value !== 'boolean') throw new ConnectraError('ERR_INVALID_JOB_DATA', `${key} must be true or false`)
  return value
}

function isExportFormat(name: string): name is ExportFormat {
  return (EXPORT_FORMATS as readonly string[]).includes(name)
}

/** Portions read from the database in parallel. With two, the database sometimes waits for this process. */
const CONNECTIONS = 3
/** The level of zlib. Level 4 takes half the time of the default 6, for files a tenth larger. */
const COMPRESSION = 4

export async function exportCsvFile(context: JobContext): Promise<JobResponse> {
  const { job, store, signal } = context
  const { query, format, gzip, bom } = validateExportData(job.data)
  const { service, select, limit, where } = query
  const engine = context.engine ?? (await context.openEngine?.()) ?? null
  if (engine === null)
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      'this worker has no search engine: run the export on a worker that has one',
    )
  await dropEarlierRuns(store, job)
  // The export contains everything that was stored before it began.
  const seq = await untilSearchable(engine, context)
  const total = Math.min(limit, await engine.count(service, where, signal))

  let rows = 0
  async function* content(): AsyncGenerator<Uint8Array | string> {
    if (bom) yield BYTE_ORDER_MARK
    const columns = { service, columns: select!, format, case: query.case }
    for await (const part of exportRows(context.database, columns, engine!.scan(query, signal), CONNECTIONS)) {
      signal.throwIfAborted()
      if (part.bytes.length > 0) yield part.bytes
      rows += part.rows
      if (part.rows > 0) await context.report(progressOf(rows, Math.max(rows, total)))
    }
  }

  const sha256 = createHash('sha256')
  async function* stored(): AsyncGenerator<Uint8Array | string> {
    for await (const bytes of gzip ? compressed(content()) : content()) {
      sha256.update(bytes)
      yield bytes
    }
  }

  const key = exportKey(job, `${service === 'company' ? 'companies' : 'contacts'}.${format}${gzip ? '.gz' : ''}`)
  const bytes = await store.put(key, stored(), { signal })
  await context.report({ ...progressOf(rows, rows), bytesRead: bytes, bytesTotal: bytes })
  return {
    messages: `Successfully exported ${rows} ${rows === 1 ? 'record' : 'records'}`,
    s3Key: key,
    seq,
    details: { counts: { rows: { written: rows } }, bytes, sha256: sha256.digest('hex') },
  }
}

function compressed(content: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array> {
  // The callback ignores errors: they arrive with the last stream, which is read to its end or destroyed.
  return pipeline(Readable.from(content), createGzip({ level: COMPRESSION }), () => {})
}

function progressOf(rows: number, total: number): Progress {
  return { rowsRead: rows, rowsTotal: total, rowsStored: rows, rowsRejected: 0, bytesRead: 0, bytesTotal: null }
}
