/** Exports the records of a query to a CSV file, as a stream. */
import { writeCells, writeRow } from '../csv/write.ts'
import { ConnectraError } from '../errors.ts'
import { isService, type Service } from '../fields.ts'
import { fetchExportRows } from '../records/fetch.ts'
import { parseQuery } from '../vql/parse-query.ts'
import type { Query } from '../vql/query.ts'
import type { JobContext, JobResponse, Progress } from './job-context.ts'
import { type JobData, readJobData, readText } from './job-data.ts'
import { untilSearchable } from './until-searchable.ts'

/** Throws ERR_INVALID_JOB_DATA, and what is wrong with the query as a search would. */
export function validateExportData(data: JobData): Query {
  readJobData(data, ['service', 'vql', 's3_bucket'])
  const service = readText(data, 'service')
  if (!isService(service))
    throw new ConnectraError('ERR_INVALID_JOB_DATA', 'service must be "company" or "contact": it says what is exported')
  if (typeof data.vql !== 'object' || data.vql === null || Array.isArray(data.vql))
    throw new ConnectraError('ERR_INVALID_JOB_DATA', 'vql must be an object: the query whose records are exported')
  return parseQuery(service, data.vql, { export: true })
}

/** Uuids that are read from the database at a time. */
const PORTION = 2000

export async function exportCsvFile(context: JobContext): Promise<JobResponse> {
  const { job, engine, store, signal } = context
  const query = validateExportData(job.data)
  if (engine === null)
    throw new ConnectraError('ERR_UNAVAILABLE', 'this worker has no search engine: run exports on one that has')
  // What was stored before the export began is in it.
  await untilSearchable(context)
  const total = Math.min(query.limit, await engine.count(query.service, query.where))

  let written = 0
  async function* content(): AsyncGenerator<string> {
    yield writeCells(query.select!)
    for await (const text of readAhead(portions(), uuids => readRows(context, query, uuids))) {
      signal.throwIfAborted()
      yield text.lines
      written += text.rows
      await context.report(progressOf(written, total))
    }
  }
  async function* portions(): AsyncGenerator<readonly string[]> {
    for await (const uuids of engine!.scan(query))
      for (let at = 0; at < uuids.length; at += PORTION) yield uuids.slice(at, at + PORTION)
  }

  // A key of this run: a worker that lost the job may still be writing its own file.
  const s3Key = `exports/${job.uuid}_${job.claim}.csv`
  const bytes = await store.put(s3Key, content(), { signal })
  await context.report({ ...progressOf(written, written), bytesRead: bytes, bytesTotal: bytes })
  return {
    messages: `Successfully exported ${written} ${written === 1 ? 'record' : 'records'}`,
    s3Key,
    details: { counts: { rows: { written } } },
  }
}

interface Lines {
  readonly lines: string
  readonly rows: number
}

async function readRows(
  { database }: JobContext,
  { service, select }: { readonly service: Service; readonly select: readonly string[] | null },
  uuids: readonly string[],
): Promise<Lines> {
  const rows = await fetchExportRows(database, service, select!, uuids)
  return { lines: rows.map(writeRow).join(''), rows: rows.length }
}

/** Reads the next portion while the one before is being written. */
async function* readAhead<T, R>(items: AsyncIterable<T>, read: (item: T) => Promise<R>): AsyncGenerator<R> {
  let next: Promise<R> | null = null
  for await (const item of items) {
    const before: Promise<R> | null = next
    next = read(item)
    next.catch(() => {})
    if (before !== null) yield await before
  }
  if (next !== null) yield await next
}

function progressOf(rows: number, total: number): Progress {
  return { rowsRead: rows, rowsTotal: total, rowsStored: rows, rowsRejected: 0, bytesRead: 0, bytesTotal: null }
}
