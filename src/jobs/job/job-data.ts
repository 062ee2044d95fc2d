/** Reads `job_data`. */
import { ConnectraError } from '../../errors.ts'
import { isNestedDeeper } from '../../json/read.ts'
import { quote } from '../../text/shorten.ts'

/** `job_data`, as it was sent. */
export type JobData = Readonly<Record<string, unknown>>

/** In characters of JSON. No valid query is longer. */
const MAX_LENGTH = 2_000_000
/** Levels of nesting. No valid query has as many. */
const MAX_LEVELS = 200
const SHOWN = 200

/** Throws ERR_INVALID_JOB_DATA for a key that is not in `known`, and for data that is too long. */
export function readJobData(data: JobData, known: readonly string[]): void {
  if (isNestedDeeper(data, MAX_LEVELS))
    throw new ConnectraError('ERR_INVALID_JOB_DATA', `job_data is nested more than ${MAX_LEVELS} levels deep`)
  const { length } = JSON.stringify(data)
  if (length > MAX_LENGTH)
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      `job_data has ${length} characters, more than the limit of ${MAX_LENGTH}: send a smaller mapping or query`,
    )
  const unknown = Object.keys(data).find(key => !known.includes(key))
  if (unknown !== undefined)
    throw new ConnectraError(
      'ERR_INVALID_JOB_DATA',
      `job_data has an unknown key ${quoted(unknown)}: known keys are ${known.join(', ')}`,
    )
  bucketName(data)
}

/** The bucket that the client named; null for the default one. */
export function bucketName(data: JobData): string | null {
  return readText(data, 's3_bucket')
}

/** Returns null if the value is absent, null or empty. Throws ERR_INVALID_JOB_DATA if it is not a string. */
export function readText(data: JobData, key: string): string | null {
  const value = data[key]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw new ConnectraError('ERR_INVALID_JOB_DATA', `${key} must be a string`)
  return value
}

/** Quotes the beginning of a text in a message. */
export function quoted(text: string): string {
  return quote(text, SHOWN)
}
