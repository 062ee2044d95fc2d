/** The jobs: whether they are run, how many fail, and whether their files exist. */
import { access, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../database/pool.ts'
import { COMMAND_UPLOADS, isKey } from '../../files/keys.ts'
import type { JobStatus } from '../../jobs/job/job.ts'
import { readJobStats } from '../../jobs/queue/stats.ts'
import { checkStore, directoryPlace } from '../../store.ts'
import { type Found, warning } from './report.ts'

/** A job that has been due for this long and that nobody has claimed has no worker. Seconds. */
const UNCLAIMED_AFTER = 30
/** Failed jobs in a day that are worth a warning. */
const MANY_FAILED = 10
/** Of open and of ended jobs, at most this many have their files checked, the newest first. */
const CHECKED = 1_000
/** Missing files that are named. */
const NAMED = 3

export async function checkJobs(database: Database): Promise<Found> {
  const { depth, oldestWaitingSeconds, running, failures } = await readJobStats(database)
  const waiting = depth.reduce((sum, { status, jobs }) => sum + (isWaiting(status) ? jobs : 0), 0)
  const speed = running.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0)
  const since = oldestWaitingSeconds === null ? '' : ` (the oldest for ${Math.round(oldestWaitingSeconds)} s)`
  const shown = [
    `${waiting} waiting${since}`,
    `${running.length} running${running.length > 0 ? ` at ${Math.round(speed)} rows/s` : ''}`,
    `${failures.lastHour} failed in the last hour, ${failures.lastDay} in the last day`,
  ]
  const unclaimed = running.length === 0 && (oldestWaitingSeconds ?? 0) > UNCLAIMED_AFTER
  const many = failures.lastDay >= MANY_FAILED
  if (unclaimed) shown.push('no worker is running: start `connectra serve` or `connectra work`')
  if (many) shown.push(`many jobs fail, most often with: ${await commonError(database)}`)
  return unclaimed || many ? warning(shown.join('; ')) : shown.join('; ')
}

function isWaiting(status: JobStatus): boolean {
  return status === 'open' || status === 'retry_in_queued'
}

/** The last error of each failed job is counted. */
async function commonError(database: Database): Promise<string> {
  const { rows } = await database.query<{ error: string | null; jobs: number }>(
    `SELECT job_response -> 'runtime_errors' ->> -1 AS error, count(*) AS jobs FROM jobs
     WHERE status = 'failed' AND updated_at > now() - interval '1 day' GROUP BY error ORDER BY jobs DESC, error LIMIT 1`,
  )
  const { error, jobs } = rows[0] ?? { error: null, jobs: 0 }
  return `${error ?? 'no message'} (${jobs})`
}

export interface JobFile {
  readonly key: string
  /** The one that the job names; null for the default one. */
  readonly bucket: string | null
  /**
   * `needed` by a job that has not ended, for a `retry` of a failed one, the `result` of an export, or a `report` of rejected
   * rows or warnings.
   */
  readonly use: 'needed' | 'retry' | 'report' | 'result'
}

/** Changes nothing: it writes no file. */
export async function checkFiles(directory: string, database: Database): Promise<Found> {
  await checkStore(directoryPlace(directory), database)
  if ((await stat(directory).catch(() => null)) === null)
    return `${directory} does not exist yet: the server creates it when it starts`
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK).catch(error => {
    throw new Error(`${directory} is not writable (${error.code}): give the user that runs Connectra access to it`)
  })
  const files = await jobFiles(database, CHECKED)
  const isThere = async ({ key }: JobFile) => (await stat(join(directory, key)).catch(() => null))?.isFile() === true
  return describeFiles(`${directory} is writable`, files, await Promise.all(files.map(isThere)))
}

/** `isThere` aligns with `files`. Throws if files of unfinished jobs are missing. */
export function describeFiles(place: string, files: readonly JobFile[], isThere: readonly boolean[]): Found {
  const missing = files.filter((_, at) => !isThere[at])
  const lost = (use: JobFile['use']) => missing.filter(file => file.use === use)
  if (lost('needed').length > 0)
    throw new Error(
      `files of unfinished jobs are missing, so these jobs will fail: ${naming(lost('needed'))}. Restore the files, or cancel the jobs`,
    )
  const problems = [
    ...(lost('retry').length > 0
      ? [`files of failed imports are missing, so these cannot be retried: ${naming(lost('retry'))}`]
      : []),
    ...(lost('report').length > 0
      ? [`files with rejected rows or warnings are missing: ${naming(lost('report'))}`]
      : []),
  ]
  const exports = lost('result').length
  const shown = [place, ...problems, ...(exports > 0 ? [`${counted(exports)} of exports of the last day deleted`] : [])]
  if (problems.length > 0) return warning(shown.join('; '))
  return [...shown, `${counted(files.length - missing.length)} of open and recent jobs present`].join('; ')
}

/** `connectra import` deletes its upload once the job has ended, also if it failed or was cancelled: nothing is wrong then. */
export async function jobFiles(database: Database, limit: number): Promise<JobFile[]> {
  const { rows } = await database.query<JobFile>(
    `WITH unfinished AS (
       SELECT * FROM jobs WHERE status NOT IN ('completed', 'failed') ORDER BY id DESC LIMIT ${limit}
     ), ended AS (
       SELECT * FROM jobs WHERE status IN ('completed', 'failed') AND updated_at > now() - interval '1 day'
       ORDER BY id DESC LIMIT ${limit}
     )
     SELECT data ->> 's3_key' AS key, data ->> 's3_bucket' AS bucket, 'needed' AS use FROM unfinished
       WHERE job_type = 'insert_csv_file'
     UNION ALL SELECT data ->> 's3_key', data ->> 's3_bucket', 'retry' FROM ended
       WHERE job_type = 'insert_csv_file' AND status = 'failed'
     UNION ALL SELECT job_response ->> 's3_key', data ->> 's3_bucket', 'result' FROM ended
     UNION ALL SELECT job_response ->> 'rejects_s3_key', data ->> 's3_bucket', 'report' FROM ended
     UNION ALL SELECT job_response ->> 'warnings_s3_key', data ->> 's3_bucket', 'report' FROM ended`,
  )
  return rows.filter(({ key, use }) => isKey(key) && !(use === 'retry' && key.startsWith(COMMAND_UPLOADS)))
}

function naming(files: readonly JobFile[]): string {
  const names = files.slice(0, NAMED).map(({ key }) => key)
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : ''
  return `${names.join(', ')}${more}`
}

function counted(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`
}
