/** Reading `job_data`. */
import { ConnectraError } from '../errors.ts'

/** `job_data`, as it was sent. */
export type JobData = Readonly<Record<string, unknown>>

/** Throws ERR_INVALID_JOB_DATA for a key that is not one of `known`. */
export function readJobData(data: JobData, known: readonly string[]): void {
  const unknown = Object.keys(data).find(key => !known.includes(key))
  if (unknown !== undefined)
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      `job_data has an unknown ${JSON.stringify(unknown)}; what it may have is ${known.join(', ')}`,
    )
  readText(data, 's3_bucket')
}

/** Null when absent, null or empty. Throws ERR_INVALID_JOB_DATA when it is no string. */
export function readText(data: JobData, key: string): string | null {
  const value = data[key]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw new ConnectraError('ERR_INVALID_JOB_DATA', `${key} must be a string`)
  return value
}
