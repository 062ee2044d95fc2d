/** Estimates how much work a new job is. The queue orders jobs by it (queue/queue.ts, queue/slots.ts). */
import { isKey } from '../files/keys.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { SearchEngine } from '../search/engine.ts'
import { validateExportData } from './export/export-csv-file.ts'
import { validateImportData } from './import/data.ts'
import type { JobData } from './job/job-data.ts'
import type { JobType } from './job-types.ts'

/** An estimate that is right within a factor of two. */
const BYTES_A_CELL = 16

export interface SizeSources {
  readonly store: ObjectStore
  /** Null in a process without one. */
  readonly engine: SearchEngine | null
}

/** The approximate size in bytes of the file that the job reads or writes; 0 if unknown. `data` must be valid. */
export async function estimateSize(jobType: JobType, data: JobData, { store, engine }: SizeSources): Promise<number> {
  if (jobType === 'insert_csv_file') {
    const { s3Key } = validateImportData(data)
    return isKey(s3Key) ? ((await store.size(s3Key)) ?? 0) : 0
  }
  const { service, where, limit, select } = validateExportData(data).query
  if (engine === null || engine.position() === null) return 0
  return Math.min(limit, await engine.count(service, where)) * (select?.length ?? 1) * BYTES_A_CELL
}
