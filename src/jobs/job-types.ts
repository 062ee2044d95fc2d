/** The types of jobs: what each accepts, and the code that does its work. */
import { ConnectraError } from '../errors.ts'
import { exportCsvFile, validateExportData } from './export-csv-file.ts'
import { insertCsvFile, validateImportData } from './insert-csv-file.ts'
import type { JobHandler } from './job-context.ts'

export const JOB_TYPES = ['insert_csv_file', 'export_csv_file'] as const
export type JobType = (typeof JOB_TYPES)[number]

/** What a worker runs (WorkerOptions.handlers). */
export const JOB_HANDLERS: Readonly<Record<JobType, JobHandler>> = {
  insert_csv_file: insertCsvFile,
  export_csv_file: exportCsvFile,
}

type JobData = Readonly<Record<string, unknown>>

const VALIDATE: Readonly<Record<JobType, (data: JobData) => unknown>> = {
  insert_csv_file: validateImportData,
  export_csv_file: validateExportData,
}

/** The data of a new job as it is to be kept: as it was sent. Throws what is wrong with it. */
export function validateJobData(jobType: string, data: unknown): JobData {
  if (!isJobType(jobType))
    throw jobType
      ? new ConnectraError('ERR_INVALID_JOB_TYPE', `"${jobType}" is no type of job; those are ${JOB_TYPES.join(', ')}`)
      : new ConnectraError('ERR_MISSING_JOB_TYPE', `job_type is missing: it is one of ${JOB_TYPES.join(', ')}`)
  if (data === undefined || data === null)
    throw new ConnectraError('ERR_MISSING_JOB_DATA', 'job_data is missing: it says what the job works on')
  if (!isJobData(data)) throw new ConnectraError('ERR_INVALID_JOB_DATA', 'job_data must be an object')
  VALIDATE[jobType](data)
  return data
}

function isJobType(value: string): value is JobType {
  return (JOB_TYPES as readonly string[]).includes(value)
}

function isJobData(value: unknown): value is JobData {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
