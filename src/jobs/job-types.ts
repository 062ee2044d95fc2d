/** The types of jobs: what each accepts, and the code that does its work. */
import { ConnectraError } from '../errors.ts'
import { exportCsvFile, validateExportData } from './export/export-csv-file.ts'
import { validateImportData } from './import/data.ts'
import { insertCsvFile } from './import/insert-csv-file.ts'
import type { JobHandler } from './job/job-context.ts'
import type { JobData } from './job/job-data.ts'

/** `validate` throws if the data of a new job is invalid. */
const TYPES = {
  insert_csv_file: { validate: validateImportData, run: insertCsvFile },
  export_csv_file: { validate: validateExportData, run: exportCsvFile },
} satisfies Record<string, { validate(data: JobData): unknown; run: JobHandler }>

export type JobType = keyof typeof TYPES
export const JOB_TYPES = Object.keys(TYPES) as readonly JobType[]

/** Job type → handler, for WorkerOptions.handlers. */
export const JOB_HANDLERS = Object.fromEntries(Object.entries(TYPES).map(([type, { run }]) => [type, run])) as Readonly<
  Record<JobType, JobHandler>
>

/** Validates the data of a new job and returns it unchanged. Throws if it is invalid. */
export function validateJobData(jobType: string, data: unknown): JobData {
  if (!isJobType(jobType))
    throw jobType
      ? new ConnectraError('ERR_INVALID_JOB_TYPE', `"${jobType}" is not a job type: use one of ${JOB_TYPES.join(', ')}`)
      : new ConnectraError('ERR_MISSING_JOB_TYPE', `job_type is missing: use one of ${JOB_TYPES.join(', ')}`)
  if (data === undefined || data === null)
    throw new ConnectraError('ERR_MISSING_JOB_DATA', 'job_data is missing: it says what the job works on')
  if (!isJobData(data)) throw new ConnectraError('ERR_INVALID_JOB_DATA', 'job_data must be an object')
  TYPES[jobType].validate(data)
  return data
}

function isJobType(value: string): value is JobType {
  return Object.hasOwn(TYPES, value)
}

function isJobData(value: unknown): value is JobData {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
