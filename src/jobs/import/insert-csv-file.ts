/**
 * Imports a CSV file as a stream, batch by batch. A batch, its rejected rows and the checkpoint after it are stored in one
 * transaction, so a worker that dies loses and repeats nothing.
 */

import type { HeaderMeaning } from '../../csv/header/meaning.ts'
import { readHeader } from '../../csv/header/read-header.ts'
import type { Place } from '../../csv/parse.ts'
import type { CsvHeader } from '../../csv/read.ts'
import { type Connection, transaction } from '../../database/pool.ts'
import { LONG_STATEMENT, limitAnswers } from '../../database/time-limits.ts'
import { fileReplaced, ofVersion } from '../../files/object-store.ts'
import { openSource } from '../../files/source.ts'
import { freeBatch } from '../../records/write/stage-batch.ts'
import { commitBatch, mergeBatch } from '../../records/write/upsert.ts'
import { progressFromJson } from '../job/job.ts'
import type { JobContext, JobResponse, Progress } from '../job/job-context.ts'
import { untilSearchable } from '../job/until-searchable.ts'
import { findFile, headerOptions, type UploadedFile, validateImportData } from './data.ts'
import { type BatchOfFile, type ImportStart, importBatches } from './import-batches.ts'
import { importBatchesInThread } from './in-thread.ts'
import { BATCH_LIMITS } from './read-batches.ts'
import { keepRejects, writeRejects } from './rejects.ts'
import { reportImport } from './report.ts'
import { addBatch, EMPTY_TALLY, type ImportTally } from './tally.ts'
import { keepWarnings, writeWarnings } from './warnings.ts'

/** The version of the checkpoint's format. Another version of Connectra may have written an older one. */
const FORM = 4

/** The state of an import, stored with each batch. */
interface Checkpoint {
  readonly form: typeof FORM
  /** The file that the place refers to. See ObjectStore.version. */
  readonly version: string
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

/** `limits`: of a batch. With smaller ones, a small file has many checkpoints. */
export async function insertCsvFile(context: JobContext, limits = BATCH_LIMITS): Promise<JobResponse> {
  const { job, store } = context
  const data = validateImportData(job.data)
  const options = headerOptions(data)
  let reached = await readCheckpoint(context)
  const clock = startClock(reached?.seconds ?? 0)
  if (!reached?.finished) {
    const file = await findFile(store, data.s3Key)
    // A place in one file means nothing in another.
    if (reached !== null && reached.version !== file.version) throw fileReplaced(data.s3Key)
    reached = await importRows(
      context,
      data.s3Key,
      { options, encoding: data.encoding, from: reached, limits },
      file,
      clock,
    )
    reached = await finish(context, reached, file.bytes, clock)
  }
  const seq = await untilSearchable(context.engine, context)
  const response = respond(
    reached,
    readHeader(reached.header.cells, options, reached.header.firstRows),
    job.uuid,
    clock(),
  )
  return { ...response, seq }
}

/** Returns null, and resets the job, if the checkpoint is of another version. The import then starts from the beginning. */
async function readCheckpoint({ job, database, checkpointSql }: JobContext): Promise<Checkpoint | null> {
  const checkpoint = job.checkpoint as Checkpoint | null
  if (checkpoint === null) return null
  if (checkpoint.form === FORM) return checkpoint
  await transaction(database, async connection => {
    await deleteKeptRows(connection, job.uuid)
    await connection.query(checkpointSql(null, progressFromJson({})))
  })
  return null
}

/** Deletes the rows stored for the files of rejects and warnings. */
async function deleteKeptRows(connection: Connection, job: string): Promise<void> {
  // There may be as many as rows in the file.
  limitAnswers(connection, LONG_STATEMENT)
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

/** In bytes. Files of at least this size are read in a thread, which takes 0.2 to 0.4 s to start. */
const LARGE = 256 << 10

async function importRows(
  context: JobContext,
  s3Key: string,
  start: ImportStart & { readonly from: Checkpoint | null },
  file: UploadedFile,
  clock: () => number,
): Promise<Checkpoint> {
  let bytesRead = 0
  const source = await openSource(ofVersion(context.store, file.version), s3Key, bytes => {
    context.signal.throwIfAborted()
    bytesRead += bytes
  })
  context.signal.addEventListener('abort', source.close)
  // The next batch is read while this one is stored. Batches are stored one after another.
  let storing: Promise<Checkpoint> | undefined
  try {
    context.signal.throwIfAborted()
    // A compressed file may expand to a thousand times its size.
    const isSmall = file.bytes < LARGE && source.compression === null
    const read = isSmall ? importBatches : importBatchesInThread
    for await (const batch of read(source.bytes, start)) {
      const before = storing === undefined ? start.from : await storing
      context.signal.throwIfAborted()
      storing = storeBatch(context, batch, before?.tally ?? EMPTY_TALLY, { bytesRead, file, seconds: clock() })
      storing.catch(() => {})
    }
    return { ...(await storing!), bytesRead: file.bytes }
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
  { file, ...soFar }: { readonly bytesRead: number; readonly file: UploadedFile; readonly seconds: number },
): Promise<Checkpoint> {
  const reached = await transaction(context.database, async connection => {
    const stored = await mergeBatch(connection, batch.records)
    await keepRejects(connection, context.job.uuid, batch.rejects)
    await keepWarnings(connection, context.job.uuid, batch.warnings, before.warnings)
    const { header, place, withinFooter } = batch
    const tally = addBatch(before, batch.tally, stored)
    const { version } = file
    const reached: Checkpoint = { form: FORM, version, header, place, withinFooter, ...soFar, tally, finished: false }
    await commitBatch(connection, stored, context.checkpointSql(reached, progressOf(reached, file.bytes)))
    return reached
  })
  freeBatch(batch.records)
  return reached
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
