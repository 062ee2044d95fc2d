/** Runs a whole file through the code of an import without storing anything, in constant memory. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { freeBatch } from '../../records/write/stage-batch.ts'
import { openTrialMerge } from '../../records/write/trial-merge.ts'
import type { Progress } from '../job/job-context.ts'
import { findFile, type ImportData } from './data.ts'
import { openImportFile } from './open-file.ts'
import { type ImportPreview, PREVIEW_ROWS, previewImport } from './preview.ts'
import { BATCH_LIMITS, readBatches } from './read-batches.ts'
import { type ImportReport, reportImport } from './report.ts'
import { addBatch, EMPTY_TALLY, type ImportTally } from './tally.ts'

/** Plain JSON: the preview of the first rows and the report on all rows. */
export type DryRun = ImportPreview & ImportReport

export interface DryRunParts {
  readonly database: Database
  readonly store: ObjectStore
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/**
 * Reports what importing the file now would do. The counts are exactly those of the import, unless records are written in the
 * meantime. During the call the database needs disk space for a copy of the records in the file. Throws like the import.
 * `limits`: of a batch, as for `insertCsvFile`.
 */
export async function dryRunImport(
  { database, store, signal, onProgress }: DryRunParts,
  data: ImportData,
  limits = BATCH_LIMITS,
): Promise<DryRun> {
  const startedAt = performance.now()
  const preview = await previewImport(database, store, data, PREVIEW_ROWS.default)
  const { bytes: bytesTotal } = await findFile(store, data.s3Key)
  let bytesRead = 0
  const file = await openImportFile(store, data, {
    read(bytes) {
      signal.throwIfAborted()
      bytesRead += bytes
    },
  })
  try {
    const trial = await openTrialMerge(database)
    try {
      const start = { place: file.csv.start, withinFooter: false }
      let tally: ImportTally = EMPTY_TALLY
      for await (const batch of readBatches(file.csv, file.meaning, start, limits)) {
        signal.throwIfAborted()
        tally = addBatch(tally, batch.tally, await trial.merge(batch.records))
        freeBatch(batch.records)
        onProgress(progressOf(tally, bytesRead, bytesTotal))
      }
      const seconds = (performance.now() - startedAt) / 1000
      return { ...preview, ...reportImport(file.csv.header, file.meaning, tally, seconds) }
    } finally {
      trial.close()
    }
  } finally {
    file.close()
  }
}

function progressOf(tally: ImportTally, bytesRead: number, bytesTotal: number): Progress {
  const { rowsRead, rowsStored, rowsRejected } = tally
  return { rowsRead, rowsTotal: null, rowsStored, rowsRejected, bytesRead, bytesTotal }
}
