/**
 * Imports a CSV file as a stream, batch by batch. A batch, its rejected rows and the checkpoint after it are stored in one
 * transaction, so a worker that dies loses and repeats nothing.
 */

import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import { type HeaderOptions, readHeader } from '../../csv/header/read-header.ts'
import type { Place } from '../../csv/parse.ts'
import type { CsvHeader } from '../../csv/read.ts'
import { type Connection, transaction } from '../../database/pool.ts'
import { openSource } from '../../files/source.ts'
import { commitBatch, mergeBatch } from '../../records/write/upsert.ts'
import { progressFromJson } from '../job/job.ts'
import type { JobContext, JobResponse, Progress } from '../job/job-context.ts'
import { untilSearchable } from '../job/until-searchable.ts'
import { fileSize, headerOptions, validateImportData } from './data.ts'
import { type BatchOfFile, importBatches } from './import-batches.ts'
import { importBatchesInThread } from './in-thread.ts'
import { keepRejects, writeRejects } from './rejects.ts'
import { reportImport } from './report.ts'
import { addBatch, EMPTY_TALLY, type ImportTally } from './tally.ts'
import { keepWarnings, writeWarnings } from './warnings.ts'

/** The version of the checkpoint's format. Another version of Connectra may have written an older one. */
const FORM = 3

/** The state of an import, stored with each batch. */
interface Checkpoint {
  readonly form: typeof FORM
  readonly header: CsvHeader
  readonly place: Place
  readonly withinFooter: boolean
  readonly bytesRead: number
  readonly tally: ImportTally
  /** The working time of all runs. */
  readonly seconds: number
  /** All rows are stored or rejected, and the files of rejects and warnings are written. */
  readonly finished: boolean
}

export async function insertCsvFile(context: JobContext): Promise<JobResponse> {
  const { job, store } = context
  const data = validateImportData(job.data)
  const bytesTotal = await fileSize(store, data.s3Key)
  const options = headerOptions(data)
  let reached = await readCheckpoint(context, bytesTotal)
  const clock = startClock(reached?.seconds ?? 0)
  if (!reached?.finished) {
    reached = await importRows(context, data.s3Key, options, reached, bytesTotal, clock)
    reached = await finish(context, reached, bytesTotal, clock)
  }
  await untilSearchable(context.engine, context)
  return respond(reached, readHeader(reached.header.cells, options, reached.header.firstRows), job.uuid, clock())
}

/** Returns null, and resets the job, if the checkpoint cannot be used. The import then starts from the beginning. */
async function readCheckpoint(
  { job, database, checkpointSql }: JobContext,
  bytesTotal: number,
): Promise<Checkpoint | null> {
  const checkpoint = job.checkpoint as Checkpoint | null
  if (checkpoint === null) return null
  // A position is meaningless if the file has been replaced by another.
  const isOfFile = checkpoint.finished || job.progress.bytesTotal === bytesTotal
  if (checkpoint.form === FORM && isOfFile) return checkpoint
  await transaction(database, async connection => {
    await deleteKeptRows(connection, job.uuid)
    await connection.query(checkpointSql(null, progressFromJson({})))
  })
  return null
}

/** Deletes the rows stored for the files of rejects and warnings. */
async function deleteKeptRows(connection: Connection, job: string): Promise<void> {
  await connection.query('DELETE FROM job_rejects WHERE job_uuid = $1', [job])
  await connection.query('DELETE FROM job_warnings WHERE job_uuid = $1', [job])
}

/** Returns a function that returns the working time of the job in seconds. `before`: that of earlier runs. */
function startClock(before: number): () => number {
  const startedAt = performance.now()
  return () => before + (performance.now() - startedAt) / 1000
}

function rejectsKey(job: string, { tally }: Checkpoint): string | null {
  return tally.rowsRejected > 0 ? `rejects/${job}.csv` : null
}

function warningsKey(job: string, { tally }: Checkpoint): string | null {
  return tally.rowsWarned > 0 ? `warnings/${job}.csv` : null
}

/** In bytes. Files of at least this size are read in a thread, which takes 0.1 s to start. */
const LARGE = 256 << 10

async function importRows(
  context: JobContext,
  s3Key: string,
  options: HeaderOptions,
  from: Checkpoint | null,
  bytesTotal: number,
  clock: () => number,
): Promise<Checkpoint> {
  let bytesRead = 0
  const source = await openSource(context.store, s3Key, bytes => {
    context.signal.throwIfAborted()
    bytesRead += bytes
  })
  context.signal.addEventListener('abort', source.close)
  // The next batch is read while this one is stored. Batches are stored one after another.
  let storing: Promise<Checkpoint> | undefined
  try {
    context.signal.throwIfAborted()
    // A compressed file may expand to a thousand times its size.
    const isSmall = bytesTotal < LARGE && source.compression === null
    const read = isSmall ? importBatches : importBatchesInThread
    for await (const batch of read(source.bytes, { options, from })) {
      const before = storing === undefined ? from : await storing
      context.signal.throwIfAborted()
      storing = storeBatch(context, batch, before?.tally ?? EMPTY_TALLY, { bytesRead, bytesTotal, seconds: clock() })
      storing.catch(() => {})
    }
    return { ...(await storing!), bytesRead: bytesTotal }
  } finally {
    context.signal.removeEventListener('abort', source.close)
    source.close()
    await storing?.catch(() => {})
  }
}

async function storeBatch(
  context: JobContext,
  batch: BatchOfFile,
  before: ImportTally,
  { bytesTotal, ...soFar }: { readonly bytesRead: number; readonly bytesTotal: number; readonly seconds: number },
): Promise<Checkpoint> {
  return await transaction(context.database, async connection => {
    const stored = await mergeBatch(connection, batch.records)
    await keepRejects(connection, context.job.uuid, batch.rejects)
    await keepWarnings(connection, context.job.uuid, batch.warnings, before.warnings)
    const { header, place, withinFooter } = batch
    const tally = addBatch(before, batch.tally, stored)
    const reached: Checkpoint = { form: FORM, header, place, withinFooter, ...soFar, tally, finished: false }
    await commitBatch(connection, stored, context.checkpointSql(reached, progressOf(reached, bytesTotal)))
    return reached
  })
}

/**
 * Writes the files of rejects and warnings if there are any. Then deletes the rows stored for them, in the transaction of the
 * checkpoint that marks the import as finished.
 */
async function finish(
  context: JobContext,
  reached: Checkpoint,
  bytesTotal: number,
  clock: () => number,
): Promise<Checkpoint> {
  const { database, job, store, signal } = context
  const { header, tally } = reached
  const rejects = rejectsKey(job.uuid, reached)
  const kept = { job: job.uuid, header: header.cells, expected: tally.rowsRejected }
  if (rejects !== null) await writeRejects(database, store, rejects, kept, signal)
  const warnings = warningsKey(job.uuid, reached)
  if (warnings !== null)
    await writeWarnings(database, store, warnings, { job: job.uuid, kinds: tally.warnings }, signal)
  const finished: Checkpoint = { ...reached, seconds: clock(), finished: true }
  await transaction(database, async connection => {
    await deleteKeptRows(connection, job.uuid)
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

function respond(reached: Checkpoint, meaning: HeaderMeaning, job: string, seconds: number): JobResponse {
  const { header, tally } = reached
  const { rowsStored, rowsRejected } = tally
  const rejects = rejectsKey(job, reached)
  const warnings = warningsKey(job, reached)
  return {
    messages:
      `Successfully imported ${records(rowsStored)}` +
      (rowsRejected === 0
        ? ''
        : `; ${rowsRejected} rejected: download rejects_s3_key, fix the rows and import that file`),
    ...(rejects === null ? {} : { rejectsS3Key: rejects }),
    ...(warnings === null ? {} : { warningsS3Key: warnings }),
    details: { ...reportImport(header, meaning, tally, seconds) },
  }
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
