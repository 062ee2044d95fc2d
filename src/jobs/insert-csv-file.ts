/**
 * Imports a CSV file: decoded, parsed and stored as a stream, batch by batch. Each batch, with the rows it rejects and
 * the checkpoint after it, is one transaction, so a worker that dies loses and repeats nothing.
 */

import { ROW_KEYS } from '../csv/column-names.ts'
import { decode } from '../csv/encoding.ts'
import { type HeaderOptions, readHeader } from '../csv/header.ts'
import { explainColumn, type HeaderMeaning, type Mapping } from '../csv/header-meaning.ts'
import type { Place } from '../csv/parse.ts'
import { type CsvHeader, openCsv, resumeCsv } from '../csv/read.ts'
import { transaction } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { isService, type Service } from '../fields.ts'
import { isKey } from '../files/keys.ts'
import { commitBatch, upsertRecords } from '../records/upsert.ts'
import { type ImportBatch, readBatches } from './import-batch.ts'
import { keepRejects, writeRejects } from './import-rejects.ts'
import { addBatch, EMPTY_TALLY, type ImportTally } from './import-tally.ts'
import type { JobContext, JobResponse, Progress } from './job-context.ts'
import { type JobData, readJobData, readText } from './job-data.ts'
import { untilSearchable } from './until-searchable.ts'

export interface ImportData {
  readonly s3Key: string
  /** What the file's headers mean, where the aliases do not say it. */
  readonly mapping: Mapping
  /** For an export of ours whose columns fit both services. */
  readonly service: Service | null
}

/** Throws ERR_INVALID_JOB_DATA. */
export function validateImportData(data: JobData): ImportData {
  readJobData(data, ['s3_key', 's3_bucket', 'mapping', 'service'])
  const s3Key = readText(data, 's3_key')
  if (s3Key === null) throw invalid('s3_key is missing: it is the key of the uploaded file')
  const service = readText(data, 'service')
  if (service !== null && !isService(service)) throw invalid('service must be "company" or "contact"')
  return { s3Key, mapping: readMapping(data.mapping), service }
}

function readMapping(mapping: unknown): Mapping {
  if (mapping === undefined || mapping === null) return {}
  if (typeof mapping !== 'object' || Array.isArray(mapping))
    throw invalid('mapping must be an object: {"Header": "row key" or null}')
  for (const [header, key] of Object.entries(mapping))
    if (key !== null && (typeof key !== 'string' || !ROW_KEYS.has(key)))
      throw invalid(`mapping[${JSON.stringify(header)}] is no row key; those are ${[...ROW_KEYS].join(', ')}, and null`)
  return mapping as Mapping
}

function invalid(message: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JOB_DATA', message)
}

/** Where an import stands: stored with each batch. */
interface Checkpoint {
  readonly header: CsvHeader
  readonly place: Place
  readonly withinFooter: boolean
  readonly bytesRead: number
  readonly tally: ImportTally
  /** Every row is stored, or in the file of rejected rows. */
  readonly finished: boolean
}

export async function insertCsvFile(context: JobContext): Promise<JobResponse> {
  const { job, store } = context
  const data = validateImportData(job.data)
  const bytesTotal = isKey(data.s3Key) ? await store.size(data.s3Key) : null
  if (bytesTotal === null)
    throw new ConnectraError(
      'ERR_NOT_FOUND',
      `there is no file "${data.s3Key}": upload it, then create the job with its key`,
    )
  const options: HeaderOptions = {
    mapping: data.mapping,
    ...(data.service === null ? {} : { service: data.service }),
  }
  let reached = job.checkpoint as Checkpoint | null
  if (!reached?.finished) {
    reached = await importRows(context, data.s3Key, options, reached, bytesTotal)
    reached = await finish(context, reached, bytesTotal)
  }
  await untilSearchable(context)
  return respond(reached, readHeader(reached.header.cells, options), job.uuid)
}

function rejectsKey(job: string, { tally }: Checkpoint): string | null {
  return tally.rowsRejected > 0 ? `rejects/${job}.csv` : null
}

async function importRows(
  context: JobContext,
  s3Key: string,
  options: HeaderOptions,
  from: Checkpoint | null,
  bytesTotal: number,
): Promise<Checkpoint> {
  const source = await context.store.get(s3Key)
  let bytesRead = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      context.signal.throwIfAborted()
      bytesRead += chunk.length
      yield chunk
    }
  }
  // The next batch is read while this one is stored; each is stored after the one before.
  let storing: Promise<Checkpoint> | undefined
  try {
    const text = decode(counted())
    const file = from === null ? await openCsv(text, options.mapping) : resumeCsv(text, from.header, from.place)
    const meaning = readHeader(file.header.cells, options)
    let reached: Checkpoint = from ?? {
      header: file.header,
      place: file.start,
      withinFooter: false,
      bytesRead: 0,
      tally: EMPTY_TALLY,
      finished: false,
    }
    for await (const batch of readBatches(file, meaning, reached)) {
      if (storing !== undefined) reached = await storing
      context.signal.throwIfAborted()
      storing = storeBatch(context, batch, { ...reached, bytesRead }, bytesTotal)
      storing.catch(() => {})
    }
    return { ...(storing === undefined ? reached : await storing), bytesRead: bytesTotal }
  } finally {
    source.destroy()
    await storing?.catch(() => {})
  }
}

async function storeBatch(
  context: JobContext,
  batch: ImportBatch,
  before: Checkpoint,
  bytesTotal: number,
): Promise<Checkpoint> {
  return await transaction(context.database, async connection => {
    const stored = await upsertRecords(connection, batch)
    await keepRejects(connection, context.job.uuid, batch.rejects)
    const { place, withinFooter } = batch
    const reached: Checkpoint = { ...before, place, withinFooter, tally: addBatch(before.tally, batch.tally, stored) }
    await commitBatch(connection, stored, context.checkpointSql(reached, progressOf(reached, bytesTotal)))
    return reached
  })
}

/** Writes the file of rejected rows, when there are any; they are let go in the transaction that says so. */
async function finish(context: JobContext, reached: Checkpoint, bytesTotal: number): Promise<Checkpoint> {
  const { database, job, store, signal } = context
  const key = rejectsKey(job.uuid, reached)
  const kept = { job: job.uuid, header: reached.header.cells, expected: reached.tally.rowsRejected }
  if (key !== null) await writeRejects(database, store, key, kept, signal)
  const finished: Checkpoint = { ...reached, finished: true }
  await transaction(database, async connection => {
    await connection.query('DELETE FROM job_rejects WHERE job_uuid = $1', [job.uuid])
    await connection.query(context.checkpointSql(finished, progressOf(finished, bytesTotal)))
  })
  return finished
}

function progressOf({ tally, bytesRead, finished }: Checkpoint, bytesTotal: number): Progress {
  return {
    rowsRead: tally.rowsRead,
    rowsTotal: finished ? tally.rowsRead : null,
    rowsStored: tally.rowsStored,
    rowsRejected: tally.rowsRejected,
    bytesRead,
    bytesTotal,
  }
}

/** More than a person reads. */
const COLUMNS_REPORTED = 500

function respond(reached: Checkpoint, meaning: HeaderMeaning, job: string): JobResponse {
  const { header, tally } = reached
  const rejectsS3Key = rejectsKey(job, reached)
  const { rowsRead, rowsStored, rowsRejected, rowsEmpty } = tally
  const ignored = meaning.columns.flatMap(column =>
    column.key === null ? [{ column: column.header.slice(0, 200), reason: explainColumn(column) }] : [],
  )
  return {
    messages:
      `Successfully imported ${records(rowsStored)}` +
      (rowsRejected === 0 ? '' : `; ${rowsRejected} rejected: download rejects_s3_key, mend them and import that file`),
    ...(rejectsS3Key === null ? {} : { rejectsS3Key }),
    details: {
      kind: meaning.service,
      counts: {
        rows: { read: rowsRead, stored: rowsStored, rejected: rowsRejected, empty: rowsEmpty },
        companies: tally.companies,
        contacts: tally.contacts,
      },
      ignored_columns: ignored.slice(0, COLUMNS_REPORTED),
      unmatched_mapping: meaning.unmatched,
      skipped_lines: [...header.preamble, ...tally.skipped],
      warnings: tally.warnings,
    },
  }
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
